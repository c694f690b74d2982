import { isObject, parseJson } from '../base/json.ts';
import { ReachError } from './errors.ts';
import { bracedGuid, remotecontrolIdProblem } from './ids.ts';

/** What the TeamViewer client on the target hands out for one rollout request. */
export interface RolloutData {
  /** Decrypts the DeviceKey of the one request that it serves. Secret. */
  readonly rolloutKey: string;
  /** The GUID, in braces. */
  readonly requestId: string;
  readonly remotecontrolId: string;
}

/**
 * The guides' names for the three values, as they read with everything but letters and digits taken out: so
 * `RolloutKey`, `rollout_key`, `ROLLOUT-KEY` and "Rollout Key" are one name.
 */
const NAMES: Readonly<Record<keyof RolloutData, readonly string[]>> = {
  rolloutKey: ['rolloutkey', 'rok'],
  requestId: ['requestid', 'guid', 'globallyuniqueidentifier'],
  remotecontrolId: ['remotecontrolid', 'teamviewerid'],
};

const LABELS: Readonly<Record<keyof RolloutData, string>> = {
  rolloutKey: 'RolloutKey',
  requestId: 'the GUID (RequestID)',
  remotecontrolId: 'RemotecontrolID',
};

/**
 * Reads rollout data from a text, which is JSON or has lines of `key=value`.
 * @param where what the text is, for the error: "the rollout file /path".
 * @throws ReachError NO_ROLLOUT_DATA, naming what was looked for and which names were there, never a value.
 */
export function parseRolloutText(text: string, where: string): RolloutData {
  const json = parseJson(text);
  return parseRolloutObject(isObject(json) ? json : keyValues(text), where);
}

/** Reads rollout data from named values: what is typed in, or what {@link parseRolloutText} has found. */
export function parseRolloutObject(value: unknown, where: string): RolloutData {
  const fields = isObject(value) ? value : {};
  const found = new Map<string, string>();
  for (const [name, content] of Object.entries(fields)) {
    const text = typeof content === 'number' ? String(content) : content;
    if (typeof text === 'string' && text.trim() !== '') found.set(normalised(name), text.trim());
  }
  const pick = (field: keyof RolloutData): string | undefined =>
    NAMES[field].map((name) => found.get(name)).find((text) => text !== undefined);

  const rolloutKey = pick('rolloutKey');
  const requestId = pick('requestId');
  const remotecontrolId = pick('remotecontrolId');
  if (rolloutKey === undefined || requestId === undefined || remotecontrolId === undefined) {
    const values = { rolloutKey, requestId, remotecontrolId };
    const missing = (Object.keys(LABELS) as (keyof RolloutData)[]).filter((field) => !values[field]);
    throw unusable(
      `${where} lacks ${missing.map((field) => LABELS[field]).join(', ')}. Looked for RolloutKey, the GUID ` +
        `(RequestID) and RemotecontrolID, as JSON or key=value; found ${namesOf(fields)}.`,
    );
  }
  const guid = bracedGuid(requestId);
  if (guid === undefined) throw unusable(`${where}: the GUID (RequestID) is not a GUID.`);
  const problem = remotecontrolIdProblem(remotecontrolId);
  if (problem !== undefined) throw unusable(`${where}: the RemotecontrolID ${problem}.`);
  return { rolloutKey, requestId: guid, remotecontrolId };
}

/** The text of a file that a program on Windows may have written: UTF-8 or UTF-16, with or without its mark. */
export function decodeText(bytes: Buffer): string {
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes.length > 1 && bytes[1] === 0);
  return bytes.toString(utf16 ? 'utf16le' : 'utf8').replace(/^\uFEFF/, '');
}

/** Lines of `key=value`; sections and comments, as .ini files have them, are skipped. */
function keyValues(text: string): Record<string, string> {
  // Without a prototype, so that a line that begins with "__proto__" is a line like any other.
  const fields = Object.create(null) as Record<string, string>;
  for (const line of text.split(/\r?\n/)) {
    const pair = /^\s*([^=#;[\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line);
    if (pair) fields[pair[1] ?? ''] = (pair[2] ?? '').replace(/^(["'])(.*)\1$/, '$2');
  }
  return fields;
}

function normalised(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Only what looks like a name is shown: a line of a foreign file may be anything, also a key. */
function namesOf(fields: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(fields).filter((name) => /^[A-Za-z][A-Za-z _-]{0,30}$/.test(name));
  const others = Object.keys(fields).length - names.length;
  const shown = [...names.slice(0, 12), ...(others > 0 ? [`${others} with other names`] : [])];
  return shown.length === 0 ? 'none of them' : shown.join(', ');
}

function unusable(message: string): ReachError {
  return new ReachError('NO_ROLLOUT_DATA', message);
}
