import { describe, expect, it, test } from 'vitest';
import { CLOSED, OPEN } from '../../src/door/types.ts';
import { Ledger } from '../reliability/ledger.ts';
import { Chance } from './chance.ts';
import { parseSoakOptions } from './options.ts';
import { liveInMemory } from './places.ts';
import { Tally } from './tally.ts';

describe('a soak in memory', () => {
  it.each([1, 2, 3, 4, 5, 6])(
    'of an hour, seed %d, ends in the truth',
    async (seed) => {
      const tally = new Tally();
      await liveInMemory(seed, 60, tally);
      expect(tally.problems).toEqual([]);
      expect(tally.checks).toBeGreaterThan(50);
      expect(tally.sessions).toBeGreaterThan(20);
    },
    60_000,
  );
});

describe('the ledger of commands', () => {
  const SLACK = 10;

  test.each<[string, (ledger: Ledger) => void, readonly string[]]>([
    ['nothing', () => undefined, []],
    ['a command of its write', (ledger) => ledger.received('OPEN', ledgerWrite(ledger, OPEN, 0)), []],
    ['a QUERY', (ledger) => ledger.received('QUERY', 0), []],
    ['a command without a write', (ledger) => ledger.received('OPEN', 0), ['OPEN that nobody asked for']],
    [
      'the command of another write',
      (ledger) => ledger.received('CLOSE', ledgerWrite(ledger, OPEN, 0)),
      ['CLOSE that nobody asked for'],
    ],
    [
      'a command that comes late',
      (ledger) => ledger.received('CLOSE', ledgerWrite(ledger, CLOSED, 0) + 2511),
      ['CLOSE late, 2511 ms after it was asked for'],
    ],
    [
      'a command after the write was answered',
      (ledger) => {
        ledger.wrote(OPEN, 0)(100);
        ledger.received('OPEN', 111);
      },
      ['OPEN late, 111 ms after it was asked for'],
    ],
    [
      'a command twice',
      (ledger) => {
        ledger.received('OPEN', ledgerWrite(ledger, OPEN, 0));
        ledger.received('OPEN', 5);
      },
      ['OPEN twice or late, 5 ms after it was asked for'],
    ],
    [
      'two writes and two commands',
      (ledger) => {
        ledger.received('OPEN', ledgerWrite(ledger, OPEN, 0));
        ledger.received('OPEN', ledgerWrite(ledger, OPEN, 1000));
      },
      [],
    ],
  ])('%s', (_, act, problems) => {
    const ledger = new Ledger(SLACK);
    act(ledger);
    expect(ledger.problems).toEqual(problems);
  });

  function ledgerWrite(ledger: Ledger, target: 0 | 1, at: number): number {
    ledger.wrote(target, at);
    return at;
  }
});

describe('chance', () => {
  it('is the same for the same seed, and spread evenly', () => {
    const numbers = (seed: number): number[] => {
      const chance = new Chance(seed);
      return Array.from({ length: 1000 }, () => chance.next());
    };
    expect(numbers(7)).toEqual(numbers(7));
    expect(numbers(7)).not.toEqual(numbers(8));
    const mean = numbers(7).reduce((sum, number) => sum + number) / 1000;
    expect(mean).toBeCloseTo(0.5, 1);
  });

  it('picks by weight', () => {
    const chance = new Chance(1);
    const things = [
      { name: 'often', weight: 9 },
      { name: 'seldom', weight: 1 },
      { name: 'never', weight: 0 },
    ];
    const picked = Array.from({ length: 1000 }, () => chance.pickWeighted(things).name);
    expect(picked.filter((name) => name === 'often').length).toBeGreaterThan(850);
    expect(new Set(picked)).toEqual(new Set(['often', 'seldom']));
  });
});

describe('the options of the soak', () => {
  it('are read', () => {
    const args = ['--devices', '50', '--minutes', '0.5', '--seed', '7', '--write'];
    expect(parseSoakOptions(args)).toEqual({ devices: 50, minutes: 0.5, seed: 7, fast: false, write: true });
  });

  it.each([
    ['--devices', '0'],
    ['--devices', '1.5'],
    ['--minutes', 'x'],
    ['--seed', '-1'],
    ['--what', '1'],
  ])('%s %s is refused', (...args) => {
    expect(() => parseSoakOptions(args)).toThrow(args[0]);
  });
});
