import type { Service } from 'homebridge';
import { Buttons } from './buttons.ts';
import type { Companion, CompanionParts } from './companion.ts';
import { ContactSensor } from './contact-sensor.ts';
import { Doorbell } from './doorbell.ts';
import { GarageDoor } from './garage-door.ts';
import { HoldSwitch } from './hold-switch.ts';
import { LeftOpenSensor } from './left-open-sensor.ts';
import { MomentarySwitch } from './momentary-switch.ts';
import { showsDoor, type SensorPresence } from './sensor-presence.ts';

/** What may stand in the accessory of a gate, and when. */
interface Kind {
  readonly isWanted: (parts: CompanionParts, sensor: SensorPresence | undefined) => boolean;
  readonly make: (parts: CompanionParts) => Companion;
}

/** In this order. The door comes before the contact sensor, which sends what waits to be sent. */
const KINDS: readonly Kind[] = [
  {
    isWanted: ({ config }, sensor) => showsDoor(config, sensor),
    make: (parts) => new GarageDoor({ ...parts, name: parts.config.name }),
  },
  {
    // Never in place of a door that is only shown.
    isWanted: ({ config }, sensor) => !showsDoor(config, sensor),
    make: (parts) =>
      new MomentarySwitch(parts, {
        command: 'trigger',
        name: parts.config.name,
        primary: true,
        send: (limits) => parts.device.trigger(limits),
      }),
  },
  {
    isWanted: ({ config }) => config.holdMinutes !== undefined && !config.readOnly,
    make: (parts) => new HoldSwitch(parts, parts.config.holdMinutes ?? 0),
  },
  {
    isWanted: ({ config }) => config.secondary === 'switch' && !config.readOnly,
    make: (parts) =>
      new MomentarySwitch(parts, {
        command: 'secondary',
        name: parts.config.secondaryName ?? 'Second output',
        primary: false,
        send: (limits) => parts.device.triggerSecondary(limits),
      }),
  },
  { isWanted: ({ config }) => config.doorbell, make: (parts) => new Doorbell(parts) },
  {
    isWanted: ({ config }) => config.buttons.length > 0,
    make: (parts) => new Buttons(parts, parts.config.buttons),
  },
  {
    isWanted: ({ config }, sensor) => config.contactSensor && sensor !== 'absent',
    make: (parts) => new ContactSensor(parts),
  },
  {
    isWanted: ({ config }, sensor) => config.leftOpen !== 'off' && sensor !== 'absent',
    make: (parts) => {
      const { leftOpen, leftOpenMinutes } = parts.config;
      return new LeftOpenSensor(parts, leftOpen === 'device' ? 'device' : leftOpenMinutes * 60_000);
    },
  },
];

/** The services of a gate's own accessory, as the config and the status sensor have it. */
export class Companions {
  readonly #parts: CompanionParts;
  readonly #running = new Map<Kind, Companion>();

  constructor(parts: CompanionParts) {
    this.#parts = parts;
  }

  /**
   * Adds what is missing and removes what is no longer wanted, also what only the cache has.
   * @returns whether there was anything to do
   */
  show(sensor: SensorPresence | undefined): boolean {
    const before = [...this.#parts.accessory.services];
    const wanted = KINDS.filter((kind) => kind.isWanted(this.#parts, sensor));
    for (const [kind, companion] of this.#running) {
      if (wanted.includes(kind)) continue;
      companion.stop();
      this.#running.delete(kind);
    }
    for (const kind of wanted) {
      if (!this.#running.has(kind)) this.#running.set(kind, kind.make(this.#parts));
    }
    this.#prune();
    const { services } = this.#parts.accessory;
    return services.length !== before.length || services.some((service) => !before.includes(service));
  }

  stop(): void {
    for (const companion of this.#running.values()) companion.stop();
    this.#running.clear();
  }

  #prune(): void {
    const { accessory, hap } = this.#parts;
    const kept = new Set<Service>([...this.#running.values()].flatMap(({ services }) => services));
    for (const service of [...accessory.services]) {
      const isOurs = kept.has(service) || NOT_OURS.some((name) => service.UUID === hap.Service[name].UUID);
      if (!isOurs) accessory.removeService(service);
    }
  }
}

/** The services of every accessory, which HAP and Homebridge look after. */
const NOT_OURS = ['AccessoryInformation', 'ProtocolInformation'] as const;
