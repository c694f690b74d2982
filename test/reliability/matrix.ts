import { playCell, type Cell, type Variant } from './cell.ts';
import { table } from './document.ts';
import { FAULTS, type Fault } from './faults.ts';
import { MOMENTS } from './moments.ts';

/** Every moment of one fault. */
export async function playFault(fault: Fault, variant?: Variant): Promise<readonly Cell[]> {
  const cells: Cell[] = [];
  for (const moment of MOMENTS) cells.push(await playCell(fault, moment, variant));
  return cells;
}

export async function playMatrix(): Promise<readonly Cell[]> {
  const cells: Cell[] = [];
  for (const fault of FAULTS) cells.push(...(await playFault(fault)));
  return cells;
}

/** The matrix as Markdown: what it comes to, then every fault by itself. */
export function renderMatrix(cells: readonly Cell[]): string {
  return [summary(cells), ...FAULTS.map((fault) => details(fault, cells))].join('\n\n');
}

function summary(cells: readonly Cell[]): string {
  const rows = FAULTS.map((fault) => [
    fault.name,
    ...MOMENTS.map((moment) => {
      const cell = cells.find((other) => other.fault === fault && other.moment === moment);
      return cell ? verdict(cell) : '';
    }),
  ]);
  return table(['fault', ...MOMENTS.map(({ name }) => name)], rows);
}

function verdict({ missing, problems }: Cell): string {
  if (problems.length > 0) return 'WRONG';
  return missing < 50 ? '0' : (missing / 1000).toFixed(1);
}

function details(fault: Fault, cells: readonly Cell[]): string {
  const groups = new Map<string, { readonly moments: string[]; readonly texts: readonly string[] }>();
  for (const cell of cells.filter((other) => other.fault === fault)) {
    const texts = [readings(cell), runs(cell.actions), cell.write, lines(cell), cell.problems.join('; ')];
    const key = JSON.stringify(texts);
    const group = groups.get(key) ?? { moments: [], texts };
    group.moments.push(cell.moment.name);
    groups.set(key, group);
  }
  const isWrong = [...groups.values()].some(({ texts }) => texts.at(-1) !== '');
  const head = ['strikes', 'Home reads', 'the device is sent', 'the write', 'the log says'];
  const rows = [...groups.values()].map(({ moments, texts }) => [moments.join('; '), ...texts]);
  return [
    `### ${fault.name}`,
    `${capital(fault.summary)}${fault.heal ? ', for 60 s' : ''}.`,
    isWrong
      ? table([...head, 'wrong'], rows)
      : table(
          head,
          rows.map((row) => row.slice(0, head.length)),
        ),
  ].join('\n\n');
}

function readings({ read }: Cell): string {
  return read
    .map(({ at, text }, index) => (index === 0 ? text : `${(at / 1000).toFixed(1)} s: ${text}`))
    .join(', ');
}

/** `QUERY ×3, OPEN` */
function runs(actions: readonly string[]): string {
  const result: { readonly action: string; count: number }[] = [];
  for (const action of actions) {
    const last = result.at(-1);
    if (last?.action === action) last.count += 1;
    else result.push({ action, count: 1 });
  }
  return result.map(({ action, count }) => (count === 1 ? action : `${action} ×${count}`)).join(', ');
}

/** The first sentence of each line. */
function lines({ logged }: Cell): string {
  return logged.map((line) => /^.*?[.](?= )|^.*$/.exec(line)?.[0] ?? line).join(' / ');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
