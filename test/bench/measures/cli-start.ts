import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { builtDist } from '../built.ts';
import { alternate, ratio, type Contender } from '../compare.ts';
import type { BenchOptions, Measure, Result } from '../measure.ts';

/** Milliseconds from the start of a process to its end. */
function start(name: string, args: readonly string[]): Contender {
  return {
    name,
    run: () => {
      const began = performance.now();
      const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
      const took = performance.now() - began;
      if (status !== 0) throw new Error(`bench: ${name} ended with ${status ?? 'a signal'}: ${stderr}`);
      return took;
    },
  };
}

export const cliStart: Measure = {
  name: 'start of the command line',
  async run({ short }: BenchOptions): Promise<Result[]> {
    const main = join(await builtDist(), 'cli/main.js');
    const samples = await alternate(
      [start('node -e 0', ['-e', '0']), start('gatehouse --help', [main, '--help'])],
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
