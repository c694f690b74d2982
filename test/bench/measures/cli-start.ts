import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { alternate, ratio, type Contender } from '../compare.ts';
import type { BenchOptions, Measure, Result } from '../measure.ts';

const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

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
    if (!existsSync(MAIN)) throw new Error('bench: build first');
    const samples = await alternate(
      [start('node -e 0', ['-e', '0']), start('gatehouse --help', [MAIN, '--help'])],
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
