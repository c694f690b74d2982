import type { PlatformAccessory } from 'homebridge';
import type { Log } from '../base/log.ts';
import { AutomationSwitch } from './automation-switch.ts';
import type { CompanionParts } from './companion.ts';
import type { GateMaker } from './gate-maker.ts';
import { fillInformation, type Information } from './information.ts';
import { park } from './park.ts';
import type { SatelliteRole, Satellites } from './satellites.ts';
import { SecondaryDoor, secondaryName } from './secondary-door.ts';
import { showsDoor, type SensorPresence } from './sensor-presence.ts';

export interface SideAccessoriesOptions {
  readonly satellites: Satellites;
  readonly maker: GateMaker;
  /** Of the platform. */
  readonly platformLog: Log;
  readonly parts: Omit<CompanionParts, 'accessory' | 'saveAccessory'>;
}

interface Side {
  readonly accessory: PlatformAccessory;
  readonly name: string;
  readonly running: { stop(): void };
}

const ROLES: readonly SatelliteRole[] = ['secondary', 'automation'];

/** What of a gate stands on accessories of their own: the door of the second output, the automation switch. */
export class SideAccessories {
  readonly #options: SideAccessoriesOptions;
  readonly #sides = new Map<SatelliteRole, Side>();
  #information: Omit<Information, 'name'> = {};

  constructor(options: SideAccessoriesOptions) {
    this.#options = options;
  }

  /** Adds what is missing and removes what is no longer wanted, also what only the cache has. */
  show(sensor: SensorPresence | undefined): void {
    const { satellites } = this.#options;
    for (const role of ROLES) {
      if (!this.#isWanted(role, sensor)) {
        this.#sides.get(role)?.running.stop();
        this.#sides.delete(role);
        satellites.remove(role);
      } else if (!this.#sides.has(role)) {
        this.#sides.set(role, this.#make(role));
      }
    }
    this.describe(this.#information);
    if (satellites.isPublished) satellites.publish();
  }

  /** Once the gate's own accessory is on the bridge. */
  publish(): void {
    this.#options.satellites.publish();
  }

  /** Fills in what Home shows in the details of the accessories. */
  describe(information: Omit<Information, 'name'>): void {
    this.#information = information;
    for (const { accessory, name } of this.#sides.values()) {
      fillInformation(this.#options.parts.hap, accessory, { ...information, name });
    }
  }

  stop(): void {
    for (const { running } of this.#sides.values()) running.stop();
  }

  /** After {@link stop}: there is no device behind them any more. */
  park(): void {
    for (const { accessory } of this.#sides.values()) park(this.#options.parts.hap, accessory);
  }

  #isWanted(role: SatelliteRole, sensor: SensorPresence | undefined): boolean {
    const { config } = this.#options.parts;
    if (config.readOnly) return false;
    if (role === 'secondary') return config.secondary === 'door';
    return config.automationSwitch && showsDoor(config, sensor);
  }

  #make(role: SatelliteRole): Side {
    const { maker, parts, platformLog, satellites } = this.#options;
    const { config } = parts;
    const name = role === 'secondary' ? secondaryName(config) : `${config.name} automation`;
    const accessory = satellites.open(role, name);
    const running =
      role === 'secondary'
        ? new SecondaryDoor({ ...parts, accessory, maker, platformLog })
        : new AutomationSwitch(
            { ...parts, accessory, saveAccessory: () => satellites.save(accessory) },
            name,
          );
    return { accessory, name, running };
  }
}
