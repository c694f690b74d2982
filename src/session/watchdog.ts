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
  #sentAt = 0;

  constructor(clock: Clock, onIdle: () => void) {
    this.#clock = clock;
    this.#onIdle = onIdle;
  }

  /** Something was sent: the time starts anew. */
  sent(): void {
    this.#sentAt = this.#clock.monotonic();
    // One timer that is set on when it comes too early, instead of a new one for each frame.
    this.#timer ??= this.#clock.after(KEEP_ALIVE_AFTER, () => this.#look());
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #look(): void {
    this.#timer = undefined;
    const left = this.#sentAt + KEEP_ALIVE_AFTER - this.#clock.monotonic();
    // Less than any timer can wait is nothing.
    if (left >= 1) this.#timer = this.#clock.after(left, () => this.#look());
    else this.#onIdle();
  }
}
