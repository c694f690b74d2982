import { isObject, own } from '../base/json.ts';
import { nameOf } from './describe.ts';
import type { KeyNames } from './device-events.ts';
import { JOURNAL_KINDS, timeOf, type JournalEntry, type JournalKind } from './entry.ts';

/** Which entries are asked for; what is left out does not narrow. Times are wall milliseconds. */
export interface JournalQuery {
  /** The id or the name of a device, in any case. */
  readonly device?: string | undefined;
  readonly kinds?: readonly JournalKind[] | undefined;
  /** Not before. */
  readonly since?: number | undefined;
  /** Before. */
  readonly until?: number | undefined;
  /** The name of a person or key as the line shows it, or a key's number. */
  readonly person?: string | undefined;
  readonly limit?: number | undefined;
}

/** Reads a query that came from outside. @returns in words what is wrong with it, if anything is. */
export function parseJournalQuery(value: unknown): JournalQuery | string {
  if (value === undefined) return {};
  if (!isObject(value)) return 'must be an object';
  const [device, kinds, since, until, person, limit] = [
    'device',
    'kinds',
    'since',
    'until',
    'person',
    'limit',
  ].map((key) => own(value, key));
  if (!isOptional(device, 'string')) return '"device" must be a text';
  if (!isOptional(person, 'string')) return '"person" must be a text';
  if (!isOptional(since, 'number') || !isOptional(until, 'number')) {
    return '"since" and "until" must be milliseconds since 1970';
  }
  if (!isOptional(limit, 'number') || (limit !== undefined && !(Number.isInteger(limit) && limit >= 1))) {
    return '"limit" must be a whole number of 1 or more';
  }
  if (kinds !== undefined && !isKinds(kinds)) return `"kinds" must be a list of ${JOURNAL_KINDS.join(', ')}`;
  return { device, kinds, since, until, person, limit };
}

/** Whether an entry is among those asked for; `limit` is not looked at. */
export function matches(entry: JournalEntry, query: JournalQuery, keyNames: KeyNames = new Map()): boolean {
  const { device, kinds, since, until, person } = query;
  if (kinds && !kinds.includes(entry.kind)) return false;
  const time = timeOf(entry);
  if (since !== undefined && time < since) return false;
  if (until !== undefined && time >= until) return false;
  if (device !== undefined && !(same(entry.device?.id, device) || same(entry.device?.name, device))) {
    return false;
  }
  return person === undefined || isBy(entry, person, keyNames);
}

function isBy({ by }: JournalEntry, person: string, keyNames: KeyNames): boolean {
  if (!by) return false;
  const keyNr = by.keyNr?.toString();
  return same(nameOf(by, keyNames), person) || keyNr === person.trim();
}

function same(text: string | undefined, asked: string): boolean {
  return text?.trim().toLowerCase() === asked.trim().toLowerCase();
}

function isOptional(value: unknown, type: 'string'): value is string | undefined;
function isOptional(value: unknown, type: 'number'): value is number | undefined;
function isOptional(value: unknown, type: 'string' | 'number'): boolean {
  if (value === undefined) return true;
  return type === 'number' ? Number.isFinite(value) : typeof value === 'string';
}

function isKinds(value: unknown): value is JournalKind[] {
  return Array.isArray(value) && value.every((kind) => JOURNAL_KINDS.some((known) => known === kind));
}
