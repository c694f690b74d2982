import { expect } from 'vitest';
import type { Timer } from '../../src/base/clock.ts';
import { FakeClock } from '../helpers/fake-clock.ts';

/** The time limit of a call in these tests, by which its timer is known among the others. */
export const CALL_TIMEOUT = 59_999;

/**
 * A fake clock that knows what it is waited for: time must not move while a call over a real socket is under
 * way, or it would seem to have timed out.
 */
export class CallClock extends FakeClock {
  readonly #waiting = new Map<object, { readonly due: number; readonly isCall: boolean }>();

  override after(delay: number, callback: () => void): Timer {
    const entry = {};
    this.#waiting.set(entry, { due: this.monotonic() + Math.max(delay, 0), isCall: delay === CALL_TIMEOUT });
    const timer = super.after(delay, () => {
      this.#waiting.delete(entry);
      callback();
    });
    return {
      cancel: () => {
        this.#waiting.delete(entry);
        timer.cancel();
      },
    };
  }

  /** Resolves when no call is under way and something waits for time to pass. */
  async idle(): Promise<void> {
    await eventually(
      () => this.#waiting.size > 0 && [...this.#waiting.values()].every(({ isCall }) => !isCall),
    ).toBe(true);
  }

  /** Waits until all is idle, and lets time pass until the next timer fires. @returns how long that was. */
  async toNext(): Promise<number> {
    await this.idle();
    const wait = Math.min(...[...this.#waiting.values()].map(({ due }) => due)) - this.monotonic();
    await this.advance(wait);
    return wait;
  }
}

/** An assertion on what a real socket or disk brings about in moments, with patience for a busy machine. */
export function eventually<Value>(look: () => Value) {
  return expect.poll(look, { interval: 2, timeout: 10_000 });
}
