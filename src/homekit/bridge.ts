import type { API, PlatformAccessory } from 'homebridge';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { park } from './park.ts';
import { MOST_ACCESSORIES, PLATFORM_NAME, PLUGIN_NAME } from './settings.ts';

/** HAP's categories: the icon that is shown while an accessory is added. */
export const GARAGE_DOOR_OPENER = 4;
export const SWITCH = 8;

/** The accessories of this platform on Homebridge's bridge. */
export class Bridge {
  readonly #api: API;
  readonly #accessories = new Map<string, PlatformAccessory>();

  /** @param restored what Homebridge had in its cache; it is on the bridge already */
  constructor(api: API, restored: readonly PlatformAccessory[]) {
    this.#api = api;
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

  /** Has Homebridge save what was put into the context of an accessory; a new one is saved anyway. */
  save(accessory: PlatformAccessory): void {
    if (this.#accessories.has(accessory.UUID)) this.#api.updatePlatformAccessories([accessory]);
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
    this.#unregister(accessory, log);
    log.info('removed');
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
