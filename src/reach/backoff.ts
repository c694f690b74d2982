import type { Clock, Timer } from '../base/clock.ts';

const FIRST = 5_000;
const LONGEST = 900_000;

/** The wait before the next try: 5 s, doubling to 15 minutes, less up to a fifth so that houses do not chime. */
export function backoffDelay(attempt: number, clock: Clock): number {
  return Math.min(FIRST * 2 ** Math.min(attempt, 20), LONGEST) * (1 - clock.random() / 5);
}

/** A wait that can be ended early. */
export class Pause {
  #timer: Timer | undefined;
  #end: (() => void) | undefined;

  wait(delay: number, clock: Clock): Promise<void> {
    return new Promise((resolve) => {
      this.#end = resolve;
      this.#timer = clock.after(delay, resolve);
    });
  }

  /** Harmless when nobody waits. */
  end(): void {
    this.#timer?.cancel();
    this.#end?.();
  }
}
