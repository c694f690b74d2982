import type { Service } from 'homebridge';
import type { Unsubscribe } from '../base/emitter.ts';
import { CLOSED } from '../door/types.ts';
import type { Companion, CompanionParts } from './companion.ts';
import { companionService } from './companion-service.ts';
import { ShownValue } from './shown-value.ts';

/** HAP's ContactSensorState. */
const DETECTED = 0;
const NOT_DETECTED = 1;

/**
 * The status sensor itself, without a model of the travel. hap-nodejs sends this characteristic at once, with
 * all that waits to be sent: it is set in the turn of the report and after the door, which heard it first, so
 * that the door's own state does not wait for its 250 ms either.
 */
export class ContactSensor implements Companion {
  readonly services: readonly Service[];
  readonly #subscriptions: readonly Unsubscribe[];

  constructor({ hap, accessory, config, device, door, saveAccessory }: CompanionParts) {
    const service = companionService({
      hap,
      accessory,
      type: 'ContactSensor',
      subtype: 'contact',
      name: `${config.name} sensor`,
      onRenamed: saveAccessory,
    });
    this.services = [service];
    // What is remembered of a door tells what its sensor said last.
    const remembered = door.view.current === CLOSED ? 'closed' : 'open';
    let isClosed = (device.health.sensor ?? remembered) === 'closed';
    const shown = new ShownValue(
      hap,
      service.getCharacteristic(hap.Characteristic.ContactSensorState),
      () => (isClosed ? DETECTED : NOT_DETECTED),
      () => door.view.unavailable,
    );
    this.#subscriptions = [
      device.report.on(({ sensor }) => {
        if (sensor === 'no sensor') return;
        isClosed = sensor === 'closed';
        shown.push();
      }),
      door.changed.on(() => shown.push()),
    ];
    shown.push();
  }

  stop(): void {
    for (const unsubscribe of this.#subscriptions) unsubscribe();
  }
}
