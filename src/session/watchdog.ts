import type { Clock, Timer } from '../base/clock.ts';

/** The device drops a client that it has not heard for 120 s (v1 specification, "connection timeout"). */
export const KEEP_ALIVE_AFTER = 60_000;

/**
 * Calls `onIdle` when nothing was sent for {@link KEEP_ALIVE_AFTER}. What comes in does not count: it is the
 * device that must hear us, and only an answer proves that the connection carries both ways.
 */
export class Watchdog {
  readonly #clock: Clock;
  readonly #onIdle: () => void;
  #timer: Timer | undefined;

  constructor(clock: Clock, onIdle: () => void) {
    this.#clock = clock;
    this.#onIdle = onIdle;
  }

  /** Something was sent: the time starts anew. */
  sent(): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.after(KEEP_ALIVE_AFTER, this.#onIdle);
  }

  stop(): void {
    this.#timer?.cancel();
  }
}
