import { describe, expect, it } from 'vitest';
import { A_MINUTE, type Cell, type Variant } from './cell.ts';
import { readDocument, withSection } from './document.ts';
import { FAULTS, type Fault } from './faults.ts';
import { playFault, renderMatrix } from './matrix.ts';
import { MOMENTS } from './moments.ts';

const played = new Map<Fault, readonly Cell[]>();

const VARIANTS: readonly (readonly [string, Variant])[] = [
  ['for a minute', A_MINUTE],
  ['for 3 s', { lasts: 3000 }],
  [
    'for a minute, on a device of API version 1 that sends events before responses',
    { lasts: 60_000, simulator: { apiVersion: 1, eventsFirst: true } },
  ],
];

describe.each(VARIANTS)('every fault in every moment, %s, ends in the truth', (_name, variant) => {
  it.each(FAULTS.map((fault) => [fault.name, fault] as const))('%s', async (_name, fault) => {
    const cells = await playFault(fault, variant);
    if (variant === A_MINUTE) played.set(fault, cells);
    const wrong = cells.filter(({ problems }) => problems.length > 0);
    expect(wrong.map(({ moment, problems }) => [moment.name, problems])).toEqual([]);
  });
});

describe('docs/reliability.md', () => {
  it('holds the matrix as it is now; if not, run `npm run reliability`', async () => {
    const cells: Cell[] = [];
    for (const fault of FAULTS) cells.push(...(played.get(fault) ?? (await playFault(fault))));
    expect(cells).toHaveLength(FAULTS.length * MOMENTS.length);
    const document = readDocument();
    expect(document === (await withSection(document, 'matrix', renderMatrix(cells)))).toBe(true);
  }, 60_000);
});
