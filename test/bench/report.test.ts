import { describe, expect, it } from 'vitest';
import { fixed, quoted } from './compare.ts';
import type { Result } from './measure.ts';
import { figure, isReached, missedGoals, notes, plots, table } from './report.ts';

type Goal = Result['goals'][number];

const goal = (sense: Goal['sense'], low: number, high: number): Goal => ({
  against: 'floor',
  sense,
  ratio: 1,
  reached: { median: (low + high) / 2, low, high },
});

const result = (goals: readonly Goal[], more: Partial<Result> = {}): Result => ({
  measure: 'walk',
  unit: 'ms',
  samples: [{ name: 'floor', figures: [1, 2, 3] }, fixed('gatehouse', 4), quoted('peer', 8)],
  ours: 'gatehouse',
  goals,
  ...more,
});

describe('a goal', () => {
  it.each<[Goal['sense'], number, number, boolean]>([
    ['at most', 0.8, 0.9, true],
    ['at most', 0.9, 1.2, true],
    ['at most', 1.01, 1.2, false],
    ['at least', 1.1, 1.2, true],
    ['at least', 0.8, 1.1, true],
    ['at least', 0.8, 0.99, false],
  ])('%s 1 with the interval %d to %d: %s', (sense, low, high, expected) => {
    expect(isReached(goal(sense, low, high))).toBe(expected);
    expect(missedGoals([result([goal(sense, low, high)])])).toEqual(expected ? [] : ['walk, against floor']);
  });

  it('that could not be measured here is not missed', () => {
    const unknown = goal('at most', Number.NaN, Number.NaN);
    expect(isReached(unknown)).toBe(true);
    expect(table([result([unknown])])).toContain('| n/a |');
  });
});

describe('the table', () => {
  const lines = table([result([goal('at most', 1.5, 2.5)])]).split('\n');

  it('has a row for each contender, with what is quoted marked so', () => {
    expect(lines.slice(2)).toEqual([
      '| walk (ms) | floor | 2 | 1.2 – 2.8 | 2 | at most 1 | 2 [1.5, 2.5] **no** |',
      '|  | gatehouse | 4 |  |  |  |  |',
      '|  | peer | 8 | quoted | 0.5 |  |  |',
    ]);
  });

  it.each([
    [1234.5, '1 235'],
    [0.012345, '0.0123'],
    [Infinity, 'never'],
    [Number.NaN, 'n/a'],
  ])('prints %d as %s', (value, expected) => expect(figure(value)).toBe(expected));
});

it('says what the reader must know', () => {
  expect(notes([result([]), result([], { note: 'on foot' })])).toBe('- walk: on foot.');
});

describe('plots', () => {
  const at = (devices: number): Result =>
    result([], { growth: { plot: 'memory', axis: 'memory, MB', devices } });

  it('have a line for each that was measured, by the number of devices', () => {
    const plot = plots([at(50), at(1)]).get('memory')!;
    expect(plot.series.map(({ name }) => name)).toEqual(['floor', 'gatehouse']);
    expect(plot.series[0]!.points).toEqual([
      { x: 1, y: 2, low: 1.2, high: 2.8 },
      { x: 50, y: 2, low: 1.2, high: 2.8 },
    ]);
  });

  it('leave out what this system does not tell', () => {
    const unknown = { ...at(1), samples: [fixed('floor', Number.NaN)] };
    expect(plots([unknown]).get('memory')!.series).toEqual([]);
  });
});
