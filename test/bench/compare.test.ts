import { describe, expect, it } from 'vitest';
import { alternate, fixed, median, quantile, ratio } from './compare.ts';

describe('taking turns', () => {
  it('goes there and back, so that nobody always comes after the same one', async () => {
    const order: string[] = [];
    const contender = (name: string): { name: string; run: () => number } => ({
      name,
      run: () => order.push(name),
    });
    const samples = await alternate([contender('A'), contender('B')], 3);
    expect(order.join(' ')).toBe('B A A B B A A B');
    // The first round is thrown away.
    expect(samples).toEqual([
      { name: 'A', figures: [3, 6, 7] },
      { name: 'B', figures: [4, 5, 8] },
    ]);
  });
});

describe('figures', () => {
  it.each([
    [[3], 3],
    [[1, 2], 1.5],
    [[9, 1, 5], 5],
  ])('the median of %j is %d', (values, expected) => expect(median(values)).toBe(expected));

  it('quantiles lie between the values', () => {
    expect(quantile([0, 10], 0.1)).toBeCloseTo(1);
    expect(quantile([10, 0], 1)).toBe(10);
  });
});

describe('the ratio', () => {
  const of = { name: 'of', figures: [10, 11, 12, 13, 14] };
  const to = { name: 'to', figures: [5, 5.5, 6, 6.5, 7] };

  it('is that of the medians, inside its interval', () => {
    const { median: middle, low, high } = ratio(of, to);
    expect(middle).toBe(2);
    expect(low).toBeGreaterThan(1);
    expect(low).toBeLessThan(2);
    expect(high).toBeGreaterThan(2);
    expect(high).toBeLessThan(3);
  });

  it('has the same interval for the same figures', () => expect(ratio(of, to)).toEqual(ratio(of, to)));

  it('has no interval where nothing varies', () => {
    expect(ratio(fixed('a', 3), fixed('b', 2))).toEqual({ median: 1.5, low: 1.5, high: 1.5 });
  });
});
