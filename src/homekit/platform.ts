import { join } from 'node:path';
import type { API, DynamicPlatformPlugin, Logging, PlatformAccessory, PlatformConfig } from 'homebridge';
import { messageOf } from '../base/errors.ts';
import { parseConfig } from '../config/parse.ts';
import { apiKeyProblem, parseApiKey } from '../wire/keys.ts';
import { Bridge } from './bridge.ts';
import type { GateMaker } from './gate-maker.ts';
import { makeGate } from './make-gate.ts';
import { Roster } from './roster.ts';
import { StateStore } from './state-store.ts';

/** Below Homebridge's storage path. */
const FOLDER = 'gatehouse';

/**
 * What Homebridge talks to. It passes on; what is decided is decided elsewhere. Nothing that goes wrong here
 * may reach Homebridge, where it would take the other plugins down as well.
 */
export class GatehousePlatform implements DynamicPlatformPlugin {
  readonly #log: Logging;
  readonly #config: PlatformConfig;
  readonly #api: API;
  readonly #maker: GateMaker;
  readonly #restored: PlatformAccessory[] = [];
  #roster: Roster | undefined;

  /** @param maker other parts than the real ones, for tests */
  constructor(log: Logging, config: PlatformConfig, api: API, maker: GateMaker = makeGate) {
    this.#log = log;
    this.#config = config;
    this.#api = api;
    this.#maker = maker;
    api.on('didFinishLaunching', () => this.#start());
    api.on('shutdown', () => void this.stop());
  }

  configureAccessory(accessory: PlatformAccessory): void {
    this.#restored.push(accessory);
  }

  #start(): void {
    try {
      const config = parseConfig(this.#config, { keyProblem: apiKeyProblem, parseKey: parseApiKey });
      for (const { severity, message } of config.problems) {
        if (severity === 'error') this.#log.error(message);
        else this.#log.warn(message);
      }
      const store = new StateStore(join(this.#api.user.storagePath(), FOLDER), this.#log);
      const bridge = new Bridge(this.#api, this.#restored);
      this.#roster = new Roster({ hap: this.#api.hap, bridge, store, maker: this.#maker, log: this.#log });
      this.#roster.start(config);
    } catch (error) {
      this.#log.error(`Could not start: ${messageOf(error)}`);
    }
  }

  /** Resolves when every connection has ended and everything is on disk. Never rejects. */
  async stop(): Promise<void> {
    try {
      await this.#roster?.stop();
    } catch (error) {
      this.#log.error(`Could not stop in order: ${messageOf(error)}`);
    }
  }
}
