import type { Characteristic, HAP, PlatformAccessory, Service } from 'homebridge';
import type { Unsubscribe } from '../base/emitter.ts';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { DoorWriteError } from '../door/errors.ts';
import {
  CLOSED,
  CLOSING,
  OPEN,
  OPENING,
  type Door,
  type DoorView,
  type TargetDoorState,
} from '../door/types.ts';
import { cleanName } from './clean-name.ts';
import { readError, writeError } from './hap-status.ts';
import { stampVersion } from './information.ts';

/**
 * In `/accessories` a read that fails is answered with the first of the valid values. Closed is no truer than
 * open, but an offline gate must not look like one that was just opened. Stopped stays legal, being HAP's.
 */
const CURRENT_VALUES = [CLOSED, OPEN, OPENING, CLOSING, 4];
const TARGET_VALUES = [CLOSED, OPEN];

export interface GarageDoorOptions {
  readonly hap: HAP;
  readonly accessory: PlatformAccessory;
  /** As it stands in the config. */
  readonly name: string;
  readonly door: Door;
  readonly log: Log;
}

/** The GarageDoorOpener of an accessory: shows a door to Apple Home and hands on what Home writes. */
export class GarageDoor {
  readonly #hap: HAP;
  readonly #door: Door;
  readonly #log: Log;
  readonly #target: Characteristic;
  readonly #current: Characteristic;
  readonly #obstruction: Characteristic;
  readonly #unsubscribe: Unsubscribe;
  /** Reads of C have been failing. */
  #unavailable = false;

  constructor({ hap, accessory, name, door, log }: GarageDoorOptions) {
    this.#hap = hap;
    this.#door = door;
    this.#log = log;
    const service = garageDoorService(hap, accessory, cleanName(name));
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
    const target = value === OPEN ? OPEN : CLOSED;
    try {
      await this.#door.setTarget(target);
      // hap-nodejs stores what was written after this handler: what the door says has to come later.
      setImmediate(() => this.#push(this.#door.view));
    } catch (error) {
      setImmediate(() => this.#pushBack());
      throw this.#failure(target, error);
    }
  }

  #failure(target: TargetDoorState, error: unknown): Error {
    const wish = target === OPEN ? 'opened' : 'closed';
    if (error instanceof DoorWriteError) {
      this.#log.info(`could not be ${wish} from Home: ${error.message}`);
      return writeError(this.#hap, error.failure);
    }
    this.#log.error(
      `could not be ${wish} from Home, for a reason that was not foreseen: ${messageOf(error)}`,
    );
    return writeError(this.#hap, 'failed');
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

/**
 * An accessory that stands for no device at the moment: it is kept, but reads and writes fail instead of
 * being answered from the cache as if there were a gate behind it.
 */
export function park(hap: HAP, accessory: PlatformAccessory): void {
  stampVersion(hap, accessory);
  const service = accessory.getService(hap.Service.GarageDoorOpener);
  if (!service) return;
  const { CurrentDoorState, TargetDoorState } = hap.Characteristic;
  const fail = (): never => {
    throw readError(hap);
  };
  service.getCharacteristic(CurrentDoorState).setProps({ validValues: CURRENT_VALUES }).onGet(fail);
  service.getCharacteristic(TargetDoorState).onSet(fail);
}
