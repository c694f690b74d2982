import type { API, PlatformAccessory } from 'homebridge';
import type { Clock, Timer } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { silentLog, type Log } from '../base/log.ts';
import { park } from './park.ts';
import { MOST_ACCESSORIES, PLATFORM_NAME, PLUGIN_NAME } from './settings.ts';

/** HAP's categories: the icon that is shown while an accessory is added. */
export const GARAGE_DOOR_OPENER = 4;
export const SWITCH = 8;

/** A new accessory on its way to the bridge. */
export interface Newcomer {
  readonly accessory: PlatformAccessory;
  readonly log: Log;
}

/** Homebridge writes all accessories whenever one is saved: what changes at the same time is saved together. */
const SAVE_AFTER = 1000;

/** The accessories of this platform on Homebridge's bridge. */
export class Bridge {
  readonly #api: API;
  readonly #clock: Clock;
  readonly #accessories = new Map<string, PlatformAccessory>();
  readonly #unsaved = new Set<PlatformAccessory>();
  #saving: Timer | undefined;

  /** @param restored what Homebridge had in its cache; it is on the bridge already */
  constructor(api: API, restored: readonly PlatformAccessory[], clock: Clock) {
    this.#api = api;
    this.#clock = clock;
    for (const accessory of restored) this.#accessories.set(accessory.UUID, accessory);
  }

  get accessories(): readonly PlatformAccessory[] {
    return [...this.#accessories.values()];
  }

  get(uuid: string): PlatformAccessory | undefined {
    return this.#accessories.get(uuid);
  }

  /** A new accessory, which nobody sees before it is {@link publish}ed. */
  make(name: string, uuid: string, category = GARAGE_DOOR_OPENER): PlatformAccessory {
    const { platformAccessory } = this.#api;
    // Categories is a const enum of another package, which this compiler setting cannot reach.
    // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment
    return new platformAccessory(name, uuid, category);
  }

  /**
   * All at once where that goes: Homebridge writes every accessory that it has whenever some are added.
   * @returns those for which there was room; of the others that has been said.
   */
  publishAll(newcomers: readonly Newcomer[]): readonly PlatformAccessory[] {
    const accessories = newcomers.map(({ accessory }) => accessory);
    if (accessories.length === 0 || this.#publishTogether(accessories)) return accessories;
    // One by one it turns out which of them it is.
    return newcomers.flatMap(({ accessory, log }) => (this.publish(accessory, log) ? [accessory] : []));
  }

  /** @returns whether there was room for it; if not, that has been said. */
  publish(accessory: PlatformAccessory, log: Log): boolean {
    if (this.#accessories.size >= MOST_ACCESSORIES) {
      log.error(`cannot be added: ${FULL}`);
      return false;
    }
    try {
      this.#api.registerPlatformAccessories(PLUGIN_NAME, PLATFORM_NAME, [accessory]);
    } catch (error) {
      // The accessories of the other plugins count as well, and only HAP knows how many they are.
      log.error(`cannot be added (${messageOf(error)}): ${FULL}`);
      this.#unregister(accessory, log);
      return false;
    }
    this.#accessories.set(accessory.UUID, accessory);
    return true;
  }

  /** Has Homebridge save at once what a person gave an accessory; a new one is saved anyway. */
  save(accessory: PlatformAccessory): void {
    this.saveSoon(accessory);
    this.flush();
  }

  /** The same for what would be found out again. */
  saveSoon(accessory: PlatformAccessory): void {
    if (!this.#accessories.has(accessory.UUID)) return;
    this.#unsaved.add(accessory);
    this.#saving ??= this.#clock.after(SAVE_AFTER, () => this.flush());
  }

  /** Saves now what was to be saved soon. */
  flush(): void {
    this.#saving?.cancel();
    this.#saving = undefined;
    if (this.#unsaved.size === 0) return;
    this.#api.updatePlatformAccessories([...this.#unsaved]);
    this.#unsaved.clear();
  }

  /** The accessory stays, and says that there is nothing behind it. */
  park(uuid: string): void {
    const accessory = this.#accessories.get(uuid);
    if (accessory) park(this.#api.hap, accessory);
  }

  remove(uuid: string, log: Log): void {
    const accessory = this.#accessories.get(uuid);
    if (!accessory) return;
    this.#accessories.delete(uuid);
    this.#unsaved.delete(accessory);
    this.#unregister(accessory, log);
    log.info('removed');
  }

  #publishTogether(accessories: readonly PlatformAccessory[]): boolean {
    if (this.#accessories.size + accessories.length > MOST_ACCESSORIES) return false;
    try {
      this.#api.registerPlatformAccessories(PLUGIN_NAME, PLATFORM_NAME, [...accessories]);
    } catch {
      for (const accessory of accessories) this.#unregister(accessory, silentLog);
      return false;
    }
    for (const accessory of accessories) this.#accessories.set(accessory.UUID, accessory);
    return true;
  }

  /** What HAP refused is in Homebridge's cache all the same; HAP then complains that it never had it. */
  #unregister(accessory: PlatformAccessory, log: Log): void {
    try {
      this.#api.unregisterPlatformAccessories(PLUGIN_NAME, PLATFORM_NAME, [accessory]);
    } catch (error) {
      log.debug(messageOf(error));
    }
  }
}

const FULL =
  `a bridge carries ${MOST_ACCESSORIES} accessories at most; ` +
  'let this plugin, or another one with many accessories, run on a child bridge of its own';
