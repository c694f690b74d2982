import type { Clock, Timer } from '../base/clock.ts';
import { Signal } from '../base/emitter.ts';
import type { OutputNumber } from './settings.ts';

export interface OutputChange {
  readonly output: OutputNumber;
  readonly active: boolean;
  /** Held for minutes instead of pulsed. */
  readonly held: boolean;
}

/** The two relays. One that is active is busy: it takes no further command. */
export class Outputs {
  readonly changed = new Signal<OutputChange>();
  readonly #clock: Clock;
  readonly #active = new Map<OutputNumber, Timer>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  isActive(output: OutputNumber): boolean {
    return this.#active.has(output);
  }

  /** Switches an output on for `time` milliseconds. */
  activate(output: OutputNumber, time: number, held: boolean): void {
    this.#active.get(output)?.cancel();
    this.#active.set(
      output,
      this.#clock.after(time, () => {
        this.#active.delete(output);
        this.changed.emit({ output, active: false, held });
      }),
    );
    this.changed.emit({ output, active: true, held });
  }

  /** All off at once and without a word, as when the power goes. */
  dispose(): void {
    for (const timer of this.#active.values()) timer.cancel();
    this.#active.clear();
  }
}
