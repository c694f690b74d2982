import type { Characteristic, HAP, PlatformAccessory, Service } from 'homebridge';

/** Stands for the iPhone: with a connection a value is checked as one that comes from outside. */
type Connection = Parameters<Characteristic['handleSetRequest']>[1];
export const IPHONE = {} as Connection;

/** Names of characteristics in `HAP['Characteristic']`. */
type CharacteristicName =
  | 'ConfiguredName'
  | 'ContactSensorState'
  | 'CurrentDoorState'
  | 'Name'
  | 'OccupancyDetected'
  | 'On'
  | 'ProgrammableSwitchEvent'
  | 'ServiceLabelIndex'
  | 'ServiceLabelNamespace'
  | 'TargetDoorState';

/** An accessory as a controller sees it: its services by their subtypes, or by their types where they have none. */
export class Seen {
  readonly #hap: HAP;
  readonly #accessory: PlatformAccessory;

  constructor(hap: HAP, accessory: PlatformAccessory) {
    this.#hap = hap;
    this.#accessory = accessory;
  }

  /** What stands beside AccessoryInformation, e.g. "GarageDoorOpener", "Switch hold". */
  get services(): readonly string[] {
    return this.#accessory.services
      .map((service) => this.#nameOf(service))
      .filter((name) => name !== INFORMATION);
  }

  get primary(): readonly string[] {
    return this.#accessory.services
      .filter((service) => service.isPrimaryService)
      .map((service) => this.#nameOf(service));
  }

  service(name: string): Service {
    const found = this.#accessory.services.find((service) => this.#nameOf(service) === name);
    if (!found) throw new Error(`there is no ${name} among ${this.services.join(', ')}`);
    return found;
  }

  characteristic(service: string, name: CharacteristicName): Characteristic {
    return this.service(service).getCharacteristic(this.#hap.Characteristic[name]);
  }

  value(service: string, name: CharacteristicName): unknown {
    return this.characteristic(service, name).value;
  }

  /** The value that a controller reads, or the status of the error. */
  read(service: string, name: CharacteristicName): Promise<unknown> {
    return this.characteristic(service, name)
      .handleGetRequest(IPHONE)
      .catch((status: unknown) => status);
  }

  /** @returns "success", or the status of the error */
  write(service: string, name: CharacteristicName, value: string | number | boolean): Promise<unknown> {
    return this.characteristic(service, name)
      .handleSetRequest(value, IPHONE)
      .then(
        () => 'success',
        (status: unknown) => status,
      );
  }

  /** From now on every event that other controllers get of these characteristics, in order. */
  record(
    ...watched: readonly (readonly [letter: string, service: string, name: CharacteristicName])[]
  ): string[] {
    const events: string[] = [];
    for (const [letter, service, name] of watched) {
      const hear = ({ oldValue, newValue, reason }: Record<string, unknown>): void => {
        // The write itself is an event for the other iPhones, and for nobody else.
        if (reason === 'write') return;
        const isButton = name === 'ProgrammableSwitchEvent';
        if (oldValue !== newValue || reason === 'event' || isButton)
          events.push(`${letter}=${String(newValue)}`);
      };
      this.characteristic(service, name).on('change' as never, hear as never);
    }
    return events;
  }

  #nameOf({ UUID, subtype }: Service): string {
    const type = TYPES.find((name) => this.#hap.Service[name].UUID === UUID) ?? UUID;
    return subtype === undefined ? type : `${type} ${subtype}`;
  }
}

const INFORMATION = 'AccessoryInformation';
const TYPES = [
  INFORMATION,
  'ContactSensor',
  'Doorbell',
  'GarageDoorOpener',
  'OccupancySensor',
  'ServiceLabel',
  'StatelessProgrammableSwitch',
  'Switch',
] as const;
