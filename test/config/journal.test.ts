import { describe, expect, it } from 'vitest';
import { JOURNAL_DEFAULTS } from '../../src/config/journal.ts';
import { deviceJson, parsePlatform } from './helpers.ts';

const parse = (journal: unknown) =>
  parsePlatform({ platform: 'Gatehouse', devices: [deviceJson()], journal });

describe('the config of the journal', () => {
  it.each<[unknown, object]>([
    [undefined, {}],
    [null, {}],
    [true, {}],
    [{}, {}],
    [{ maxMegabytes: '', maxDays: null }, {}],
    [false, { enabled: false }],
    [{ enabled: false }, { enabled: false }],
    [
      { maxMegabytes: 0.5, maxDays: 30 },
      { maxMegabytes: 0.5, maxDays: 30 },
    ],
  ])('%j', (given, expected) => {
    const { journal, problems } = parse(given);
    expect(journal).toEqual({ ...JOURNAL_DEFAULTS, ...expected });
    expect(problems).toEqual([]);
  });

  it.each<[unknown, object, string]>([
    ['no', {}, 'journal is neither false nor settings; it is kept as usual'],
    [{ maxDays: 0 }, {}, 'journal.maxDays is less than 1 day; 400 is used'],
    [{ maxDays: '7', maxMegabytes: 1 }, { maxMegabytes: 1 }, 'journal.maxDays is not a number; 400 is used'],
    [{ enabled: 'no' }, {}, 'journal.enabled is neither true nor false; true is used'],
    [
      { days: 7 },
      {},
      'journal has a setting that it does not know, which has no effect; did you mean maxDays?',
    ],
  ])('%j is warned of, and costs no device', (given, expected, problem) => {
    const { journal, problems, devices, complete } = parse(given);
    expect(journal).toEqual({ ...JOURNAL_DEFAULTS, ...expected });
    expect(problems).toEqual([{ severity: 'warning', message: problem, key: 'journal' }]);
    expect([devices.length, complete]).toEqual([1, true]);
  });
});
