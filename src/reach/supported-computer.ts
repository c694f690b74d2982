import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { ReachClient } from './client.ts';
import type { ComputerConfig } from './config.ts';
import { Decommission } from './decommission.ts';
import { ReachError } from './errors.ts';
import { Expiry } from './expiry.ts';
import { grantedControlType, makeLink } from './make-link.ts';
import type { RolloutData } from './rollout-data.ts';
import { RolloutJob } from './rollout-job.ts';
import { obtainRolloutData } from './rollout-source.ts';
import { rollOut } from './rollout.ts';
import { SerialQueue } from './serial-queue.ts';
import type {
  ComputerState,
  LinkMade,
  RevokeRequest,
  RolloutRequest,
  StepHook,
  SupportPhase,
} from './support-state.ts';
import type { KeyRecord, KeyState, RecordIn } from './vault-records.ts';
import type { Vault } from './vault.ts';

export interface ComputerOptions {
  readonly name: string;
  /** Undefined for a computer that is in the vault and not in the config. */
  readonly config: ComputerConfig | undefined;
  readonly tenantId: string;
  readonly vault: Vault;
  readonly client: Pick<ReachClient, 'createDeviceKey' | 'requestControl' | 'unregister'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly step: StepHook;
  /** Environment variables that a rollout command must not see. */
  readonly withhold: readonly string[];
  /** Aborted at the end, when what is under way is given up. */
  readonly signal: AbortSignal;
  readonly onChange: (state: ComputerState) => void;
  readonly onLink: (link: LinkMade) => void;
}

/**
 * One computer: none → rolling out → registered → revoking → gone, or possibly orphaned. Calls to it are made
 * one at a time; that links are refused takes effect at once, whatever is under way.
 */
export class SupportedComputer {
  readonly #options: ComputerOptions;
  readonly #queue = new SerialQueue();
  readonly #decommissions = new Map<string, Decommission>();
  /** Keys that are not used any more, also where the disk still calls them registered. */
  readonly #revoked = new Set<string>();
  #job: RolloutJob | undefined;
  #expiry: Expiry | undefined;
  #linkProblem: string | undefined;

  constructor(options: ComputerOptions) {
    this.#options = options;
  }

