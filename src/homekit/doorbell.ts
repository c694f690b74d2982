import type { Service } from 'homebridge';
import type { Unsubscribe } from '../base/emitter.ts';
import type { Companion, CompanionParts } from './companion.ts';
import { companionService } from './companion-service.ts';
import { singlePress } from './single-press.ts';

/** Rings in Apple Home when the doorbell that is wired to the device is pushed. */
export class Doorbell implements Companion {
  readonly services: readonly Service[];
  readonly #unsubscribe: Unsubscribe;

  constructor({ hap, accessory, config, device, saveAccessory }: CompanionParts) {
    const service = companionService({
      hap,
      accessory,
      type: 'Doorbell',
      subtype: 'doorbell',
      name: `${config.name} doorbell`,
      onRenamed: saveAccessory,
    });
    this.services = [service];
    const press = singlePress(hap, service);
    this.#unsubscribe = device.event.on(({ event, old }) => {
      if (event.type !== 'DoorbellPushed' || old) return;
      press();
    });
  }

  stop(): void {
    this.#unsubscribe();
  }
}
