import type { Service } from 'homebridge';
import type { Unsubscribe } from '../base/emitter.ts';
import { LeftOpenWatch } from '../door/left-open.ts';
import type { Companion, CompanionParts } from './companion.ts';
import { companionService } from './companion-service.ts';
import { ShownValue } from './shown-value.ts';

/** An occupancy sensor that is on while the gate has been left open. */
export class LeftOpenSensor implements Companion {
  readonly services: readonly Service[];
  readonly #watch: LeftOpenWatch;
  readonly #subscriptions: readonly Unsubscribe[];

  /** @param after milliseconds after which it counts as left open, or `device`: when the device says so */
  constructor(parts: CompanionParts, after: number | 'device') {
    const { hap, accessory, clock, config, device, door, happened, saveAccessory } = parts;
    const service = companionService({
      hap,
      accessory,
      type: 'OccupancySensor',
      subtype: 'left open',
      name: `${config.name} left open`,
      onRenamed: saveAccessory,
    });
    this.services = [service];
    const watch = new LeftOpenWatch({
      device,
      clock,
      after,
      memory: parts.remembered()?.leftOpen,
      remember: (leftOpen) => parts.remember({ leftOpen }),
    });
    this.#watch = watch;
    const shown = new ShownValue(
      hap,
      service.getCharacteristic(hap.Characteristic.OccupancyDetected),
      () => (watch.leftOpen ? 1 : 0),
      () => door.view.unavailable,
    );
    this.#subscriptions = [
      watch.changed.on((leftOpen) => {
        shown.push();
        if (leftOpen) happened.emit({ kind: 'left open', openFor: watch.openFor });
      }),
      door.changed.on(() => shown.push()),
    ];
    shown.push();
  }

  stop(): void {
    for (const unsubscribe of this.#subscriptions) unsubscribe();
    this.#watch.stop();
  }
}
