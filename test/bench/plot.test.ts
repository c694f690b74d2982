import { describe, expect, it } from 'vitest';
import { plot, ticks } from './plot.ts';

describe('ticks', () => {
  it.each([
    [140, [0, 20, 40, 60, 80, 100, 120, 140]],
    [83, [0, 20, 40, 60, 80, 100]],
    [1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [2300, [0, 500, 1000, 1500, 2000, 2500]],
  ])('up to %d', (most, expected) => expect(ticks(most)).toEqual(expected));
});

describe('a plot', () => {
  const point = (x: number, y: number): { x: number; y: number; low: number; high: number } => ({
    x,
    y,
    low: y - 1,
    high: y + 1,
  });
  const svg = plot({
    title: 'memory & time',
    x: 'devices',
    y: 'MB < GB',
    series: [
      { name: 'floor', points: [point(0, 50), point(100, 79)] },
      { name: 'gatehouse', points: [point(0, 55), point(100, 60)] },
    ],
  });

  it('names both axes and every line', () => {
    for (const text of ['devices', 'MB &lt; GB', 'memory &amp; time', 'floor', 'gatehouse']) {
      expect(svg).toContain(`>${text}<`);
    }
  });

  it('puts larger figures higher and further right, inside of the picture', () => {
    const lines = [...svg.matchAll(/<polyline points="([^"]+)"/g)].map(([, points]) =>
      points!.split(' ').map((pair) => pair.split(',').map(Number)),
    );
    expect(lines).toHaveLength(2);
    for (const [[x1, y1], [x2, y2]] of lines as [number, number][][] as [
      [number, number],
      [number, number],
    ][]) {
      expect(x2).toBeGreaterThan(x1);
      expect(y2).toBeLessThan(y1);
      expect(Math.min(x1, y1, x2, y2)).toBeGreaterThan(0);
      expect(x2).toBeLessThanOrEqual(640);
    }
  });

  it('has colours that are seen on white and on black', () => {
    expect(svg).not.toMatch(/#(000|fff)|black|white/i);
  });
});
