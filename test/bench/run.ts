import { parseArgs } from 'node:util';
import type { Result } from './measure.ts';
import { measures } from './measures/index.ts';
import { writePage } from './page.ts';
import { machine, missedGoals, notes, table } from './report.ts';

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    long: { type: 'boolean', default: false },
    only: { type: 'string' },
    peer: { type: 'string' },
  },
});
const { short, long, only, peer } = values;

const wanted = measures.filter(({ name }) => only === undefined || name.includes(only));
const results: Result[] = [];
for (const measure of wanted) {
  const begun = performance.now();
  results.push(...(await measure.run({ short, long, peer })));
  console.error(`measured in ${Math.round((performance.now() - begun) / 1000)} s: ${measure.name}`);
}

console.log(`${table(results)}\n\n${notes(results)}\n\n${machine()}`);
// Figures of the short form mean nothing, and a part of them would replace the whole.
if (!short && only === undefined) await writePage(results);

const missed = missedGoals(results);
if (missed.length > 0 && !short) {
  console.error(`missed: ${missed.join('; ')}`);
  process.exitCode = 1;
}
