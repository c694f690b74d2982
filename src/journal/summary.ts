import { nameOf } from './describe.ts';
import { timeOf, type JournalEntry } from './entry.ts';

export interface SummaryOptions {
  readonly period: 'day' | 'week';
  /** An IANA name; the process's own by default. */
  readonly timeZone?: string | undefined;
}

/** One day, or one week from Monday on, in local time. */
export interface PeriodSummary {
  /** Its first day, `YYYY-MM-DD`. */
  readonly start: string;
  readonly opened: number;
  readonly closed: number;
  readonly doorbell: number;
  readonly refused: number;
  /** Openings by the hour of the day at which they began, 24 numbers. */
  readonly openedByHour: readonly number[];
  /** Openings by who did it, as far as that is known, the most frequent first. */
  readonly openedBy: readonly { readonly name: string; readonly count: number }[];
}

const DAY = 24 * 60 * 60 * 1000;
/** Empty periods are filled in; a clock that was wrong must not fill in decades of them. */
const MOST_PERIODS = 800;

interface Counts {
  opened: number;
  closed: number;
  doorbell: number;
  refused: number;
  readonly byHour: number[];
  readonly by: Map<string, number>;
}

/**
 * Counts entries for a picture of when the doors were opened. Periods without any entry are there, too, so
 * that the list is without gaps, from the oldest to the newest.
 */
export async function summarize(
  entries: AsyncIterable<JournalEntry> | Iterable<JournalEntry>,
  options: SummaryOptions,
): Promise<PeriodSummary[]> {
  const partsOf = localParts(options.timeZone);
  const periods = new Map<number, Counts>();
  for await (const entry of entries) {
    const { day, hour } = partsOf(timeOf(entry));
    const start = options.period === 'day' ? day : mondayOf(day);
    const counts = periods.get(start) ?? noCounts();
    periods.set(start, counts);
    count(entry, hour, counts);
  }
  return starts([...periods.keys()], options.period === 'day' ? DAY : 7 * DAY).map((start) =>
    toSummary(start, periods.get(start) ?? noCounts()),
  );
}

function count(entry: JournalEntry, hour: number, counts: Counts): void {
  switch (entry.kind) {
    case 'opened': {
      counts.opened++;
      counts.byHour[hour] = (counts.byHour[hour] ?? 0) + 1;
      const name = entry.by && nameOf(entry.by);
      if (name !== undefined) counts.by.set(name, (counts.by.get(name) ?? 0) + 1);
      break;
    }
    case 'closed':
    case 'doorbell':
    case 'refused':
      counts[entry.kind]++;
      break;
    default:
  }
}

function starts(found: readonly number[], step: number): number[] {
  const sorted = found.toSorted((a, b) => a - b);
  const last = sorted.at(-1);
  if (last === undefined) return [];
  const first = sorted.find((start) => (last - start) / step < MOST_PERIODS) ?? last;
  return Array.from({ length: Math.round((last - first) / step) + 1 }, (_, index) => first + index * step);
}

/** The local date as if it were one of UTC, so that days are equally long, and the local hour. */
function localParts(timeZone: string | undefined): (time: number) => { day: number; hour: number } {
  const format = new Intl.DateTimeFormat('en-US', {
    ...(timeZone !== undefined && { timeZone }),
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    hourCycle: 'h23',
  });
  return (time) => {
    const parts = format.formatToParts(time);
    const number = (type: Intl.DateTimeFormatPartTypes): number =>
      Number(parts.find((part) => part.type === type)?.value ?? 0);
    return { day: Date.UTC(number('year'), number('month') - 1, number('day')), hour: number('hour') };
  };
}

function mondayOf(day: number): number {
  return day - ((new Date(day).getUTCDay() + 6) % 7) * DAY;
}

function noCounts(): Counts {
  return {
    opened: 0,
    closed: 0,
    doorbell: 0,
    refused: 0,
    byHour: Array.from({ length: 24 }, () => 0),
    by: new Map(),
  };
}

function toSummary(start: number, counts: Counts): PeriodSummary {
  const { opened, closed, doorbell, refused, byHour, by } = counts;
  return {
    start: new Date(start).toISOString().slice(0, 10),
    opened,
    closed,
    doorbell,
    refused,
    openedByHour: byHour,
    openedBy: [...by]
      .map(([name, count]) => ({ name, count }))
      .toSorted((a, b) => b.count - a.count || a.name.localeCompare(b.name)),
  };
}
