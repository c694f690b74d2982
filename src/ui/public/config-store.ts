import { SecretKeeper } from './secrets.ts';
import type { Values } from './settings-values.ts';

/** What the Homebridge UI lends to the page. */
export interface PluginConfigKeeper {
  getPluginConfig(): Promise<unknown>;
  updatePluginConfig(blocks: Values[]): Promise<unknown>;
}

/**
 * The plugin's block of Homebridge's config, as it is being edited. The Homebridge UI hands it over with its
 * keys and wants it back with them; nothing else of the page ever gets them.
 */
export class ConfigStore {
  readonly #homebridge: PluginConfigKeeper;
  readonly #secrets = new SecretKeeper();
  readonly #listeners = new Set<() => void>();
  /** Blocks behind the first: the plugin runs one, and what else there is stays as it is. */
  #others: Values[] = [];
  /** Settings that the Homebridge UI has, or had. */
  readonly #handed = new Set<string>();
  #saved = '';
  #config: Values = {};

  constructor(homebridge: PluginConfigKeeper) {
    this.#homebridge = homebridge;
  }

  /** The block with stand-ins for its secrets: change it, then call {@link changed}. */
  get config(): Values {
    return this.#config;
  }

  /** The devices of the block, of which nothing is known but that they are objects. */
  get devices(): readonly Values[] {
    const { devices } = this.#config;
    return Array.isArray(devices) ? (devices as readonly unknown[]).filter(isValues) : [];
  }

  /** Whether there is something that is not saved. */
  get isChanged(): boolean {
    return JSON.stringify(this.#config) !== this.#saved;
  }

  async load(): Promise<void> {
    this.#take(await this.#homebridge.getPluginConfig());
    this.#saved = JSON.stringify(this.#config);
  }

  /** Takes over what was changed in the plain form of the Homebridge UI. */
  reload(blocks: unknown): void {
    this.#take(blocks);
    for (const listener of this.#listeners) listener();
  }

  /** Hands the block to the Homebridge UI, whose Save button saves it. */
  async changed(): Promise<void> {
    for (const listener of this.#listeners) listener();
    const config = this.#secrets.restore(this.#config);
    // The Homebridge UI merges: what is gone must be said to be gone.
    const gone = [...this.#handed]
      .filter((key) => !Object.hasOwn(config, key))
      .map((key) => [key, undefined]);
    for (const key of Object.keys(config)) this.#handed.add(key);
    await this.#homebridge.updatePluginConfig([
      { ...config, ...(Object.fromEntries(gone) as Values) },
      ...this.#others,
    ]);
  }

  async addDevice(device: Values): Promise<void> {
    const { devices } = this.#secrets.hide({ devices: [device] });
    this.#config['devices'] = [...this.devices, ...(devices as readonly unknown[])];
    await this.changed();
  }

  /** Whether it is the stand-in of a secret, which is kept and not shown. */
  isKeptSecret(text: unknown): boolean {
    return this.#secrets.isKept(text);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #take(blocks: unknown): void {
    const [first, ...others] = (Array.isArray(blocks) ? (blocks as readonly unknown[]) : []).filter(isValues);
    this.#config = this.#secrets.hide(first ?? { name: 'Gatehouse' });
    for (const key of Object.keys(first ?? {})) this.#handed.add(key);
    this.#others = others;
  }
}

function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
