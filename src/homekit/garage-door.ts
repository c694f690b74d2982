import type { Characteristic, HAP, PlatformAccessory, Service } from 'homebridge';
import type { Unsubscribe } from '../base/emitter.ts';
import { CLOSED, CLOSING, OPEN, OPENING, type Door, type DoorView } from '../door/types.ts';
import { cleanName } from './clean-name.ts';
import type { Companion } from './companion.ts';
import { DoorWrites, type DoorWritesOptions } from './door-writes.ts';
import { readError } from './hap-status.ts';

/**
 * In `/accessories` a read that fails is answered with the first of the valid values. Closed is no truer than
 * open, but an offline gate must not look like one that was just opened. Stopped stays legal, being HAP's.
 */
const CURRENT_VALUES = [CLOSED, OPEN, OPENING, CLOSING, 4];
const TARGET_VALUES = [CLOSED, OPEN];

export interface GarageDoorOptions extends DoorWritesOptions {
  readonly accessory: PlatformAccessory;
  /** As it stands in the config. */
  readonly name: string;
}

/** The GarageDoorOpener of an accessory: shows a door to Apple Home and hands on what Home writes. */
export class GarageDoor implements Companion {
  readonly services: readonly Service[];
  readonly #hap: HAP;
  readonly #door: Door;
  readonly #writes: DoorWrites;
  readonly #target: Characteristic;
  readonly #current: Characteristic;
  readonly #obstruction: Characteristic;
  readonly #unsubscribe: Unsubscribe;
  /** Reads of C have been failing. */
  #unavailable = false;

  constructor(options: GarageDoorOptions) {
    const { hap, accessory, name, door } = options;
    this.#hap = hap;
    this.#door = door;
    this.#writes = new DoorWrites(options);
    const service = garageDoorService(hap, accessory, cleanName(name));
    this.services = [service];
    const { CurrentDoorState, ObstructionDetected, TargetDoorState } = hap.Characteristic;
    this.#target = service.getCharacteristic(TargetDoorState).setProps({ validValues: TARGET_VALUES });
    this.#current = service.getCharacteristic(CurrentDoorState).setProps({ validValues: CURRENT_VALUES });
    this.#obstruction = service.getCharacteristic(ObstructionDetected);

    // Only C fails while there is nothing true to show: with T failing as well the tile could not be used.
    this.#target.onGet(() => door.read().target).onSet((value) => this.#write(value));
    this.#current.onGet(() => {
      const view = door.read();
      if (view.unavailable) throw readError(hap);
      return view.current;
    });
    this.#obstruction.onGet(() => door.read().obstruction);
    this.#unsubscribe = door.changed.on((view) => this.#push(view));
    this.#push(door.view);
  }

  /** The tile stays as it is, and no longer follows the door. */
  stop(): void {
    this.#unsubscribe();
  }

  async #write(value: unknown): Promise<void> {
    try {
      await this.#writes.write(value === OPEN ? OPEN : CLOSED, 'from Home');
      // hap-nodejs stores what was written after this handler: what the door says has to come later.
      setImmediate(() => this.#push(this.#door.view));
    } catch (error) {
      setImmediate(() => this.#pushBack());
      throw error;
    }
  }

  /** T before C in one turn, so that Home never sees the two disagree. Clears what a failed write left. */
  #push(view: DoorView): void {
    const { target, current, obstruction, unavailable } = view;
    // An error sends no event, and neither does its end with the value from before: Home has to be told.
    const isBack = this.#unavailable && !unavailable;
    this.#unavailable = unavailable;
    if (isBack) {
      this.#target.sendEventNotification(target);
      this.#current.sendEventNotification(current);
    } else {
      this.#target.updateValue(target);
      this.#current.updateValue(unavailable ? readError(this.#hap) : current);
    }
    this.#obstruction.updateValue(obstruction);
  }

  /** Home has shown what it wrote, and is told the truth although nothing changed on this side. */
  #pushBack(): void {
    const view = this.#door.view;
    this.#target.sendEventNotification(view.target);
    this.#push(view);
  }
}

function garageDoorService(hap: HAP, accessory: PlatformAccessory, name: string): Service {
  const { Characteristic, Service } = hap;
  const service =
    accessory.getService(Service.GarageDoorOpener) ?? accessory.addService(Service.GarageDoorOpener, name);
  service.setPrimaryService(true);
  return service.updateCharacteristic(Characteristic.Name, name);
}

/** The door of an accessory that stands for no device at the moment: reads and writes of it fail. */
export function parkDoor(hap: HAP, service: Service): void {
  const { CurrentDoorState, TargetDoorState } = hap.Characteristic;
  const fail = (): never => {
    throw readError(hap);
  };
  service.getCharacteristic(CurrentDoorState).setProps({ validValues: CURRENT_VALUES }).onGet(fail);
  service.getCharacteristic(TargetDoorState).onSet(fail);
}
