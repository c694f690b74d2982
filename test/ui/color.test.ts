import fc from 'fast-check';
import { expect, it } from 'vitest';
import { contrast, readableOn, readColor, textOn, type Color } from '../../src/ui/public/color.ts';

const part = fc.nat(255);
const color: fc.Arbitrary<Color> = fc.tuple(part, part, part);
const BLACK: Color = [0, 0, 0];
const WHITE: Color = [255, 255, 255];

it.each<[string, Color | undefined]>([
  ['rgb(1, 2, 3)', [1, 2, 3]],
  ['rgba(1, 2, 3, 1)', [1, 2, 3]],
  ['rgb(1 2 3 / 1)', [1, 2, 3]],
  ['rgba(1, 2, 3, 0.5)', undefined],
  ['rgba(0, 0, 0, 0)', undefined],
  ['transparent', undefined],
  ['', undefined],
])('%s', (text, wanted) => {
  expect(readColor(text)).toEqual(wanted);
});

it('measures contrast as WCAG does', () => {
  expect(contrast(BLACK, WHITE)).toBeCloseTo(21);
  expect(contrast([119, 119, 119], WHITE)).toBeCloseTo(4.48, 2);
});

it('is the same both ways, and at least 1', () => {
  fc.assert(
    fc.property(color, color, (a, b) => {
      expect(contrast(a, b)).toBe(contrast(b, a));
      expect(contrast(a, b)).toBeGreaterThanOrEqual(1);
    }),
  );
});

it('finds a text that can be read on any colour', () => {
  fc.assert(
    fc.property(color, (back) => {
      expect(contrast(textOn(back), back)).toBeGreaterThanOrEqual(4.5);
    }),
  );
});

it('makes any colour readable on any background, as far as black or white are', () => {
  fc.assert(
    fc.property(color, color, fc.integer({ min: 1, max: 7 }), (back, wanted, enough) => {
      const best = Math.max(contrast(back, BLACK), contrast(back, WHITE));
      expect(contrast(readableOn(back, wanted, enough), back)).toBeGreaterThanOrEqual(Math.min(enough, best));
    }),
  );
});

it('leaves alone what can be read already', () => {
  expect(readableOn(WHITE, [11, 97, 87], 5.5)).toEqual([11, 97, 87]);
});
