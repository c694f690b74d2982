import type { Clock, Timer } from '../../src/base/clock.ts';

interface Pending {
  readonly due: number;
  readonly order: number;
  readonly callback: () => void;
}

/**
 * Time that goes from one timer to the next when it is told to, and stands still while real sockets do their
 * work: whatever a peer does in the meantime happens in no time at all, and no limit runs out by accident.
 */
export class SteppedClock implements Clock {
  #monotonic = 1_000_000;
  #order = 0;
  #pending: Pending[] = [];

  now(): number {
    return Date.UTC(2026, 0, 1) + this.#monotonic;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  random(): number {
    return 0.5;
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

  /** Goes to the next timer and fires it. */
  step(): void {
    const next = this.#pending.toSorted((a, b) => a.due - b.due || a.order - b.order)[0];
    if (!next) throw new Error('nothing is waiting for time to pass');
    this.#pending = this.#pending.filter((entry) => entry !== next);
    this.#monotonic = Math.max(this.#monotonic, next.due);
    next.callback();
  }

  /** Lets so much time pass. */
  pass(milliseconds: number): void {
    const end = this.#monotonic + milliseconds;
    while (this.#pending.some(({ due }) => due <= end)) this.step();
    this.#monotonic = end;
  }
}
