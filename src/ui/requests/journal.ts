import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as v from 'valibot';
import { systemCode } from '../../base/errors.ts';
import { nameOf } from '../../journal/describe.ts';
import { timeOf, type JournalEntry } from '../../journal/entry.ts';
import { journalPath, readJournal } from '../../journal/journal.ts';
import { matches, type JournalQuery } from '../../journal/query.ts';
import { summarize, type PeriodSummary } from '../../journal/summary.ts';
import type { DayView, EntryView, JournalParams, JournalView, PersonView } from '../protocol.ts';
import { nameText, request, type PageContext, type RequestHandler } from '../request.ts';
import { withoutUndefined } from '../views.ts';

const MOST_ENTRIES = 500;
/** What the filters are made of, and the picture of the week. */
const MOST_READ = 20_000;
const DAY = 24 * 60 * 60 * 1000;
const DAYS = 7;

const params: v.GenericSchema<unknown, JournalParams> = v.pipe(
  v.strictObject({
    device: v.optional(nameText),
    person: v.optional(nameText),
    limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MOST_ENTRIES)),
    timeZone: v.pipe(v.string(), v.maxLength(64), v.check(isTimeZone)),
  }),
  v.transform(withoutUndefined),
);

/** Reads the journals' files, which works with and without a running plugin. */
export function journalRequests({ storage, clock }: PageContext): readonly RequestHandler[] {
  return [
    request('/journal', params, async ({ device, person, limit, timeZone }): Promise<JournalView> => {
      const all = await readAll(storage);
      const query: JournalQuery = { device, person };
      const wanted = all.filter((entry) => matches(entry, query));
      const now = clock.now();
      const week = wanted.filter((entry) => timeOf(entry) > now - DAYS * DAY);
      return {
        entries: wanted.slice(0, limit).map(entryView),
        days: lastDays(await summarize(week, { period: 'day', timeZone }), now, timeZone),
        devices: distinct(all.map((entry) => entry.device?.name)),
        people: peopleIn(all),
      };
    }),
  ];
}

/** The newest first. */
async function readAll(storage: string): Promise<readonly JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for (const path of await journalFiles(storage)) {
    for await (const entry of readJournal(path, { limit: MOST_READ })) entries.push(entry);
  }
  return entries.toSorted((a, b) => timeOf(b) - timeOf(a));
}

/** Each bridge that runs the plugin has a journal of its own. */
async function journalFiles(storage: string): Promise<readonly string[]> {
  const usual = journalPath(storage);
  const stem = basename(usual, '.jsonl');
  try {
    const names = await readdir(dirname(usual));
    return names
      .filter((name) => name.startsWith(stem) && name.endsWith('.jsonl'))
      .map((name) => join(dirname(usual), name));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function entryView({ kind, at, recordedAt, device, by, detail }: JournalEntry): EntryView {
  const person = by && nameOf(by);
  return withoutUndefined({
    kind,
    at,
    recordedAt,
    device: device?.name,
    by,
    detail: detail ?? {},
    person,
  });
}

/** Seven days up to today, also where nothing happened. */
function lastDays(found: readonly PeriodSummary[], now: number, timeZone: string): DayView[] {
  return Array.from({ length: DAYS }, (_, index) => {
    const start = dateOf(now - (DAYS - 1 - index) * DAY, timeZone);
    const day = found.find((each) => each.start === start);
    return {
      start,
      opened: day?.opened ?? 0,
      openedByHour: day?.openedByHour ?? Array.from({ length: 24 }, () => 0),
    };
  });
}

/** `YYYY-MM-DD`, which is how Swedish writes a date. */
function dateOf(time: number, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(time);
}

/** Each once; `inferred` is of one entry and not of a person. */
function peopleIn(entries: readonly JournalEntry[]): PersonView[] {
  const people = new Map<string, PersonView>();
  for (const { by } of entries) {
    const name = by && nameOf(by);
    if (!by || name === undefined || people.has(name)) continue;
    const { keyNr, keyType, name: given } = by;
    people.set(name, { name, by: withoutUndefined({ keyNr, keyType, name: given }) });
  }
  return [...people.values()].toSorted((a, b) => a.name.localeCompare(b.name));
}

function distinct(texts: readonly (string | undefined)[]): string[] {
  return [...new Set(texts.filter((text) => text !== undefined))].toSorted((a, b) => a.localeCompare(b));
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
