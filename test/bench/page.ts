import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { ROOT } from '../helpers/plugin-folder.ts';
import type { Result } from './measure.ts';
import { plot } from './plot.ts';
import { machine, notes, plots, table } from './report.ts';

const PAGE = join(ROOT, 'docs/performance.md');
const IMAGES = join(ROOT, 'docs/images');

/** Writes docs/performance.md and its plots. */
export async function writePage(results: readonly Result[]): Promise<void> {
  mkdirSync(IMAGES, { recursive: true });
  const images: string[] = [];
  for (const [name, drawing] of plots(results)) {
    const file = `performance-${name}.svg`;
    writeFileSync(join(IMAGES, file), plot(drawing));
    images.push(`![${drawing.title}](images/${file})`);
  }
  const findings = readFileSync(new URL('findings.md', import.meta.url), 'utf8');
  writeFileSync(PAGE, await page(results, images, findings));
}

/** The page, formatted as everything here is. @param findings what was written by hand. */
export async function page(
  results: readonly Result[],
  images: readonly string[],
  findings: string,
): Promise<string> {
  const text = `# Performance

How far each path is from what the machine allows (the floor), and from what people use today. This page is written by \`npm run bench\`; what was found by profiling is written by hand in test/bench/findings.md.

Contenders take turns in one run (A B B A …). A figure is the median of the repeats, with the range of 10 to 90 % of them. The ratio is gatehouse's median over the contender's, and what is in brackets is its 95 % interval, bootstrapped over the repeats. A goal is missed, and the bench fails, when the whole interval misses it. What is quoted was measured elsewhere by others, on another machine.

The floor is written by hand in the bench: bare \`ws\` and \`node:crypto\` with nothing around them, no validation, no time limits, no truth about a door. The floor plugin is the same under a garage door of Homebridge.

Machine: ${machine()}.

${table(results)}

${notes(results)}

${images.length > 0 ? '## How cost grows\n' : ''}
${images.join('\n\n')}

${findings}`;
  return format(text, { ...(await resolveConfig(PAGE)), parser: 'markdown' });
}
