import type { Clock, Timer } from '../base/clock.ts';
import { Signal, type Unsubscribe } from '../base/emitter.ts';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { Device, TimedEvent } from '../device/types.ts';
import type { OutputHold } from './output-hold.ts';
import { CLOSED, OPEN, type Door } from './types.ts';
import { inWords } from './words.ts';

/** What is kept on disk at each change. */
export interface AutoCloseMemory {
  /** Wall time since which it has stood open and nobody has operated it. */
  readonly since?: number;
  /** It was tried for this opening, and is not tried again before it was closed. */
  readonly attempted: boolean;
}

export interface AutoCloseOptions {
  readonly device: Device;
  readonly door: Door;
  readonly hold: OutputHold;
  readonly clock: Clock;
  readonly log: Log;
  /** Milliseconds for which it stands open. */
  readonly after: number;
  /** Milliseconds from the warning to the closing, always whole. */
  readonly warning: number;
  /** As the last `remember` got it. */
  readonly memory: AutoCloseMemory | undefined;
  /** Called with what must be on disk, at each change. */
  readonly remember: (memory: AutoCloseMemory) => void;
  /** Resolves when what was remembered is on disk. */
  readonly flush: () => Promise<void>;
}

export type AutoCloseStep =
  /** It closes in so many milliseconds. */
  | { readonly kind: 'warning'; readonly in: number }
  /** The warning is taken back. */
  | { readonly kind: 'called off'; readonly reason: string }
  /** CLOSE is sent, after so many milliseconds of standing open. */
  | { readonly kind: 'closing'; readonly openFor: number }
  | { readonly kind: 'failed'; readonly reason: string };

/**
 * Closes a gate that was left open: once for each opening, and only from a state that the sensor has reported
 * in the present session. Whatever makes that doubtful, or anybody's hand on the gate, calls it off, and the
 * whole warning comes again before the next attempt.
 */
export class AutoClose {
  readonly step = new Signal<AutoCloseStep>();
  readonly #options: AutoCloseOptions;
  readonly #subscriptions: readonly Unsubscribe[];
  /** Monotonic, like all times below. */
  #since: number | undefined;
  #attempted: boolean;
  /** Since when nothing has been in the way of closing it. */
  #clearSince: number | undefined;
  #warned = false;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(options: AutoCloseOptions) {
    const { clock, device, door, hold, memory } = options;
    this.#options = options;
    this.#attempted = memory?.attempted === true;
    if (memory?.since !== undefined) {
      this.#since = clock.monotonic() - Math.max(0, clock.now() - memory.since);
    }
    this.#subscriptions = [
      door.changed.on(() => this.#review()),
      device.event.on((event) => this.#heard(event)),
      device.report.on(() => this.#review()),
      device.healthChanged.on(() => this.#review()),
      hold.changed.on(() => this.#review()),
    ];
    this.#review();
  }

  stop(): void {
    this.#stopped = true;
    for (const unsubscribe of this.#subscriptions) unsubscribe();
    this.#timer?.cancel();
    this.step.clear();
  }

  /** Old events count as well: they tell what was done to the gate while nobody was connected. */
  #heard({ event, at }: TimedEvent): void {
    switch (event.type) {
      case 'StateChange':
        if (event.state === 'closed') this.#wasClosed();
        break;
      case 'RelayTrigger':
      case 'OutputHeldActive':
      case 'ManualButtonPushed':
        if (at !== undefined) this.#wasOperated(at);
        break;
      default:
        break;
    }
    this.#review();
  }

  #wasClosed(): void {
    this.#keep(undefined, false);
  }

  /** The time begins anew: whoever operates a gate that stands open means something by it. */
  #wasOperated(at: number): void {
    const { clock } = this.#options;
    const then = clock.monotonic() - Math.max(0, clock.now() - at);
    if (this.#since !== undefined && then > this.#since) this.#keep(then, this.#attempted);
    this.#standDown('it was operated');
  }

  #review(): void {
    if (this.#stopped) return;
    const { clock, door } = this.#options;
    const { target, current } = door.view;
    if (target !== current) this.#keep(undefined, this.#attempted);
    else if (door.settled && current === CLOSED) this.#wasClosed();
    else if (door.settled && this.#since === undefined) this.#keep(clock.monotonic(), this.#attempted);

    const obstacle = this.#attempted ? 'it was tried already' : this.#obstacle();
    if (obstacle === undefined) this.#schedule();
    else this.#standDown(obstacle);
  }

  /** Why it must not be closed at this moment. */
  #obstacle(): string | undefined {
    const { door, hold } = this.#options;
    const { target, current, obstruction } = door.view;
    if (target !== current) return 'it moves';
    if (current !== OPEN) return 'it is closed';
    if (!door.settled) return 'nobody knows for certain how it stands';
    if (obstruction) return 'something is in its way';
    if (hold.anyHeld) return 'an output is held active';
    return undefined;
  }

  #schedule(): void {
    const { clock, after, warning } = this.#options;
    const now = clock.monotonic();
    this.#clearSince ??= now;
    const closeAt = Math.max((this.#since ?? now) + after, this.#clearSince + warning);
    const due = this.#warned ? closeAt : closeAt - warning;
    this.#timer?.cancel();
    this.#timer = clock.after(due - now, () => {
      if (!this.#warned) this.#warn();
      else void this.#close();
    });
  }

  #warn(): void {
    const { clock, log, warning } = this.#options;
    this.#warned = true;
    // From here on the warning runs, whatever the timer was late by.
    this.#clearSince = clock.monotonic();
    log.info(`has been open for ${inWords(this.#openFor)}: closes by itself in ${inWords(warning)}`);
    this.step.emit({ kind: 'warning', in: warning });
    this.#schedule();
  }

  #standDown(reason: string): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#clearSince = undefined;
    if (!this.#warned) return;
    this.#warned = false;
    this.#options.log.info(`does not close by itself: ${reason}`);
    this.step.emit({ kind: 'called off', reason });
  }

  /** It is on disk that it was tried before it is: a crash in between must not make it two. */
  async #close(): Promise<void> {
    const { door, flush, log } = this.#options;
    const openFor = this.#openFor;
    this.#warned = false;
    this.#clearSince = undefined;
    this.#keep(this.#since, true);
    await flush();
    const obstacle = this.#stopped ? 'the plugin is stopping' : this.#obstacle();
    if (obstacle !== undefined) {
      log.info(`does not close by itself: ${obstacle}`);
      this.step.emit({ kind: 'called off', reason: obstacle });
      return;
    }
    log.info(`closes by itself after ${inWords(openFor)}`);
    this.step.emit({ kind: 'closing', openFor });
    try {
      await door.setTarget(CLOSED);
    } catch (error) {
      const reason = messageOf(error);
      log.warn(`could not close by itself: ${reason}. It is not tried again before the next opening.`);
      this.step.emit({ kind: 'failed', reason });
    }
  }

  get #openFor(): number {
    return this.#since === undefined ? 0 : this.#options.clock.monotonic() - this.#since;
  }

  #keep(since: number | undefined, attempted: boolean): void {
    if (since === this.#since && attempted === this.#attempted) return;
    const { clock, remember } = this.#options;
    this.#since = since;
    this.#attempted = attempted;
    remember({
      ...(since !== undefined && { since: Math.round(clock.now() - (clock.monotonic() - since)) }),
      attempted,
    });
  }
}
