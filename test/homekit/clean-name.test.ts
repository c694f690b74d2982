import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanName } from '../../src/homekit/clean-name.ts';

/** What hap-nodejs 2.2 checks names against. */
const HAP_NAME = /^[\p{L}\p{N}][\p{L}\p{N}\p{Zs}’'&!._:;()/,-]*[\p{L}\p{N}]$/u;

describe('a name', () => {
  it.each([
    ['Garage', 'Garage'],
    ["Anna's gate", "Anna's gate"],
    ['Gate 2, rear', 'Gate 2, rear'],
    ['Gate (rear) left', 'Gate (rear) left'],
    ['Grünes Tor', 'Grünes Tor'],
    ['车库', '车库'],
    ['गेट', 'गेट'],
    ['Gate #2', 'Gate 2'],
    ['Garage (left)', 'Garage left'],
    ['(left) Garage', 'left Garage'],
    ['🚗 Garage 🚗', 'Garage'],
    ['Garage!', 'Garage'],
    [' Garage ', 'Garage'],
    ['Front\tgate\n', 'Front gate'],
    ['Gate   2', 'Gate 2'],
    ['--Gate--', 'Gate'],
    ['Tor €5 @home', 'Tor 5 home'],
    ['A', 'Gate A'],
    ['7', 'Gate 7'],
    ['', 'Gate'],
    ['🚗', 'Gate'],
    ['x'.repeat(80), 'x'.repeat(64)],
    [`${'x'.repeat(63)}!x`, 'x'.repeat(63)],
  ])('%j becomes %j', (name, clean) => {
    expect(cleanName(name)).toBe(clean);
  });

  it('is always one that HAP takes, and stays as it is from then on', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (name) => {
        const clean = cleanName(name);
        expect(cleanName(clean)).toBe(clean);
        expect(clean.length).toBeLessThanOrEqual(64);
        // hap-nodejs has no marks in its list, but Apple Home takes the scripts that need them.
        expect(clean.replace(/\p{M}/gu, '')).toMatch(HAP_NAME);
      }),
    );
  });

  it('that HAP takes is not touched', () => {
    const letter = fc.constantFrom(...Array.from('abzÄ09é车'));
    const inner = fc.string({ unit: fc.constantFrom(...Array.from("aZ9 '’&._,-")), maxLength: 20 });
    fc.assert(
      fc.property(letter, inner, letter, (first, middle, last) => {
        const name = `${first}${middle.replace(/ +/g, ' ')}${last}`;
        expect(cleanName(name)).toBe(name);
      }),
    );
  });
});