  /** Takes up what the vault says: unregistering goes on, and the end of support is watched. */
  start(): void {
    for (const record of this.#records('revoking')) this.#decommission(record, record);
    this.#watchExpiry();
  }

  /** Resolves when no call to the computer is under way. */
  async idle(): Promise<void> {
    await this.#queue.idle();
  }

  /** Ends the timers; what is under way ends by the signal. */
  async stop(): Promise<void> {
    this.#expiry?.stop();
    this.#job?.callOff(new ReachError('CANCELLED', 'The plugin is stopping.'));
    await Promise.all([...this.#decommissions.values()].map((one) => one.ended));
    await this.#job?.ended();
    await this.#queue.idle();
  }

  get state(): ComputerState {
    const { name, config, clock } = this.#options;
    const open = this.#usable();
    const phase = this.#phase(open);
    const revoking = [...this.#decommissions.values()];
    const until = open && this.#expiry?.until;
    return {
      name,
      phase,
      accessOpen: open !== undefined || revoking.length > 0 || this.#revoked.size > 0,
      platform: config?.platform,
      controlTypes: open?.permissions ?? [],
      since: phase === 'open' ? open?.since : phase === 'revoking' ? revoking[0]?.record.since : undefined,
      until,
      endingSoon: until !== undefined && until > clock.now() && this.#expiry?.endingSoon === true,
      possiblyOrphaned: this.#orphans().length,
      problem:
        revoking.map((one) => one.problem).find((problem) => problem !== undefined) ??
        (open ? this.#linkProblem : undefined),
    };
  }

  /** Registers a device key, unless one is registered; joins a rollout that is under way. */
  async rollout(request: RolloutRequest): Promise<ComputerState> {
    const { clock, config, name } = this.#options;
    if (!config) throw notConfigured(name);
    if (this.#usable()) return this.state;
    if (!this.#job || this.#job.calledOff) {
      const job = new RolloutJob((self) => this.#queue.run(() => this.#rollOut(self, config, request.data)));
      this.#job = job;
      void job.ended().then(() => {
        if (this.#job === job) this.#job = undefined;
        this.#changed();
      });
      this.#changed();
    }
    await this.#job.join(request.deadline, clock);
    return this.state;
  }

  /**
   * Ends support. Links are refused from this moment on, on disk too when this resolves; the key is
   * unregistered now or, with the computer unreachable, as soon as that works.
   */
  async revoke(request: RevokeRequest): Promise<ComputerState> {
    const { clock, log, name, vault } = this.#options;
    this.#job?.callOff(new ReachError('CANCELLED', `Support of ${name} was ended during the rollout.`));
    const registered = this.#usable();
    if (registered) {
      const record = toRevoke(registered, clock.now());
      // In memory first, so that a link that is being made at this moment is refused as well.
      this.#revoked.add(registered.id);
      const stored = vault.put({ ...record, maybeGone: true }).then(
        () => ({ ...record, maybeGone: true }),
        (error: unknown) => {
          log.error(
            `${name}: ${messageOf(error)} Links are refused until the plugin ends; it goes on trying.`,
          );
          return undefined;
        },
      );
      this.#expiry?.stop();
      this.#expiry = undefined;
      this.#decommission(record, await stored);
    } else {
      for (const one of this.#decommissions.values()) one.retryNow();
    }
    this.#changed();
    await this.#untilTried(request.deadline);
    return this.state;
  }

  /** Makes a link that opens one connection. */
  async link(controlType: string | undefined): Promise<string> {
    const { client, clock, config, name, onLink, signal } = this.#options;
    if (!config) throw notConfigured(name);
    const type = grantedControlType(this.#registered(), controlType);
    const link = await this.#queue.run(async () => {
      const record = this.#registered();
      try {
        const link = await makeLink(record, type, client, signal);
        // It may have been revoked meanwhile: then the link is dropped.
        if (this.#registered().id === record.id) return link;
        throw new ReachError('CANCELLED', `Support of ${name} was ended and begun again meanwhile.`);
      } catch (error) {
        if (error instanceof ReachError && error.code === 'UNKNOWN_KEY') {
          this.#linkProblem = `${name} does not know its device key any more: turn support off and on again.`;
          this.#changed();
        }
        throw error;
      }
    });
    onLink({ name, at: clock.now(), controlType: type });
    return link;
  }

  /**
   * Drops what is kept of keys that are past help: possible orphans, and keys that the computer has said it
   * does not know. For an owner who has seen to it, by installing TeamViewer anew, say.
   */
  async forget(): Promise<ComputerState> {
    for (const orphan of this.#orphans()) await this.#options.vault.remove(orphan.id);
    for (const one of this.#decommissions.values()) one.acceptAsGone();
    await this.#untilTried(undefined);
    this.#changed();
    return this.state;
  }

  async #rollOut(job: RolloutJob, config: ComputerConfig, given: RolloutData | undefined): Promise<void> {
    const { clock, signal, step, vault, withhold } = this.#options;
    const used = (requestId: string): boolean => vault.usedRequest(config.name) === requestId;
    const calledOff = (): ReachError | undefined => job.calledOff;
    const early = calledOff();
    if (early) throw early;
    const data = await obtainRolloutData(config, given, { clock, used, withhold, signal: job.signal });
    await step('rollout data read');
    const result = await rollOut(data, { ...this.#options, computer: config, calledOff, signal });
    if (result.kind === 'to be revoked') {
      this.#decommission(result.record, result.stored ? result.record : undefined);
      throw result.reason;
    }
    const late = calledOff();
    if (late) {
      // Without waiting for the call, which comes after this rollout in the queue.
      await this.revoke({ deadline: -Infinity });
      throw late;
    }
    this.#linkProblem = undefined;
    this.#watchExpiry();
  }

  #decommission(record: RecordIn<'revoking'>, stored: RecordIn<'revoking'> | undefined): void {
    const { vault, client, clock, log, step, signal } = this.#options;
    const one = new Decommission(record, stored, {
      vault,
      client,
      clock,
      log,
      queue: this.#queue,
      step,
      signal,
      onChange: () => this.#changed(),
    });
    this.#decommissions.set(record.id, one);
    void one.ended.then(() => {
      if (signal.aborted) return;
      this.#decommissions.delete(record.id);
      this.#revoked.delete(record.id);
      this.#changed();
    });
    this.#changed();
  }

  async #untilTried(deadline: number | undefined): Promise<void> {
    const { clock } = this.#options;
    const tries = Promise.all([...this.#decommissions.values()].map((one) => one.tried()));
    if (deadline === undefined) {
      await tries;
      return;
    }
    const left = deadline - clock.monotonic();
    if (left <= 0) return;
    await new Promise<void>((resolve) => {
      const limit = clock.after(left, resolve);
      void tries.then(() => {
        limit.cancel();
        resolve();
      });
    });
  }

  #watchExpiry(): void {
    const { clock, config, log, name } = this.#options;
    this.#expiry?.stop();
    this.#expiry = undefined;
    const open = this.#usable();
    if (!open) return;
    const limit = config?.revokeAfter;
    const until = config ? limit && open.since + limit : open.until;
    if (until === undefined) return;
    this.#expiry = new Expiry(open.since, until, clock, {
      warn: () => {
        const minutes = Math.max(1, Math.round((until - clock.now()) / 60_000));
        log.warn(`${name}: support ends by itself in ${minutes} min`);
        this.#changed();
      },
      expire: () => {
        log.info(`${name}: support ends now, its time is over`);
        void this.revoke({});
      },
    });
  }

  #phase(open: RecordIn<'registered'> | undefined): SupportPhase {
    if (open) return 'open';
    if (this.#job && !this.#job.calledOff) return 'opening';
    // A rollout that was called off may yet bring a key, which then must go.
    const going = this.#decommissions.size > 0 || this.#revoked.size > 0 || this.#job !== undefined;
    return going ? 'revoking' : 'closed';
  }

  #records<State extends KeyState>(state: State): RecordIn<State>[] {
    const { name, vault } = this.#options;
    return vault.keys.filter((key): key is RecordIn<State> => key.state === state && key.computer === name);
  }

  #orphans(): KeyRecord[] {
    // An intent whose rollout has ended is one whose end could not be written.
    return [...this.#records('possibly-orphaned'), ...(this.#job ? [] : this.#records('rolling-out'))];
  }

  #usable(): RecordIn<'registered'> | undefined {
    return this.#records('registered').find((record) => !this.#revoked.has(record.id));
  }

  #registered(): RecordIn<'registered'> {
    const { name } = this.#options;
    const record = this.#usable();
    if (record) return record;
    if (this.#phase(undefined) === 'revoking') {
      throw new ReachError('REVOKING', `Support of ${name} has been ended; no link can be made.`);
    }
    throw new ReachError('NOT_REGISTERED', `Support of ${name} is off: turn it on before making a link.`);
  }

  #changed(): void {
    this.#options.onChange(this.state);
  }
}

/** What it takes to unregister, and no more. */
function toRevoke(record: RecordIn<'registered'>, since: number): RecordIn<'revoking'> {
  const { id, computer, tenantId, remotecontrolId, permissions, deviceKeyId, decommissionToken } = record;
  const handles = { deviceKeyId, decommissionToken };
  return {
    ...{ id, computer, tenantId, remotecontrolId, permissions, since },
    ...handles,
    state: 'revoking',
    maybeGone: false,
  };
}

function notConfigured(name: string): ReachError {
  return new ReachError('UNKNOWN_COMPUTER', `No computer named ${name} is configured for remote support.`);
}
