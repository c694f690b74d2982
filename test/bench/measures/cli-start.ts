import { join } from 'node:path';
import { builtDist } from '../built.ts';
import { alternate, ratio } from '../compare.ts';
import type { BenchOptions, Measure, Result } from '../measure.ts';
import { startOf } from '../start-of.ts';

export const cliStart: Measure = {
  name: 'start of the command line',
  async run({ short }: BenchOptions): Promise<Result[]> {
    const main = join(await builtDist(), 'cli/main.js');
    const samples = await alternate(
      [startOf('node -e 0', ['-e', '0']), startOf('gatehouse --help', [main, '--help'])],
      short ? 3 : 41,
    );
    const [bare, own] = samples;
    return [
      {
        measure: this.name,
        unit: 'ms',
        samples,
        ours: 'gatehouse --help',
        goals: [{ against: 'node -e 0', sense: 'at most', ratio: 1.5, reached: ratio(own!, bare!) }],
      },
    ];
  },
};
