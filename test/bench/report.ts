import { cpus, totalmem } from 'node:os';
import { median, quantile } from './compare.ts';
import type { Goal, Result } from './measure.ts';
import type { Plot, Point } from './plot.ts';

/**
 * Whether the goal is reached, or may be: it is missed only when the whole interval misses it. What could not
 * be measured on this system is not missed.
 */
export function isReached(goal: Result['goals'][number]): boolean {
  if (Number.isNaN(goal.reached.median)) return true;
  return goal.sense === 'at least' ? goal.reached.high >= goal.ratio : goal.reached.low <= goal.ratio;
}

export function table(results: readonly Result[]): string {
  const head =
    '| measure | contender | median | spread (10–90 %) | ratio to gatehouse | to reach | reached |';
  const rule = '| --- | --- | ---: | ---: | ---: | --- | --- |';
  return [head, rule, ...results.flatMap(rows)].join('\n');
}

function rows(result: Result): string[] {
  const own = result.samples.find((sample) => sample.name === result.ours);
  const ownMedian = own ? median(own.figures) : Number.NaN;
  return result.samples.map(({ name, figures, quoted }, index) => {
    const middle = median(figures);
    const spread = `${figure(quantile(figures, 0.1))} – ${figure(quantile(figures, 0.9))}`;
    const range = quoted ? 'quoted' : figures.length === 1 ? '' : spread;
    const goal = result.goals.find(({ against }) => against === name);
    const cells = [
      index === 0 ? `${result.measure} (${result.unit})` : '',
      name,
      figure(middle),
      range,
      name === result.ours || !Number.isFinite(middle) ? '' : figure(ownMedian / middle),
      goal ? goalText(goal) : '',
      goal ? reachedText(goal) : '',
    ];
    return `| ${cells.join(' | ')} |`;
  });
}

function reachedText(goal: Result['goals'][number]): string {
  const { median: middle, low, high } = goal.reached;
  if (Number.isNaN(middle)) return 'n/a';
  const interval = low === high ? '' : ` [${figure(low)}, ${figure(high)}]`;
  return `${figure(middle)}${interval} ${isReached(goal) ? 'yes' : '**no**'}`;
}

function goalText({ sense, ratio }: Goal): string {
  return `${sense} ${ratio}`;
}

/** What was missed, each with what it was compared with. */
export function missedGoals(results: readonly Result[]): string[] {
  return results.flatMap(({ measure, goals }) =>
    goals.filter((goal) => !isReached(goal)).map((goal) => `${measure}, against ${goal.against}`),
  );
}

/** What the reader must know, as a list. */
export function notes(results: readonly Result[]): string {
  return results
    .flatMap(({ measure, note }) => (note === undefined ? [] : [`- ${measure}: ${note.replace(/\.$/, '')}.`]))
    .join('\n');
}

/** How cost grows, by the name of the plot; what was not measured on this system is left out. */
export function plots(results: readonly Result[]): ReadonlyMap<string, Plot> {
  const found = new Map<string, Plot>();
  for (const { growth, samples } of results) {
    if (!growth) continue;
    const { axis, devices, plot } = growth;
    const title = `${axis}, against the number of devices`;
    const drawing = found.get(plot) ?? { title, x: 'devices', y: axis, series: [] };
    const measured = samples.filter(({ quoted, figures }) => !quoted && figures.every(Number.isFinite));
    found.set(plot, {
      ...drawing,
      series: measured.map(({ name, figures }) => {
        const points = drawing.series.find((each) => each.name === name)?.points ?? [];
        return { name, points: [...points, pointOf(devices, figures)].sort((a, b) => a.x - b.x) };
      }),
    });
  }
  return found;
}

function pointOf(devices: number, figures: readonly number[]): Point {
  return { x: devices, y: median(figures), low: quantile(figures, 0.1), high: quantile(figures, 0.9) };
}

/** Three significant digits: what a median of a few repeats can carry. */
export function figure(value: number): string {
  if (value === Infinity) return 'never';
  if (!Number.isFinite(value)) return 'n/a';
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en').replaceAll(',', ' ');
  return String(Number(value.toPrecision(3)));
}

export function machine(): string {
  const [first] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${first?.model ?? 'unknown processor'}, ${memory} GiB, Node.js ${process.version}, ${process.platform}`;
}
