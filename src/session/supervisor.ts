import type { Clock, Timer } from '../base/clock.ts';
import { Signal } from '../base/emitter.ts';
import type { Log } from '../base/log.ts';
import type { Action, ActionResponse } from '../wire/actions.ts';
import type { ApiKeys } from '../wire/keys.ts';
import { nextAttempt, SHORTEST_WAIT, STABLE_AFTER, type NextAttempt } from './backoff.ts';
import { describeClose, type CloseReason, type PastSession, type ReachedStep } from './close-reason.ts';
import { CONTESTED_WITHIN, diagnose, type Diagnosis } from './diagnosis.ts';
import type { DeviceHello, InboundMessage, Link, LinkDown, LinkState, RequestOptions } from './link.ts';
import { LinkLog } from './link-log.ts';
import { notConnected } from './request-queue.ts';
import { Session, type SessionListener } from './session.ts';
import type { SocketFactory, Target } from './transport.ts';

/** The shortest time between the beginnings of two attempts of which the second was woken. */
const WAKE_GAP: Readonly<Record<NextAttempt['pace'], number>> = { ordinary: SHORTEST_WAIT, slow: 30_000 };
/** The same where both were: a storm of announcements brings no more. */
const STORM_GAP = 3000;
/** More than any rule looks back. */
const LONGEST_HISTORY = 20;

export interface SupervisorOptions {
  /** Asked before each attempt. After a change {@link Supervisor.wake} makes it felt. */
  readonly target: () => Target;
  readonly keys: ApiKeys;
  readonly clock: Clock;
  /** Already named after the device. */
  readonly log: Log;
  /** The serial number that is bound to this device; undefined where any will do. Asked at each attempt. */
  readonly expectedSerial?: () => string | undefined;
  /** Another device than the expected one answered and was refused. */
  readonly onRefused?: (hello: DeviceHello) => void;
  /** For tests: something other than a real websocket. */
  readonly openSocket?: SocketFactory;
}

const NOTHING_TO_WAIT_FOR = Promise.resolve();
const NO_HISTORY: readonly PastSession[] = [];

interface Wait {
  readonly until: number;
  readonly pace: NextAttempt['pace'];
  readonly timer: Timer;
  readonly woken: boolean;
}

/** Makes one session after the other, for as long as it is not stopped. Nothing ever stops it for good. */
export class Supervisor implements Link, SessionListener {
  readonly hello = new Signal<DeviceHello>();
  readonly ready = new Signal<void>();
  readonly message = new Signal<InboundMessage>();
  readonly down = new Signal<LinkDown>();
  readonly diagnosed = new Signal<Diagnosis | undefined>();

