import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logging, PlatformAccessory, PlatformConfig } from 'homebridge';
import { GatehousePlatform } from '../../src/homekit/platform.ts';
import { settle } from '../helpers/fake-clock.ts';
import { makeTempFolder, removeTempFolder } from '../helpers/temp-folder.ts';
import { HomebridgeRun, type HomebridgeVersion } from './bridges.ts';
import { FakeMaker } from './fakes.ts';

/** The platform in one Homebridge after the other, over one storage folder. */
export class PlatformBench {
  readonly storage = makeTempFolder('platform');
  readonly #version: HomebridgeVersion;
  maker = new FakeMaker();
  run!: HomebridgeRun;
  #platform!: GatehousePlatform;

  constructor(version: HomebridgeVersion) {
    this.#version = version;
  }

  /** Starts Homebridge, or starts it again over what the last one left. */
  launch(...devices: unknown[]): Promise<void> {
    return this.launchWith({ platform: 'Gatehouse', devices });
  }

  /** @param broken names of devices that cannot be made */
  async launchWith(config: unknown, ...broken: string[]): Promise<void> {
    this.maker = new FakeMaker();
    for (const name of broken) this.maker.broken.add(name);
    this.run = await HomebridgeRun.launch(this.#version, this.storage, (log, api) => {
      const logging = log as unknown as Logging;
      this.#platform = new GatehousePlatform(logging, config as PlatformConfig, api, this.maker);
      return this.#platform;
    });
    await settle();
  }

  /** What Homebridge does, except that it does not wait for the end. */
  async shutdown(): Promise<void> {
    this.run.shutdown();
    await this.#platform.stop();
  }

  async dispose(): Promise<void> {
    await this.shutdown();
    removeTempFolder(this.storage);
  }

  accessory(name: string): PlatformAccessory {
    return this.run.accessories.find((each) => each.displayName === name)!;
  }

  uuids(): Record<string, string> {
    return Object.fromEntries(this.run.accessories.map((each) => [each.displayName, each.UUID]));
  }

  /** The names of the files that the plugin keeps. */
  stateFiles(): readonly string[] {
    const folder = join(this.storage, 'gatehouse');
    // The journal and the local channel are none of them.
    return existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => /^[0-9a-f-]{36}\.json$/.test(name))
          .sort()
      : [];
  }

  stateOf(name: string): unknown {
    return JSON.parse(this.#read('gatehouse', `${this.accessory(name).UUID}.json`));
  }

  /** Homebridge's cache as it is on disk. */
  get cache(): string {
    return this.#read('accessories', 'cachedAccessories');
  }

  /** AccessoryInformation. */
  information(name: string): Record<string, unknown> {
    const service = this.accessory(name).getService(this.run.api.hap.Service.AccessoryInformation)!;
    return Object.fromEntries(service.characteristics.map((each) => [each.displayName, each.value]));
  }

  /** The value of CurrentDoorState as a controller reads it, or the status of the error. */
  readCurrent(name: string): Promise<unknown> {
    const { Characteristic, Service } = this.run.api.hap;
    return this.accessory(name)
      .getService(Service.GarageDoorOpener)!
      .getCharacteristic(Characteristic.CurrentDoorState)
      .handleGetRequest()
      .catch((status: unknown) => status);
  }

  #read(...path: string[]): string {
    return readFileSync(join(this.storage, ...path), 'utf8');
  }
}
