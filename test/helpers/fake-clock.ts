import type { Clock, Timer } from '../../src/base/clock.ts';

interface Pending {
  readonly due: number;
  readonly order: number;
  readonly callback: () => void;
}

/**
 * Time that moves only when told to. Between two timers the microtask queue and the immediates are run, so
 * that promises which a timer settles have their effect before the next timer fires.
 */
export class FakeClock implements Clock {
  #monotonic = 1_000_000;
  #wallOffset: number;
  #order = 0;
  #pending: Pending[] = [];
  /** What `random` answers next; a test may set it. */
  nextRandom = 0.5;

  constructor(wall = Date.UTC(2026, 0, 1)) {
    this.#wallOffset = wall - this.#monotonic;
  }

  now(): number {
    return this.#wallOffset + this.#monotonic;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  random(): number {
    return this.nextRandom;
  }

  after(delay: number, callback: () => void): Timer {
    const entry: Pending = { due: this.#monotonic + Math.max(delay, 0), order: this.#order++, callback };
    this.#pending.push(entry);
    return { cancel: () => (this.#pending = this.#pending.filter((other) => other !== entry)) };
  }

  /** How many timers are waiting: 0 after everything was stopped. */
  get pending(): number {
    return this.#pending.length;
  }

  /** The wall clock is set anew; monotonic time goes on as if nothing had happened. */
  jumpWall(by: number): void {
    this.#wallOffset += by;
  }

  /** Lets `milliseconds` pass, firing what falls due in order. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#monotonic + milliseconds;
    await settle();
    for (;;) {
      const next = this.#pending
        .filter((entry) => entry.due <= end)
        .sort((a, b) => a.due - b.due || a.order - b.order)[0];
      if (!next) break;
      this.#pending = this.#pending.filter((entry) => entry !== next);
      this.#monotonic = Math.max(this.#monotonic, next.due);
      next.callback();
      await settle();
    }
    this.#monotonic = end;
    await settle();
  }
}

/** Runs the microtasks and immediates that are waiting. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 3; round++) await new Promise((resolve) => setImmediate(resolve));
}
