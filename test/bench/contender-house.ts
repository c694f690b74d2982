import type { JsonObject } from '../../src/base/json.ts';
import { SimulatedDevice, type SimulatorEvent } from '../../src/simulator/index.ts';
import { Controller } from '../e2e/hap.ts';
import { PlainHomebridge } from './homebridge.ts';
import type { PluginContender } from './plugins.ts';

export const DOOR = 'Gate';

/** A real Homebridge with one plugin and one simulated gate, which lives in the process that measures. */
export class ContenderHouse {
  readonly name: PluginContender['name'];
  readonly device: SimulatedDevice;
  readonly homebridge: PlainHomebridge;
  readonly controller: Controller;

  private constructor(
    name: PluginContender['name'],
    device: SimulatedDevice,
    homebridge: PlainHomebridge,
    controller: Controller,
  ) {
    this.name = name;
    this.device = device;
    this.homebridge = homebridge;
    this.controller = controller;
  }

  static async build(contender: PluginContender, more: JsonObject = {}): Promise<ContenderHouse> {
    const device = new SimulatedDevice({ travelTime: 150, sensorDelay: 40, relayTime: 20 });
    const authenticated = happened(device, ({ event }) => event === 'authenticated');
    await device.start();
    const { host, port, secretKey, authKey } = device;
    const address = { name: DOOR, host, port, secretKey, authKey };
    const homebridge = await PlainHomebridge.spawn(contender.folder, contender.platform([address], more));
    await homebridge.serving();
    await authenticated;
    const controller = await Controller.pair('Ann', homebridge);
    await controller.subscribe();
    return new ContenderHouse(contender.name, device, homebridge, controller);
  }

  async demolish(): Promise<void> {
    await this.controller.close();
    await this.homebridge.end();
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
