import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Result } from './measure.ts';
import { measures } from './measures/index.ts';
import { isReached, machine, table } from './report.ts';

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    long: { type: 'boolean', default: false },
    only: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});

const wanted = measures.filter(({ name }) => values.only === undefined || name.includes(values.only));
const results: Result[] = [];
for (const measure of wanted) {
  console.error(`measuring: ${measure.name}`);
  results.push(...(await measure.run({ short: values.short, long: values.long })));
}

const missed = results.flatMap(({ measure, goals }) =>
  goals.filter((goal) => !isReached(goal)).map((goal) => `${measure}, against ${goal.against}`),
);
const notes = results
  .filter(({ note }) => note !== undefined)
  .map(({ measure, note }) => `- ${measure}: ${note}`);
console.log(`${table(results)}\n\n${notes.join('\n')}\n\n${machine()}`);

if (values.write) {
  const page = new URL('../../docs/performance.md', import.meta.url);
  const text = `# Performance

Written by \`npm run bench -- --write\`. Contenders take turns in one run (A B A B …); the ratio is gatehouse's median over the contender's, with a 95 % interval bootstrapped over the repeats. A goal counts as missed when the whole interval misses it.

${table(results)}

${notes.join('\n')}

Machine: ${machine()}.
`;
  writeFileSync(page, text);
}

if (missed.length > 0) {
  console.error(`missed: ${missed.join('; ')}`);
  // In the short form the figures mean nothing: it checks that the bench runs.
  if (!values.short) process.exitCode = 1;
}
