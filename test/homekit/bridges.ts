import { join } from 'node:path';
import type { API, DynamicPlatformPlugin, HAP, PlatformAccessory } from 'homebridge';
import { HomebridgeAPI as HomebridgeAPI2 } from '../../node_modules/homebridge/dist/api.js';
import { BridgeService as BridgeService2 } from '../../node_modules/homebridge/dist/bridgeService.js';
import bridge1 from '../../node_modules/homebridge-1/lib/bridgeService.js';
import api1 from '../../node_modules/homebridge-1/lib/api.js';
import { PLATFORM_NAME, PLUGIN_NAME } from '../../src/homekit/settings.ts';
import { RecordingLog } from '../helpers/recording-log.ts';

/** What these tests use of Homebridge's inside; the same in both versions. */
interface BridgeService {
  readonly bridge: { readonly bridgedAccessories: readonly { readonly UUID: string }[] };
  loadCachedPlatformAccessoriesFromDisk(): Promise<void>;
  restoreCachedPlatformAccessories(): void;
}
type HomebridgeApi = API & { signalFinished(): void; signalShutdown(): void };

interface HomebridgeVersion {
  readonly name: string;
  readonly makeApi: () => HomebridgeApi;
  readonly makeBridge: (...args: unknown[]) => BridgeService;
}

/** The real ones, of which only the server with its sockets is left out. */
export const HOMEBRIDGES: readonly HomebridgeVersion[] = [
  {
    name: 'Homebridge 2',
    makeApi: () => new HomebridgeAPI2() as unknown as HomebridgeApi,
    makeBridge: (...args) =>
      new (BridgeService2 as unknown as new (...all: unknown[]) => BridgeService)(...args),
  },
  {
    name: 'Homebridge 1',
    makeApi: () => new api1.HomebridgeAPI() as unknown as HomebridgeApi,
    makeBridge: (...args) =>
      new (bridge1.BridgeService as unknown as new (...all: unknown[]) => BridgeService)(...args),
  },
];

export const hapOf = (version: HomebridgeVersion): HAP => version.makeApi().hap;

/** One run of Homebridge over a storage folder: its cache is read at the start, as after a restart. */
export class HomebridgeRun {
  readonly api: HomebridgeApi;
  readonly log = new RecordingLog();
  readonly #bridge: BridgeService;
  readonly #platform: DynamicPlatformPlugin;

  private constructor(api: HomebridgeApi, bridge: BridgeService, makePlatform: PlatformMaker) {
    this.api = api;
    this.#bridge = bridge;
    this.#platform = makePlatform(this.log, api);
  }

  static async launch(
    version: HomebridgeVersion,
    storage: string,
    makePlatform: PlatformMaker,
  ): Promise<HomebridgeRun> {
    const api = version.makeApi();
    Object.defineProperty(api, 'user', {
      value: { storagePath: () => storage, configPath: () => join(storage, 'config.json') },
    });
    const platform: { current?: DynamicPlatformPlugin } = {};
    const plugin = {
      getPluginIdentifier: () => PLUGIN_NAME,
      getActiveDynamicPlatform: (name: string) => (name === PLATFORM_NAME ? platform.current : undefined),
    };
    const bridge = version.makeBridge(
      api,
      { getPlugin: () => plugin },
      undefined,
      {
        cachedAccessoriesDir: join(storage, 'accessories'),
        cachedAccessoriesItemName: 'cachedAccessories',
        externalAccessoriesItemName: 'externalAccessories',
      },
      { name: 'Test bridge', username: 'CC:22:3D:E3:CE:30', pin: '031-45-154' },
    );
    const run = new HomebridgeRun(api, bridge, makePlatform);
    platform.current = run.#platform;
    await bridge.loadCachedPlatformAccessoriesFromDisk();
    bridge.restoreCachedPlatformAccessories();
    api.signalFinished();
    return run;
  }

  /** Homebridge saves its cache and tells the plugins. */
  shutdown(): void {
    this.api.signalShutdown();
  }

  get accessories(): readonly PlatformAccessory[] {
    return (this.#bridge as unknown as { cachedPlatformAccessories: readonly PlatformAccessory[] })
      .cachedPlatformAccessories;
  }

  /** What a controller sees. */
  get bridged(): readonly string[] {
    return this.#bridge.bridge.bridgedAccessories.map((accessory) => accessory.UUID);
  }
}

export type PlatformMaker = (log: RecordingLog, api: HomebridgeApi) => DynamicPlatformPlugin;
export type { HomebridgeApi, HomebridgeVersion };
