/**
 * The one place where time and chance come from. Everything else is handed a {@link Clock}, so that a test
 * of hours runs in milliseconds. All times in this project are in milliseconds.
 */
export interface Timer {
  /** Cancelling twice, or after it has fired, is harmless. */
  cancel(): void;
}

export interface Clock {
  /** Wall time, milliseconds since 1970. May jump: use it for what a person reads and for what is on disk. */
  now(): number;
  /** Milliseconds that never run backwards and know nothing of the date: use it to measure. */
  monotonic(): number;
  /** Calls `callback` once, `delay` milliseconds from now, never in the same turn. */
  after(delay: number, callback: () => void): Timer;
  /** Uniform in [0, 1). Not for secrets: those come from `node:crypto`. */
  random(): number;
}

/** Longer timeouts overflow Node's 32-bit timers and would fire at once. */
const LONGEST_TIMEOUT = 0x7fffffff;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  random: () => Math.random(),
  after(delay, callback) {
    if (delay <= 0) {
      // A timeout of nothing takes a millisecond.
      const immediate = setImmediate(callback);
      return { cancel: () => clearImmediate(immediate) };
    }
    return new Timeout(delay, callback);
  },
};

/** Many of them live for as long as a session does: an object of one field is less than a closure and its scope. */
class Timeout implements Timer {
  readonly #timeout: NodeJS.Timeout;

  constructor(delay: number, callback: () => void) {
    this.#timeout = setTimeout(callback, Math.min(delay, LONGEST_TIMEOUT));
  }

  cancel(): void {
    clearTimeout(this.#timeout);
  }
}

/** Resolves after `delay` milliseconds; rejects with the signal's reason when it is aborted first. */
export function sleep(clock: Clock, delay: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      timer.cancel();
      reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
    };
    const timer = clock.after(delay, () => {
      signal?.removeEventListener('abort', abort);
      resolve();
    });
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}
