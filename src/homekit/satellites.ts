import type { HAP, PlatformAccessory } from 'homebridge';
import { named, type Log } from '../base/log.ts';
import { SWITCH, GARAGE_DOOR_OPENER, type Bridge } from './bridge.ts';
import { cleanName } from './clean-name.ts';
import { satelliteContext, satelliteOf } from './context.ts';

/** The accessories that a gate may have beside its own. */
export type SatelliteRole = 'secondary' | 'automation';

const CATEGORY: Readonly<Record<SatelliteRole, number>> = {
  secondary: GARAGE_DOOR_OPENER,
  automation: SWITCH,
};

/** The accessories of a gate beside its own: each has a tile and a room of its own. */
export class Satellites {
  readonly #hap: HAP;
  readonly #bridge: Bridge;
  readonly #log: Log;
  readonly #owner: string;
  readonly #waiting = new Map<string, PlatformAccessory>();
  #published = false;

  /**
   * @param owner the UUID of the gate's own accessory, from which theirs are made
   * @param log of the platform, since each has a name of its own
   */
  constructor(hap: HAP, bridge: Bridge, owner: string, log: Log) {
    this.#hap = hap;
    this.#bridge = bridge;
    this.#owner = owner;
    this.#log = log;
  }

  /** The accessory of this role, restored or new; a new one is on the bridge after {@link publish}. */
  open(role: SatelliteRole, name: string): PlatformAccessory {
    const uuid = this.#uuid(role);
    const restored = this.#bridge.get(uuid);
    if (restored) return restored;
    const accessory = this.#bridge.make(cleanName(name), uuid, CATEGORY[role]);
    accessory.context = satelliteContext(this.#owner);
    this.#waiting.set(uuid, accessory);
    return accessory;
  }

  /** Puts what is new on the bridge; from now on also what {@link open} makes later, by the next call. */
  publish(): void {
    this.#published = true;
    for (const accessory of this.#waiting.values()) {
      const log = named(this.#log, accessory.displayName);
      if (this.#bridge.publish(accessory, log)) log.info('added');
    }
    this.#waiting.clear();
  }

  /** Whether accessories that are new by now belong on the bridge at once. */
  get isPublished(): boolean {
    return this.#published;
  }

  save(accessory: PlatformAccessory): void {
    this.#bridge.save(accessory);
  }

  /** Takes the accessory of this role off the bridge, if there is one. */
  remove(role: SatelliteRole): void {
    const uuid = this.#uuid(role);
    this.#waiting.delete(uuid);
    const accessory = this.#bridge.get(uuid);
    if (accessory) this.#bridge.remove(uuid, named(this.#log, accessory.displayName));
  }

  #uuid(role: SatelliteRole): string {
    return this.#hap.uuid.generate(`${this.#owner} ${role}`);
  }
}

/** The UUIDs of the satellites that a gate's accessory has on the bridge. */
export function satellitesOf(bridge: Bridge, owner: string): readonly string[] {
  return bridge.accessories
    .filter((accessory) => satelliteOf(accessory) === owner)
    .map((accessory) => accessory.UUID);
}
