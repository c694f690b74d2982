import { alternate, median, quoted, ratio, type Contender } from '../compare.ts';
import { ContenderHouse, DOOR, happened } from '../contender-house.ts';
import type { BenchOptions, Measure, Result } from '../measure.ts';
import { pluginContenders } from '../plugins.ts';

/** One write from Home: milliseconds until the device has the command. The gate is brought back after it. */
async function openOnce({ controller, device }: ContenderHouse): Promise<number> {
  const arrived = happened(device, ({ event }) => event === 'action');
  const opened = happened(device, (what) => what.event === 'gate' && what.motion === 'stopped');
  const start = performance.now();
  await controller.write(DOOR, 'TargetDoorState', 0);
  const end = await arrived;
  await opened;
  const closed = happened(device, (what) => what.event === 'gate' && what.motion === 'stopped');
  await controller.write(DOOR, 'TargetDoorState', 1);
  await closed;
  // The plugin hears of it a moment after the gate has stopped.
  await new Promise((resolve) => setTimeout(resolve, 20));
  return end - start;
}

function contender(house: ContenderHouse, count: number): Contender {
  return {
    name: house.name,
    run: async () => {
      const times: number[] = [];
      for (let index = 0; index < count; index++) times.push(await openOnce(house));
      return median(times);
    },
  };
}

export const writeToFrame: Measure = {
  name: 'HomeKit write to the frame on the device',
  async run({ short, peer }: BenchOptions): Promise<Result[]> {
    const houses: ContenderHouse[] = [];
    try {
      for (const plugin of await pluginContenders(peer)) {
        houses.push(await ContenderHouse.build(plugin, { openSeconds: 1, closeSeconds: 1 }));
      }
      const count = short ? 1 : 10;
      const samples = await alternate(
        houses.map((house) => contender(house, count)),
        short ? 1 : 9,
      );
      const [floor, own] = samples;
      return [
        {
          measure: this.name,
          unit: 'ms',
          samples: peer === undefined ? [...samples, quoted('homebridge-remootio', 3)] : samples,
          ours: 'gatehouse',
          goals: [{ against: floor!.name, sense: 'at most', ratio: 1.15, reached: ratio(own!, floor!) }],
          note: 'from the HAP request leaving the controller to the command decrypted on the simulated device; a real Homebridge without debug output, a real controller',
        },
      ];
    } finally {
      for (const house of houses) await house.demolish();
    }
  },
};
