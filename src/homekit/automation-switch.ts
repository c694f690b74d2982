import type { Characteristic, HAP, Service } from 'homebridge';
import type { Unsubscribe } from '../base/emitter.ts';
import { CLOSED, OPEN, type Door } from '../door/types.ts';
import type { Companion, CompanionParts } from './companion.ts';
import { companionService } from './companion-service.ts';
import { DoorWrites } from './door-writes.ts';
import { readError } from './hap-status.ts';

/**
 * A switch that opens (on) and closes (off) a door. Apple Home asks for an unlocked iPhone before it opens a
 * door, and never opens one from an automation by itself; a switch it simply switches. So this one bypasses
 * that, and is on an accessory of its own, where it can be kept from others.
 */
export class AutomationSwitch implements Companion {
  readonly services: readonly Service[];
  readonly #hap: HAP;
  readonly #door: Door;
  readonly #on: Characteristic;
  readonly #writes: DoorWrites;
  readonly #unsubscribe: Unsubscribe;

  constructor(parts: CompanionParts, name: string) {
    const { hap, accessory, door, saveAccessory } = parts;
    this.#hap = hap;
    this.#door = door;
    this.#writes = new DoorWrites(parts);
    const service = companionService({
      hap,
      accessory,
      type: 'Switch',
      subtype: 'automation',
      name,
      onRenamed: saveAccessory,
    });
    service.setPrimaryService(true);
    this.services = [service];
    this.#on = service.getCharacteristic(hap.Characteristic.On);
    this.#on
      .onGet(() => {
        if (door.read().unavailable) throw readError(hap);
        return this.#isOn;
      })
      .onSet((value) => this.#write(value === true || value === 1));
    this.#unsubscribe = door.changed.on(() => this.#push());
    this.#push();
  }

  stop(): void {
    this.#unsubscribe();
  }

  get #isOn(): boolean {
    return this.#door.view.target === OPEN;
  }

  #push(): void {
    this.#on.updateValue(this.#door.view.unavailable ? readError(this.#hap) : this.#isOn);
  }

  async #write(on: boolean): Promise<void> {
    try {
      await this.#writes.write(on ? OPEN : CLOSED, 'by its automation switch', 'its automation switch');
      setImmediate(() => this.#push());
    } catch (error) {
      // hap-nodejs stores what was written after this handler, and Home has shown it.
      setImmediate(() => this.#on.sendEventNotification(this.#isOn));
      throw error;
    }
  }
}
