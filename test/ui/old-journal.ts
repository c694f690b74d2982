import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { JournalEntry } from '../../src/journal/entry.ts';

/** Puts entries into a journal beside the one that the plugin writes, as another bridge's. */
export function writeJournal(storage: string, entries: readonly JournalEntry[]): void {
  const path = join(storage, 'gatehouse', 'journal-old.jsonl');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
}

const HOUR = 3_600_000;
/** When the family comes and goes: hours of the day, and who. */
const HABITS: readonly (readonly [hour: number, name: string, via: string])[] = [
  [7.3, 'Anna', 'bluetooth'],
  [8.1, 'Ben', 'wifi'],
  [13.5, 'Parcel service', 'internet'],
  [16.4, 'Anna', 'bluetooth'],
  [17.8, 'Ben', 'bluetooth'],
];

/** A week of a family, up to the day before yesterday's midnight and on to an hour ago. */
export function familyWeek(device: string, now: number): readonly JournalEntry[] {
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const days = Array.from({ length: 7 }, (_, index) => midnight - (6 - index) * 24 * HOUR);
  return days
    .flatMap((day, index) =>
      HABITS.filter((_, habit) => (index * 3 + habit) % 4 !== 0).map((habit) => [day, habit] as const),
    )
    .flatMap(([day, [hour, name, via]]) => {
      const at = day + hour * HOUR;
      const entry = { v: 1, recordedAt: at, device: { id: 'x', name: device }, by: { name, via } } as const;
      return [
        { ...entry, kind: 'opened', at } as const,
        { v: 1, recordedAt: at, device: entry.device, kind: 'closed', at: at + 90_000 } as const,
      ];
    })
    .filter(({ at }) => at < now - HOUR);
}
