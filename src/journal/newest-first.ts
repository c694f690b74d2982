import { timeOf, type JournalEntry } from './entry.ts';

/** Beyond so many held back at once the order is only nearly right, and memory stays small. */
const MOST_HELD = 2000;

/**
 * Entries come as they stand in the file, last first, which is the order of recording: what a device tells
 * after an outage was recorded late. This puts them into the order in which they happened without reading
 * everything: since nothing happens after it was recorded, an entry may go as soon as one that was recorded
 * before its time is met.
 */
export async function* newestFirst(entries: AsyncIterable<JournalEntry>): AsyncGenerator<JournalEntry> {
  /** By time, the oldest first; of the same time the last recorded is last. */
  const held: JournalEntry[] = [];
  for await (const entry of entries) {
    held.splice(placeFor(timeOf(entry), held), 0, entry);
    for (let last = held.at(-1); last; last = held.at(-1)) {
      if (timeOf(last) < entry.recordedAt && held.length <= MOST_HELD) break;
      held.pop();
      yield last;
    }
  }
  while (held.length > 0) {
    const last = held.pop();
    if (last) yield last;
  }
}

function placeFor(time: number, held: readonly JournalEntry[]): number {
  let low = 0;
  let high = held.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = held[middle];
    if (other && timeOf(other) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
