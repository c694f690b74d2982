import { setTimeout as pause } from 'node:timers/promises';
import { inTurns, ratio } from '../compare.ts';
import type { BenchOptions, Measure, Result } from '../measure.ts';
import { pluginContenders } from '../plugins.ts';
import { processorTime } from '../resident.ts';
import { FullHouse } from './houses.ts';

const DEVICES = 50;
/** What a start leaves to do: saving, compiling, collecting. */
const SETTLE = 10_000;
/** With `--long` until the keep-alives have run often enough to be compiled as well. */
const LONG_SETTLE = 5 * 60_000;
/** One keep-alive of each session is in it. */
const MINUTE = 60_000;

export const idle: Measure = {
  name: 'idle',
  async run({ short, long, peer }: BenchOptions): Promise<Result[]> {
    const contenders = await pluginContenders(peer);
    const [devices, repeats, settle, time] = short
      ? [2, 1, 200, 500]
      : [DEVICES, 5, long ? LONG_SETTLE : SETTLE, MINUTE];
    const houses = contenders.map((): FullHouse[] => []);
    try {
      // All of them at the same time: they do next to nothing, and a minute is a minute.
      await inTurns(contenders, 0, repeats, async (contender, index) => {
        houses[index]!.push(await FullHouse.build(contender, devices));
      });
      await pause(settle);
      const pids = houses.map((each) => each.map(({ homebridge }) => homebridge.pid));
      const before = pids.map((each) => each.map(processorTime));
      await pause(time);
      const samples = contenders.map(({ name }, index) => ({
        name,
        figures: pids[index]!.map((pid, repeat) => percent(before[index]![repeat], processorTime(pid), time)),
      }));
      const [floor, own] = samples;
      return [
        {
          measure: `${devices} devices: idle Homebridge over ${time / 1000} s`,
          unit: '% of a processor',
          samples,
          ours: 'gatehouse',
          goals: [{ against: floor!.name, sense: 'at most', ratio: 1.1, reached: ratio(own!, floor!) }],
          note: `${repeats} of each side by side, over the same time; what all threads computed (n/a where the system does not tell). Both keep a session alive with one QUERY a minute. Measured elsewhere, with how many devices is not known: 0.02–0.05 %`,
        },
      ];
    } finally {
      for (const house of houses.flat()) await house.demolish();
    }
  },
};

function percent(before: number | undefined, after: number | undefined, time: number): number {
  return before === undefined || after === undefined ? Number.NaN : ((after - before) / time) * 100;
}
