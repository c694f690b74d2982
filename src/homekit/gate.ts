import type { HAP, PlatformAccessory } from 'homebridge';
import type { Unsubscribe } from '../base/emitter.ts';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { DeviceConfig } from '../config/fields.ts';
import type { Device, DeviceHealth } from '../device/types.ts';
import type { Door } from '../door/types.ts';
import { writeContext } from './context.ts';
import { GarageDoor, park } from './garage-door.ts';
import type { GateMaker } from './gate-maker.ts';
import { addressOf, sameSerial } from './identity.ts';
import { fillInformation } from './information.ts';
import type { GateState, StateFile } from './state-store.ts';

export interface GateOptions {
  readonly hap: HAP;
  readonly accessory: PlatformAccessory;
  readonly config: DeviceConfig;
  readonly file: StateFile;
  readonly maker: GateMaker;
  readonly log: Log;
  /** The context of the accessory changed and must be saved. */
  readonly onContext: () => void;
  /** Whether the device with this serial number may be bound to this accessory; says why where it may not. */
  readonly mayBind: (serialNumber: string) => boolean;
}

/** One device of the config with its door and its accessory. */
export class Gate {
  readonly config: DeviceConfig;
  readonly #options: GateOptions;
  readonly #device: Device;
  readonly #door: Door;
  readonly #garageDoor: GarageDoor;
  readonly #subscriptions: readonly Unsubscribe[];

  constructor(options: GateOptions) {
    const { accessory, config, file, hap, log, maker } = options;
    this.config = config;
    this.#options = options;
    this.#device = maker.device({
      config,
      // The config has the last word, so that a device that was replaced can be given the accessory.
      expectedSerial: () => config.serialNumber ?? this.serialNumber,
      memory: file.state?.device,
      remember: (device) => this.#save({ device }),
      log,
    });
    this.#door = maker.door(this.#device, { config, memory: file.state?.door, log });
    this.#describe();
    this.#garageDoor = new GarageDoor({ hap, accessory, name: config.name, door: this.#door, log });
    this.#subscriptions = [
      this.#door.remember.on((door) => this.#save({ door })),
      this.#device.healthChanged.on((health) => this.#bind(health)),
    ];
  }

  /** The serial number of its device, once that was seen. */
  get serialNumber(): string | undefined {
    return this.#options.file.state?.serialNumber;
  }

  start(): void {
    this.#device.start();
  }

  /** Ends the connection. The accessory stays, and what is remembered is on disk afterwards. */
  async stop(): Promise<void> {
    for (const unsubscribe of this.#subscriptions) unsubscribe();
    this.#garageDoor.stop();
    this.#door.stop();
    await this.#device.stop();
    await this.#options.file.flush();
  }

  /** Only a device that has proved to know the keys is believed: a hello can come from anybody. */
  #bind({ state, identity }: DeviceHealth): void {
    if (state !== 'online' || !identity) return;
    const { hap, accessory, log, mayBind } = this.#options;
    const { serialNumber, remootioVersion } = identity;
    const isNew = serialNumber !== undefined && !isSame(this.serialNumber, serialNumber);
    if (!isNew && remootioVersion === this.#options.file.state?.remootioVersion) return;
    if (isNew) {
      if (!mayBind(serialNumber)) {
        this.stop().catch((error: unknown) => log.debug(messageOf(error)));
        park(hap, accessory);
        return;
      }
      log.info(`the device with the serial number ${serialNumber} is bound to this accessory from now on`);
      this.#save({ serialNumber });
    }
    if (remootioVersion !== undefined) this.#save({ remootioVersion });
    this.#describe();
  }

  #describe(): void {
    const { hap, accessory, config, file, onContext } = this.#options;
    const { serialNumber, remootioVersion } = file.state ?? {};
    const context = { name: config.name, address: addressOf(config), serialNumber, remootioVersion };
    fillInformation(hap, accessory, context);
    if (writeContext(accessory, context)) onContext();
  }

  #save(changes: Partial<GateState>): void {
    const { config, file } = this.#options;
    file.update({ ...changes, name: config.name, address: addressOf(config) });
  }
}

function isSame(known: string | undefined, serialNumber: string): boolean {
  return known !== undefined && sameSerial(known, serialNumber);
}
