import { join } from 'node:path';
import type { API, DynamicPlatformPlugin, Logging, PlatformAccessory, PlatformConfig } from 'homebridge';
import { messageOf } from '../base/errors.ts';
import { parseConfig } from '../config/parse.ts';
import { KEY_FORMAT } from '../wire/keys.ts';
import { Bridge } from './bridge.ts';
import type { GateMaker } from './gate-maker.ts';
import { bridgeOf, readHomebridgeConfig, sayPeers } from './homebridge-config.ts';
import { NetworkGates } from './make-gate.ts';
import { Observation } from './observation.ts';
import { HomeSupport } from './remote-support.ts';
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
  #bridge: Bridge | undefined;
  #roster: Roster | undefined;
  #observation: Observation | undefined;
  #support: HomeSupport | undefined;
  #stopping: Promise<void> | undefined;

  /** @param maker other parts than the real ones, for tests */
  constructor(log: Logging, config: PlatformConfig, api: API, maker: GateMaker = new NetworkGates()) {
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
      const config = parseConfig(this.#config, KEY_FORMAT);
      for (const { severity, message } of config.problems) {
        if (severity === 'error') this.#log.error(message);
        else this.#log.warn(message);
      }
      const storagePath = this.#api.user.storagePath();
      const homebridge = readHomebridgeConfig(this.#api.user.configPath());
      sayPeers(this.#log, homebridge, config.devices);
      const observation = new Observation({
        config,
        storagePath,
        instance: bridgeOf(homebridge, this.#config),
        homebridgeVersion: this.#api.serverVersion,
        clock: this.#maker.clock,
        log: this.#log,
      });
      this.#observation = observation;
      const bridge = new Bridge(this.#api, this.#restored, this.#maker.clock);
      this.#bridge = bridge;
      this.#roster = new Roster({
        hap: this.#api.hap,
        bridge,
        store: new StateStore(join(storagePath, FOLDER), this.#log),
        maker: this.#maker,
        log: this.#log,
        onGate: (gate) => observation.watch(gate),
      });
      if (config.discovery) this.#maker.startDiscovery(this.#log);
      observation.start();
      this.#roster.start(config);
      this.#support = new HomeSupport({
        hap: this.#api.hap,
        bridge,
        platform: this.#config,
        storagePath,
        chronicle: observation.chronicle,
        server: observation.control.server,
        clock: this.#maker.clock,
        log: this.#log,
      });
      this.#support.start();
    } catch (error) {
      this.#log.error(`Could not start: ${messageOf(error)}`);
    }
  }

  /** Resolves when every connection has ended and everything is on disk. Never rejects. */
  stop(): Promise<void> {
    return (this.#stopping ??= this.#end());
  }

  async #end(): Promise<void> {
    // First nobody gives a command any more; the journal still hears of what the gates do at the end.
    const steps = [
      () => this.#observation?.close(),
      () => Promise.all([this.#roster?.stop(), this.#support?.stop()]),
      () => this.#bridge?.flush(),
      () => this.#maker.stop(),
      () => this.#observation?.stop(),
    ];
    for (const step of steps) {
      try {
        await step();
      } catch (error) {
        this.#log.error(`Could not stop in order: ${messageOf(error)}`);
      }
    }
  }
}
