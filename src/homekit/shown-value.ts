import type { Characteristic, HAP } from 'homebridge';
import { readError } from './hap-status.ts';

/**
 * A characteristic of a sensor that is shown for as long as something true is known. An error sends no event,
 * and neither does its end with the value from before: so the first value after one is an event in any case.
 */
export class ShownValue {
  readonly #hap: HAP;
  readonly #characteristic: Characteristic;
  readonly #value: () => number;
  readonly #isUnavailable: () => boolean;
  #wasUnavailable = false;

  constructor(hap: HAP, characteristic: Characteristic, value: () => number, isUnavailable: () => boolean) {
    this.#hap = hap;
    this.#characteristic = characteristic;
    this.#value = value;
    this.#isUnavailable = isUnavailable;
    characteristic.onGet(() => {
      if (isUnavailable()) throw readError(hap);
      return value();
    });
  }

  push(): void {
    const wasUnavailable = this.#wasUnavailable;
    this.#wasUnavailable = this.#isUnavailable();
    if (this.#wasUnavailable) this.#characteristic.updateValue(readError(this.#hap));
    else if (wasUnavailable) this.#characteristic.sendEventNotification(this.#value());
    else this.#characteristic.updateValue(this.#value());
  }
}
