import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { backoffDelay, Pause } from './backoff.ts';
import type { ReachClient } from './client.ts';
import { ReachError } from './errors.ts';
import type { SerialQueue } from './serial-queue.ts';
import type { StepHook } from './support-state.ts';
import type { RecordIn } from './vault-records.ts';
import type { Vault } from './vault.ts';

export interface DecommissionOptions {
  readonly vault: Vault;
  readonly client: Pick<ReachClient, 'unregister'>;
  readonly clock: Clock;
  readonly log: Log;
  /** One call at a time goes to a computer. */
  readonly queue: SerialQueue;
  readonly step: StepHook;
  readonly signal: AbortSignal;
  /** It worked, or what stands in its way is another. */
  readonly onChange: () => void;
}

/** Gets one key unregistered, however long that takes: until the backend says 204, and the vault is rid of it. */
export class Decommission {
  readonly #options: DecommissionOptions;
  readonly #pause = new Pause();
  readonly #waiting = new Set<() => void>();
  readonly #ended: Promise<void>;
  #record: RecordIn<'revoking'>;
  /** What is on disk may be older, where the disk has failed. */
  #stored: RecordIn<'revoking'> | undefined;
  #unregistered = false;
  #problem: ReachError | Error | undefined;

  /**
   * @param record as it was before this process began to unregister it.
   * @param stored as it is on disk; undefined where it could not be written.
   */
  constructor(
    record: RecordIn<'revoking'>,
    stored: RecordIn<'revoking'> | undefined,
    options: DecommissionOptions,
  ) {
    this.#record = record;
    this.#stored = stored;
    this.#options = options;
    this.#ended = this.#run();
    options.signal.addEventListener('abort', () => this.#pause.end(), { once: true });
  }

  get record(): RecordIn<'revoking'> {
    return this.#record;
  }

  /** Why it has not worked yet. */
  get problem(): string | undefined {
    return this.#problem && messageOf(this.#problem);
  }

  /** Resolves when the try that is under way, or else the next one, has ended, however it did. */
  tried(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.add(resolve);
      void this.#ended.then(resolve);
    });
  }

  /** Resolves when it has worked, or was given up because everything is being closed. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** Tries again now instead of later. */
  retryNow(): void {
    this.#pause.end();
  }

  /**
   * Somebody who knows (TeamViewer was installed anew, say) vouches that the key is gone. Believed only where
   * the computer itself has said that it does not know the key.
   */
  acceptAsGone(): void {
    if (!(this.#problem instanceof ReachError) || this.#problem.code !== 'UNKNOWN_KEY') return;
    this.#unregistered = true;
    this.retryNow();
  }

  async #run(): Promise<void> {
    const { clock, log, queue, onChange } = this.#options;
    for (let attempt = 0; !this.#closing(); attempt++) {
      let delay = backoffDelay(attempt, clock);
      try {
        await queue.run(() => this.#attempt());
        log.info(`${this.#record.computer}: support has ended, the device key is unregistered`);
        this.#problem = undefined;
        onChange();
        break;
      } catch (error) {
        if (error instanceof ReachError) delay = Math.max(delay, error.retryAfter ?? 0);
        if (!this.#closing()) this.#report(error instanceof Error ? error : new Error(messageOf(error)));
      }
      for (const resolve of this.#waiting) resolve();
      this.#waiting.clear();
      if (!this.#closing()) await this.#pause.wait(delay, clock);
    }
  }

  #closing(): boolean {
    return this.#options.signal.aborted;
  }

  async #attempt(): Promise<void> {
    const { client, signal, step, vault } = this.#options;
    signal.throwIfAborted();
    if (!this.#unregistered) {
      const before = this.#record.maybeGone;
      await this.#store({ ...this.#record, maybeGone: true });
      await step('revoke intent stored');
      try {
        await client.unregister(this.#record, { signal });
      } catch (error) {
        if (!countsAsGone(error, before)) {
          const unknown = error instanceof ReachError && error.outcome === 'unknown';
          await this.#store({ ...this.#record, maybeGone: before || unknown });
          throw error;
        }
      }
      this.#unregistered = true;
      await step('unregister answered');
    }
    await vault.remove(this.#record.id);
    await step('key removed');
  }

  /** A disk that fails keeps nobody from unregistering: what is not written now is written at the next try. */
  async #store(record: RecordIn<'revoking'>): Promise<void> {
    this.#record = record;
    if (this.#stored?.maybeGone === record.maybeGone) return;
    try {
      await this.#options.vault.put(record);
      this.#stored = record;
    } catch (error) {
      this.#options.log.error(`${record.computer}: ${messageOf(error)}`);
    }
  }

  /** Said once for each reason, since it is tried for days if need be. */
  #report(problem: Error): void {
    const { log, onChange } = this.#options;
    const known = this.#problem?.message === problem.message;
    const line = `${this.#record.computer}: the device key is not unregistered yet, which is tried until it works; no link can be made meanwhile. ${messageOf(problem)}`;
    if (known) log.debug(line);
    else log.warn(line);
    this.#problem = problem;
    onChange();
  }
}

/** After a call whose answer was lost, "I do not know this key" is the answer that was lost. */
function countsAsGone(error: unknown, maybeGone: boolean): boolean {
  return maybeGone && error instanceof ReachError && error.code === 'UNKNOWN_KEY';
}
