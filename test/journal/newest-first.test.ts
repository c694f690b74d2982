import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeEntry, timeOf, type JournalEntry } from '../../src/journal/entry.ts';
import { newestFirst } from '../../src/journal/newest-first.ts';

async function* from(entries: readonly JournalEntry[]): AsyncGenerator<JournalEntry> {
  for (const entry of entries) {
    await Promise.resolve();
    yield entry;
  }
}

function entry(recordedAt: number, at?: number): JournalEntry {
  return makeEntry({ kind: 'opened', at }, recordedAt);
}

async function ordered(entries: readonly JournalEntry[]): Promise<JournalEntry[]> {
  const list: JournalEntry[] = [];
  for await (const next of newestFirst(from(entries.toReversed()))) list.push(next);
  return list;
}

describe('newest first', () => {
  it('is right whenever nothing happened after it was recorded, and keeps the order of recording for the same time', async () => {
    const steps = fc.array(fc.record({ step: fc.nat(100), late: fc.option(fc.nat(2000)) }), {
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        let now = 5000;
        const entries = list.map(({ step, late }) =>
          entry((now += step), late === null ? undefined : now - late),
        );
        const expected = entries.toReversed().toSorted((a, b) => timeOf(b) - timeOf(a));
        expect(await ordered(entries)).toEqual(expected);
      }),
    );
  });

  it('waits no longer than it must', async () => {
    const read: number[] = [];
    async function* counting(): AsyncGenerator<JournalEntry> {
      for await (const next of from([entry(9000), entry(8000, 100), entry(7000), entry(6000)])) {
        read.push(next.recordedAt);
        yield next;
      }
    }
    const reader = newestFirst(counting());
    expect((await reader.next()).value).toMatchObject({ recordedAt: 9000 });
    expect((await reader.next()).value).toMatchObject({ recordedAt: 7000 });
    expect(read).toEqual([9000, 8000, 7000]);
    await reader.return(undefined);
  });

  it('loses nothing where the clock was wrong, and holds no more than so many', async () => {
    const entries = Array.from({ length: 5000 }, (_, n) => entry(1_000_000 + n, n % 13));
    expect(await ordered(entries)).toHaveLength(5000);
  });
});
