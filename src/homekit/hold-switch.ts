import type { Characteristic, Service } from 'homebridge';
import type { Unsubscribe } from '../base/emitter.ts';
import { DoorWriteError } from '../door/errors.ts';
import { failedWrite, isGone, type Companion, type CompanionParts } from './companion.ts';
import { companionService } from './companion-service.ts';
import { readError } from './hap-status.ts';

/**
 * A switch that holds the output of the gate active for the configured time. It is on for as long as that
 * lasts, whoever began it. There is no call that ends a hold.
 */
export class HoldSwitch implements Companion {
  readonly services: readonly Service[];
  readonly #parts: CompanionParts;
  readonly #minutes: number;
  readonly #on: Characteristic;
  readonly #unsubscribe: Unsubscribe;

  constructor(parts: CompanionParts, minutes: number) {
    const { hap, accessory, clock, config, device, hold, saveAccessory } = parts;
    this.#parts = parts;
    this.#minutes = minutes;
    const service = companionService({
      hap,
      accessory,
      type: 'Switch',
      subtype: 'hold',
      name: config.holdName ?? 'Hold open',
      onRenamed: saveAccessory,
    });
    this.services = [service];
    this.#on = service.getCharacteristic(hap.Characteristic.On);
    this.#on
      .onGet(() => {
        if (isGone(device, clock)) throw readError(hap);
        return hold.gateHeld;
      })
      .onSet((value) => this.#write(value === true || value === 1));
    this.#on.updateValue(hold.gateHeld);
    this.#unsubscribe = hold.changed.on(() => this.#on.updateValue(hold.gateHeld));
  }

  stop(): void {
    this.#unsubscribe();
  }

  async #write(on: boolean): Promise<void> {
    const { hold, happened } = this.#parts;
    happened.emit({ kind: 'asked', command: 'hold' });
    try {
      if (on && !hold.gateHeld) await this.#hold();
      else if (!on && hold.gateHeld) throw new DoorWriteError('not now', STAYS_HELD);
    } catch (error) {
      throw failedWrite(this.#parts, 'hold', on ? 'held open' : 'let go', error);
    } finally {
      // hap-nodejs stores what was written after this handler, and Home has shown it.
      setImmediate(() => {
        if (this.#on.value !== hold.gateHeld || on !== hold.gateHeld) {
          this.#on.sendEventNotification(hold.gateHeld);
        }
      });
    }
  }

  async #hold(): Promise<void> {
    const { hold, log, happened } = this.#parts;
    const minutes = this.#minutes;
    const isHeld = await hold.hold(minutes, holdAction(this.#parts));
    if (isHeld) {
      happened.emit({ kind: 'command', command: 'hold', minutes });
    } else {
      log.info('is open already: the device does not hold its output');
    }
  }
}

/** OPEN wherever the device can tell what there is to open; a pulse only where the owner wants it. */
export function holdAction({
  config,
  device,
}: Pick<CompanionParts, 'config' | 'device'>): 'open' | 'trigger' {
  if (device.health.sensor !== 'no sensor' || config.withoutSensor === 'directional') return 'open';
  if (config.holdWithoutSensor) return 'trigger';
  throw new DoorWriteError('not now', NO_SENSOR);
}

const STAYS_HELD = 'a hold ends by itself, or in the Remootio app; the device takes no command that ends it';
const NO_SENSOR =
  'the device has no status sensor, and holding the button of the opener could close the gate as well. ' +
  'holdWithoutSensor in the settings allows it';
