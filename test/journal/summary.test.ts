import { describe, expect, it } from 'vitest';
import { makeEntry, type JournalDraft, type JournalEntry } from '../../src/journal/entry.ts';
import { summarize } from '../../src/journal/summary.ts';

const ANNA = { name: 'Anna' };
const timeZone = 'Europe/Budapest';

function entry(time: string, draft: JournalDraft): JournalEntry {
  return makeEntry({ at: Date.parse(time), ...draft }, Date.parse(time));
}

const ENTRIES = [
  // 00:30 on Saturday in Budapest, still Friday in UTC.
  entry('2026-03-27T23:30:00Z', { kind: 'opened', by: ANNA }),
  entry('2026-03-28T10:00:00Z', { kind: 'opened', by: { keyNr: 4, keyType: 'guest key' } }),
  entry('2026-03-28T10:10:00Z', { kind: 'closed' }),
  // Clocks go forward on Sunday the 29th: 01:30 UTC is 03:30.
  entry('2026-03-29T01:30:00Z', { kind: 'opened', by: ANNA }),
  entry('2026-03-31T12:00:00Z', { kind: 'doorbell' }),
  entry('2026-03-31T12:00:00Z', { kind: 'refused' }),
  entry('2026-03-31T12:01:00Z', { kind: 'opened' }),
  entry('2026-03-31T12:01:00Z', { kind: 'restarted' }),
];

describe('the summary', () => {
  it('counts by local day, without gaps', async () => {
    const days = await summarize(ENTRIES.toReversed(), { period: 'day', timeZone });
    expect(
      days.map(({ start, opened, closed, doorbell, refused }) => [start, opened, closed, doorbell, refused]),
    ).toEqual([
      ['2026-03-28', 2, 1, 0, 0],
      ['2026-03-29', 1, 0, 0, 0],
      ['2026-03-30', 0, 0, 0, 0],
      ['2026-03-31', 1, 0, 1, 1],
    ]);
    expect(days[0]!.openedBy).toEqual([
      { name: 'Anna', count: 1 },
      { name: 'guest key 4', count: 1 },
    ]);
    expect(days[0]!.openedByHour.flatMap((count, hour) => (count ? [[hour, count]] : []))).toEqual([
      [0, 1],
      [11, 1],
    ]);
    expect(days[1]!.openedByHour[3]).toBe(1);
  });

  it('counts by week from Monday on', async () => {
    const weeks = await summarize(ENTRIES, { period: 'week', timeZone });
    expect(weeks.map(({ start, opened }) => [start, opened])).toEqual([
      ['2026-03-23', 3],
      ['2026-03-30', 1],
    ]);
    expect(weeks[0]!.openedBy).toEqual([
      { name: 'Anna', count: 2 },
      { name: 'guest key 4', count: 1 },
    ]);
  });

  it('is empty for nothing, and not endless after a clock that was wrong', async () => {
    expect(await summarize([], { period: 'day' })).toEqual([]);
    const days = await summarize([entry('1970-01-01T12:00:00Z', { kind: 'opened' }), ...ENTRIES], {
      period: 'day',
      timeZone,
    });
    expect(days.length).toBeLessThan(10);
    expect(days.at(-1)!.start).toBe('2026-03-31');
  });
});
