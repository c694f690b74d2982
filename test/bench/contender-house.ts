import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SimulatedDevice, type SimulatorEvent } from '../../src/simulator/index.ts';
import { Controller } from '../e2e/hap.ts';
import { Homebridge } from '../e2e/homebridge-process.ts';
import { compileInto, INSTALLED_PLUGIN, makePluginFolder, ROOT } from '../helpers/plugin-folder.ts';
import { makeTempFolder, removeTempFolder } from '../helpers/temp-folder.ts';

export const DOOR = 'Gate';

/** The plugins that take part, each in a folder of its own as Homebridge finds it. */
export interface Plugins {
  readonly gatehouse: string;
  readonly floor: string;
  readonly remove: () => void;
}

export async function makePlugins(): Promise<Plugins> {
  const gatehouse = INSTALLED_PLUGIN ?? makePluginFolder();
  if (INSTALLED_PLUGIN === undefined) await compileInto(gatehouse);
  const floor = join(makeTempFolder('floor'), 'homebridge-gatehouse-floor');
  mkdirSync(floor);
  cpSync(join(ROOT, 'test/bench/floor-plugin'), floor, { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(floor, 'node_modules'));
  return {
    gatehouse,
    floor,
    remove: () => {
      if (INSTALLED_PLUGIN === undefined) removeTempFolder(dirname(gatehouse));
      removeTempFolder(dirname(floor));
    },
  };
}

/** A real Homebridge with one plugin and one simulated gate, which lives in the process that measures. */
export class ContenderHouse {
  readonly device: SimulatedDevice;
  readonly homebridge: Homebridge;
  readonly controller: Controller;

  private constructor(device: SimulatedDevice, homebridge: Homebridge, controller: Controller) {
    this.device = device;
    this.homebridge = homebridge;
    this.controller = controller;
  }

  static async build(
    plugin: string,
    platform: 'Gatehouse' | 'GatehouseFloor',
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<ContenderHouse> {
    const device = new SimulatedDevice({ travelTime: 150, sensorDelay: 40, relayTime: 20 });
    const authenticated = happened(device, ({ event }) => event === 'authenticated');
    await device.start();
    const { host, port, secretKey, authKey } = device;
    const config = { name: DOOR, host, port, apiSecretKey: secretKey, apiAuthKey: authKey, ...more };
    const homebridge = await Homebridge.make({
      version: '2.4.0',
      plugin,
      platforms: [{ platform, devices: [config] }],
    });
    await homebridge.start();
    await authenticated;
    const controller = await Controller.pair('Ann', homebridge);
    await controller.subscribe();
    return new ContenderHouse(device, homebridge, controller);
  }

  async demolish(): Promise<void> {
    await this.controller.close();
    await this.homebridge.kill();
    await this.homebridge.dispose();
    await this.device.stop();
  }
}

type Happened = (happening: SimulatorEvent) => boolean;

/** Resolves with the monotonic time of the next happening that `is` picks. */
export function happened(device: SimulatedDevice, is: Happened): Promise<number> {
  return new Promise((resolve) => {
    const off = device.happenings.on((happening) => {
      if (!is(happening)) return;
      off();
      resolve(performance.now());
    });
  });
}
