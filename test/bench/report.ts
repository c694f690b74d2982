import { cpus, totalmem } from 'node:os';
import { median, quantile } from './compare.ts';
import type { Goal, Result } from './measure.ts';

/** Whether the goal is reached at the bound of its interval that speaks for us least. */
export function isReached(goal: Result['goals'][number]): boolean {
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
  return result.samples.map(({ name, figures }, index) => {
    const middle = median(figures);
    const spread = `${figure(quantile(figures, 0.1))} – ${figure(quantile(figures, 0.9))}`;
    const goal = result.goals.find(({ against }) => against === name);
    const cells = [
      index === 0 ? `${result.measure} (${result.unit})` : '',
      name,
      figure(middle),
      spread,
      name === result.ours ? '' : figure(ownMedian / middle),
      goal ? goalText(goal) : '',
      goal
        ? `${figure(goal.reached.median)} [${figure(goal.reached.low)}, ${figure(goal.reached.high)}] ${isReached(goal) ? 'yes' : '**no**'}`
        : '',
    ];
    return `| ${cells.join(' | ')} |`;
  });
}

function goalText({ sense, ratio }: Goal): string {
  return `${sense} ${ratio}`;
}

/** Three significant digits: what a median of a few repeats can carry. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return 'n/a';
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en').replaceAll(',', ' ');
  return String(Number(value.toPrecision(3)));
}

export function machine(): string {
  const [first] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${first?.model ?? 'unknown processor'}, ${memory} GiB, Node.js ${process.version}, ${process.platform}`;
}
