import type { Clock, Timer } from '../base/clock.ts';
import type { SensorState } from '../wire/sensor-state.ts';

export type Position = Exclude<SensorState, 'no sensor'>;

/** Events that the device has kept come within this after a reconnect, and so does one that a response overtook. */
const EVENT_PATIENCE = 15_000;

/**
 * Notices a change of the sensor that no event told of: some devices drop the connection around an operation
 * and do not send its StateChange again. What says otherwise than the last event did is given some time
 * in which the event may still come.
 */
export class MissedChanges {
  readonly #clock: Clock;
  readonly #missed: (position: Position) => void;
  /** What was told last; undefined while nothing was. */
  #told: Position | undefined;
  #wait: Timer | undefined;

  /** @param remembered what was known at the last stop */
  constructor(clock: Clock, remembered: Position | undefined, missed: (position: Position) => void) {
    this.#clock = clock;
    this.#told = remembered;
    this.#missed = missed;
  }

  /** Its event told it. */
  told(sensor: SensorState): void {
    this.#told = sensor === 'no sensor' ? undefined : sensor;
    this.stop();
  }

  /** A response, or another event, says so. */
  saw(sensor: SensorState): void {
    if (sensor === 'no sensor' || this.#told === undefined || sensor === this.#told) {
      this.told(sensor);
      return;
    }
    this.#wait ??= this.#clock.after(EVENT_PATIENCE, () => {
      this.told(sensor);
      this.#missed(sensor);
    });
  }

  stop(): void {
    this.#wait?.cancel();
    this.#wait = undefined;
  }
}
