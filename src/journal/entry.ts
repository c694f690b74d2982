import { isObject, own, parseJson, type JsonObject } from '../base/json.ts';
import { redact } from '../base/redact.ts';

/** What can happen. The words are on disk, so one is never given another meaning. */
export const JOURNAL_KINDS = [
  // What the sensor said.
  'opened',
  'closed',
  'left-open',
  // What somebody did.
  'relay-triggered',
  'secondary-relay-triggered',
  'output-held',
  'secondary-output-held',
  'output-changed',
  'doorbell',
  'manual-button',
  'connected',
  'key-managed',
  'settings-changed',
  // What this plugin did, or would not do.
  'command',
  'refused',
  'auto-close-warning',
  'auto-close',
  'support-granted',
  'support-revoked',
  'support-link',
  // How things are.
  'restarted',
  'offline',
  'online',
  'plugin-started',
  'plugin-stopped',
  'other-event',
] as const;

export type JournalKind = (typeof JOURNAL_KINDS)[number];

/** Who did it, as far as the device or the plugin can tell. */
export interface Actor {
  /** The number that the Remootio app shows for the key. */
  readonly keyNr?: number | undefined;
  readonly keyType?: string | undefined;
  readonly via?: string | undefined;
  /** What the owner calls the key, or what gave the command where that was no key: "Apple Home". */
  readonly name?: string | undefined;
  /** Not said by the device: concluded from the relay trigger just before. */
  readonly inferred?: boolean | undefined;
}

export interface JournalDevice {
  readonly id: string;
  readonly name: string;
}

export type Detail = Readonly<Record<string, string | number | boolean>>;

/** An entry before the journal has taken it. */
export interface JournalDraft {
  readonly kind: JournalKind;
  /** Wall time at which it happened; undefined where nobody knows. */
  readonly at?: number | undefined;
  /** Undefined for what concerns the whole house, for example the start of the plugin. */
  readonly device?: JournalDevice | undefined;
  readonly by?: Actor | undefined;
  /** It reached us late, or its time is unknown. */
  readonly old?: boolean | undefined;
  readonly detail?: Detail | undefined;
}

export interface JournalEntry extends JournalDraft {
  readonly v: 1;
  /** Wall time at which the journal took it. */
  readonly recordedAt: number;
}

const LONGEST_TEXT = 300;
const MOST_DETAILS = 20;
/** Control characters, halves of surrogate pairs, line separators and what turns the direction of writing. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** The wall time under which an entry is listed. */
export function timeOf(entry: JournalEntry): number {
  return entry.at ?? entry.recordedAt;
}

/**
 * The draft as it goes to disk: only what belongs into an entry, texts cut to a length that keeps lines
 * short, and nothing in them that looks like a secret.
 */
export function makeEntry(draft: JournalDraft, recordedAt: number): JournalEntry {
  const { kind, at, device, by, old, detail } = draft;
  return {
    v: 1,
    ...(isTime(at) && { at }),
    recordedAt,
    ...(device && { device: { id: clean(device.id), name: clean(device.name) } }),
    kind,
    ...(by && { by: makeActor(by) }),
    ...(old && { old }),
    ...(detail && { detail: cleanDetail(detail) }),
  };
}

/** Reads one line of the file. @returns undefined for anything that is not an entry of a version known here. */
export function parseEntry(line: string): JournalEntry | undefined {
  const value = parseJson(line);
  if (!isObject(value) || own(value, 'v') !== 1) return undefined;
  const recordedAt = own(value, 'recordedAt');
  const kind = JOURNAL_KINDS.find((name) => name === own(value, 'kind'));
  if (!isTime(recordedAt) || kind === undefined) return undefined;
  const at = own(value, 'at');
  const device = parseDevice(own(value, 'device'));
  const by = own(value, 'by');
  const detail = own(value, 'detail');
  return {
    v: 1,
    ...(isTime(at) && { at }),
    recordedAt,
    ...(device && { device }),
    kind,
    ...(isObject(by) && { by: parseActor(by) }),
    ...(own(value, 'old') === true && { old: true }),
    ...(isObject(detail) && { detail: parseDetail(detail) }),
  };
}

/** When a line was recorded, of whatever version it is: all that compaction asks of it. */
export function recordedAtOf(line: string): number | undefined {
  const value = parseJson(line);
  const recordedAt = isObject(value) ? own(value, 'recordedAt') : undefined;
  return isTime(recordedAt) ? recordedAt : undefined;
}

function makeActor({ keyNr, keyType, via, name, inferred }: Actor): Actor {
  return {
    ...(keyNr !== undefined && { keyNr }),
    ...(keyType !== undefined && { keyType: clean(keyType) }),
    ...(via !== undefined && { via: clean(via) }),
    ...(name !== undefined && { name: clean(name) }),
    ...(inferred && { inferred }),
  };
}

function parseActor(value: JsonObject): Actor {
  const keyNr = own(value, 'keyNr');
  const text = (key: string): string | undefined => asText(own(value, key));
  const [keyType, via, name] = [text('keyType'), text('via'), text('name')];
  return {
    ...(typeof keyNr === 'number' && { keyNr }),
    ...(keyType !== undefined && { keyType }),
    ...(via !== undefined && { via }),
    ...(name !== undefined && { name }),
    ...(own(value, 'inferred') === true && { inferred: true }),
  };
}

function parseDevice(value: unknown): JournalDevice | undefined {
  if (!isObject(value)) return undefined;
  const id = asText(own(value, 'id'));
  const name = asText(own(value, 'name'));
  return id === undefined || name === undefined ? undefined : { id, name };
}

function cleanDetail(detail: Detail): Detail {
  return Object.fromEntries(
    Object.entries(detail)
      .slice(0, MOST_DETAILS)
      .map(([key, value]) => [key, typeof value === 'string' ? clean(value) : value]),
  );
}

function parseDetail(detail: JsonObject): Detail {
  const entries = Object.entries(detail).filter(
    (entry): entry is [string, string | number | boolean] =>
      entry[0] !== '__proto__' && ['string', 'number', 'boolean'].includes(typeof entry[1]),
  );
  return Object.fromEntries(entries.slice(0, MOST_DETAILS));
}

function clean(text: string): string {
  return redact(text).slice(0, LONGEST_TEXT).replace(UNPRINTABLE, ' ');
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, LONGEST_TEXT) : undefined;
}

/** Any time that `Date` can hold. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= 8.64e15;
}
