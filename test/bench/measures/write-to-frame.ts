import { alternate, median, ratio, type Contender } from '../compare.ts';
import { ContenderHouse, DOOR, happened, makePlugins } from '../contender-house.ts';
import type { BenchOptions, Measure, Result } from '../measure.ts';

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

function contender(name: string, house: ContenderHouse, count: number): Contender {
  return {
    name,
    run: async () => {
      const times: number[] = [];
      for (let index = 0; index < count; index++) times.push(await openOnce(house));
      return median(times);
    },
  };
}

export const writeToFrame: Measure = {
  name: 'HomeKit write to the frame on the device',
  async run({ short }: BenchOptions): Promise<Result[]> {
    const plugins = await makePlugins();
    const houses: ContenderHouse[] = [];
    try {
      houses.push(await ContenderHouse.build(plugins.floor, 'GatehouseFloor'));
      houses.push(
        await ContenderHouse.build(plugins.gatehouse, 'Gatehouse', { openSeconds: 1, closeSeconds: 1 }),
      );
      const count = short ? 2 : 20;
      const [bare, own] = await alternate(
        [contender('floor plugin', houses[0]!, count), contender('gatehouse', houses[1]!, count)],
        short ? 3 : 9,
      );
      return [
        {
          measure: this.name,
          unit: 'ms',
          samples: [bare!, own!],
          ours: 'gatehouse',
          goals: [{ against: 'floor plugin', sense: 'at most', ratio: 1.15, reached: ratio(own!, bare!) }],
          note: 'from the HAP request leaving the controller to the command decrypted on the simulated device',
        },
      ];
    } finally {
      for (const house of houses) await house.demolish();
      plugins.remove();
    }
  },
};