  readonly #options: SupervisorOptions;
  readonly #log: LinkLog;
  #state: LinkState = 'stopped';
  /** Changes at each stop, so that what was begun before it ends there. */
  #run = 0;
  #session: Session | undefined;
  /** The last session's connection is gone: a device may have room for one only. */
  #gone = NOTHING_TO_WAIT_FOR;
  #history = NO_HISTORY;
  #diagnosis: Diagnosis | undefined;
  #lastInboundAt: number | undefined;
  #known = false;
  #outageSince = 0;
  #readySince: number | undefined;
  #settling: Timer | undefined;
  #attempt: { readonly at: number; readonly target: Target } | undefined;
  #wait: Wait | undefined;
  /** When the last attempt began that was woken. */
  #wokenAt = -Infinity;
  /** Woken while an attempt was under way that may fail. */
  #woken = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#log = new LinkLog(options.log);
  }

  get state(): LinkState {
    return this.#state;
  }

  get lastInboundAt(): number | undefined {
    return this.#session?.lastInboundAt ?? this.#lastInboundAt;
  }

  get diagnosis(): Diagnosis | undefined {
    return this.#diagnosis;
  }

  start(): void {
    if (this.#state !== 'stopped') return;
    this.#outageSince = this.#options.clock.monotonic();
    this.#history = NO_HISTORY;
    this.#connect();
  }

  async stop(): Promise<void> {
    if (this.#state !== 'stopped') {
      this.#run += 1;
      this.#state = 'stopped';
      this.#wait?.timer.cancel();
      this.#wait = undefined;
      // Answers with `closed`, which tells who listens.
      void this.#session?.close();
      this.#setDiagnosis(undefined);
    }
    await this.#gone;
  }

  wake(): void {
    if (this.#state === 'connecting') this.#woken = true;
    if (!this.#wait || !this.#attempt) return;
    const { at, target } = this.#attempt;
    const now = this.#options.clock.monotonic();
    const pace = isSame(target, this.#options.target()) ? this.#wait.pace : 'ordinary';
    // A storm of wakes, or one that comes too early, brings one attempt when the gap is over.
    const due = Math.max(now, at + WAKE_GAP[pace], this.#wokenAt + STORM_GAP);
    if (due < this.#wait.until) this.#waitFor({ wait: due - now, pace }, true);
  }

  request(action: Action, options?: RequestOptions): Promise<ActionResponse> {
    return this.#session ? this.#session.request(action, options) : Promise.reject(notConnected());
  }

  #connect(): void {
    const { clock, target } = this.#options;
    if (this.#wait?.woken) this.#wokenAt = clock.monotonic();
    this.#wait = undefined;
    this.#state = 'connecting';
    this.#woken = false;
    this.#attempt = { at: clock.monotonic(), target: target() };
    const run = this.#run;
    void this.#gone.then(() => {
      if (run === this.#run) this.#open();
    });
  }

  #open(): void {
    const { clock, expectedSerial, keys, openSocket, target } = this.#options;
    this.#session = new Session({
      // Some time may have gone by since the last one had to go first.
      target: target(),
      keys,
      clock,
      expectedSerial,
      openSocket,
      listener: this,
    });
  }

  /** Called by the session. */
  onHello(hello: DeviceHello): void {
    this.#known = true;
    this.hello.emit(hello);
  }

  /** Called by the session. */
  onRefused(hello: DeviceHello): void {
    this.#options.onRefused?.(hello);
  }

  /** Called by the session. */
  onMessage(message: InboundMessage): void {
    this.message.emit(message);
  }

  /** Called by the session. */
  onIgnored(what: string): void {
    this.#log.ignored(what);
  }

  /** Called by the session. */
  onReady(): void {
    const { clock } = this.#options;
    this.#state = 'ready';
    this.#readySince = clock.monotonic();
    // Where nothing ever went wrong there is nothing to settle.
    if (this.#history.length > 0) {
      this.#settling = clock.after(CONTESTED_WITHIN, () => {
        this.#log.settled();
        this.#setDiagnosis(undefined);
      });
    }
    // Of a contested connection nothing is proved by being ready once more: it must last.
    const contested =
      this.#diagnosis?.code === 'slot-taken' && this.#history.at(-1)?.reason.code === 'dropped';
    if (!contested) this.#log.ready();
    const wellAgain = this.#diagnosis !== undefined && !contested;
    if (wellAgain) this.#diagnosis = undefined;
    this.ready.emit();
    if (wellAgain) this.diagnosed.emit(this.#diagnosis);
  }

  /** Called by the session. */
  onClosed(reason: CloseReason, reached: ReachedStep): void {
    const { clock } = this.#options;
    const now = clock.monotonic();
    const readyFor = this.#readySince === undefined ? undefined : now - this.#readySince;
    this.#lastInboundAt = this.lastInboundAt;
    this.#gone = this.#session?.gone ?? NOTHING_TO_WAIT_FOR;
    this.#session = undefined;
    this.#readySince = undefined;
    this.#settling?.cancel();
    if (this.#state !== 'stopped') this.#recover({ reason, reached, readyFor }, now);
    this.down.emit({ reason: describeClose(reason), wasReady: readyFor !== undefined });
  }

  #recover(past: PastSession, now: number): void {
    const { clock } = this.#options;
    if (past.readyFor !== undefined && past.readyFor >= STABLE_AFTER) this.#outageSince = now;
    this.#history = [...this.#history, past].slice(-LONGEST_HISTORY);
    const outage = now - this.#outageSince;
    const target = this.#attempt?.target ?? this.#options.target();
    const diagnosis = diagnose(this.#history, { target, known: this.#known });
    this.#waitFor(nextAttempt(this.#history, outage, clock.random()));
    if (this.#woken) this.wake();
    this.#log.failed({ reason: past.reason, diagnosis, outage });
    this.#setDiagnosis(diagnosis);
  }

  #waitFor({ wait, pace }: NextAttempt, woken = false): void {
    const { clock } = this.#options;
    this.#wait?.timer.cancel();
    // An attempt that begins in the next turn is one that is being made: a command need not fail for that.
    this.#state = wait > 0 ? 'waiting' : 'connecting';
    const timer = clock.after(wait, () => this.#connect());
    this.#wait = { until: clock.monotonic() + wait, pace, timer, woken };
  }

  #setDiagnosis(diagnosis: Diagnosis | undefined): void {
    if (diagnosis?.code === this.#diagnosis?.code && diagnosis?.message === this.#diagnosis?.message) return;
    this.#diagnosis = diagnosis;
    this.diagnosed.emit(diagnosis);
  }
}

function isSame(a: Target, b: Target): boolean {
  return a.host === b.host && a.port === b.port;
}
