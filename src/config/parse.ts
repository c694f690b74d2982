import * as v from 'valibot';
import { isObject, own, type JsonObject } from '../base/json.ts';
import {
  deviceFields,
  PLATFORM_KEYS,
  type DeviceConfig,
  type DeviceFields,
  type DeviceKey,
  type Field,
  type KeyFormat,
} from './fields.ts';
import { parseJournalConfig, type JournalConfig } from './journal.ts';
import { holdsSecret, nameForLog, secretsIn } from './say.ts';
import { suggest } from './suggest.ts';

/** Something that is wrong in the config. */
export interface ConfigProblem {
  /** An error leaves its device out (or, without a device, all of them); a warning leaves out a key. */
  readonly severity: 'error' | 'warning';
  /** One line that names the device, the key and the remedy, and never holds the value of a key. */
  readonly message: string;
  /** Where: the place of the device in the list, and the key. */
  readonly device?: number;
  readonly key?: string;
}

export interface ParsedConfig {
  /** The devices that can run. */
  readonly devices: readonly DeviceConfig[];
  readonly problems: readonly ConfigProblem[];
  /**
   * Whether every device that the config means to have is in {@link devices}. Where it is false, nothing
   * may be removed for not being in the config.
   */
  readonly complete: boolean;
  /** Whether devices are looked for on the network. */
  readonly discovery: boolean;
  readonly journal: JournalConfig;
}

/** A device of the list on its way from unknown to typed. */
interface Entry {
  readonly index: number;
  /** What it is called in messages. */
  readonly label: string;
  readonly config: DeviceConfig;
}

/**
 * Reads the config of the platform. Never throws, whatever it is given, and never quotes a key.
 * @param value the platform's object as Homebridge hands it over, `devices` and all.
 */
export function parseConfig(value: unknown, keyFormat: KeyFormat): ParsedConfig {
  const problems: ConfigProblem[] = [];
  const list = deviceList(value, problems);
  const fields = deviceFields(keyFormat);
  const secrets = secretsIn(list);

  const entries: Entry[] = [];
  for (const [index, item] of list.entries()) {
    const label = labelOf(item, index, secrets);
    const config = parseDevice(item, { index, label, fields, secrets }, problems);
    if (config) entries.push({ index, label, config });
  }
  const devices = withoutDuplicates(entries, problems).map((entry) => entry.config);
  const complete = !problems.some((problem) => problem.severity === 'error');
  const journal = parseJournalConfig(isObject(value) ? own(value, 'journal') : undefined);
  problems.push(
    ...journal.problems.map((message) => ({ severity: 'warning', message, key: 'journal' }) as const),
  );
  const discovery = discoveryOf(value, problems);
  return { devices, problems, complete, discovery, journal: journal.config };
}

/** A help only: wrong is as good as left out. */
function discoveryOf(value: unknown, problems: ConfigProblem[]): boolean {
  const given = isObject(value) ? (own(value, 'discovery') ?? true) : true;
  if (typeof given === 'boolean') return given;
  const message = 'discovery is neither true nor false; true is used';
  problems.push({ severity: 'warning', message, key: 'discovery' });
  return true;
}

/** The list of devices; anything that is wrong around it is reported. */
function deviceList(value: unknown, problems: ConfigProblem[]): readonly unknown[] {
  if (!isObject(value)) {
    problems.push({ severity: 'error', message: `The config of the platform is not an object; ${SEE_PAGE}` });
    return [];
  }
  const devices = own(value, 'devices') ?? undefined;
  const secrets = secretsIn([value]);
  for (const key of Object.keys(value).filter((name) => !PLATFORM_KEYS.includes(name))) {
    const meant = suggest(key, PLATFORM_KEYS);
    problems.push({
      // Devices under a key that is misspelt are devices that are meant to be there.
      severity: meant === 'devices' && devices === undefined ? 'error' : 'warning',
      message: unknownKey('The platform', nameForLog(key, secrets), meant, 'beside the devices'),
      key,
    });
  }
  if (devices === undefined || Array.isArray(devices)) return devices ?? [];
  problems.push({ severity: 'error', message: `devices is not a list; ${SEE_PAGE}`, key: 'devices' });
  return [];
}

const SEE_PAGE = "add the devices in the plugin's settings";

interface Place {
  readonly index: number;
  readonly label: string;
  readonly fields: DeviceFields;
  readonly secrets: readonly string[];
}

function parseDevice(item: unknown, place: Place, problems: ConfigProblem[]): DeviceConfig | undefined {
  const { index, label, fields, secrets } = place;
  if (!isObject(item)) {
    problems.push({ severity: 'error', message: `${label}: is not a device; ${SEE_PAGE}`, device: index });
    return undefined;
  }
  const known = Object.keys(fields);
  for (const key of Object.keys(item).filter((name) => !known.includes(name))) {
    const message = unknownKey(label, nameForLog(key, secrets), suggest(key, known), 'of a device');
    problems.push({ severity: 'warning', message, device: index, key });
  }

  // With all of its keys from the start: added one by one they would make a dictionary, several times as large.
  const values: Record<string, unknown> = { ...fields };
  let good = true;
  for (const [key, field] of Object.entries(fields)) {
    const result = parseField(item, key, field, secrets);
    if ('value' in result) {
      values[key] = result.value;
      continue;
    }
    good = false;
    const message = `${label}: ${key} ${result.problem}; ${field.remedy}`;
    problems.push({ severity: 'error', message, device: index, key });
  }
  if (!good) return undefined;
  // Every key of the table is there, each with the output of its own schema.
  const config = values as DeviceConfig;
  if (config.apiSecretKey.equals(config.apiAuthKey)) {
    const message = `${label}: apiAuthKey is the same as apiSecretKey; the Remootio app shows two different keys, copy both again`;
    problems.push({ severity: 'error', message, device: index, key: 'apiAuthKey' });
    return undefined;
  }
  return config;
}

type FieldResult = { readonly value: unknown } | { readonly problem: string };

function parseField(item: JsonObject, key: string, field: Field, secrets: readonly string[]): FieldResult {
  const given = own(item, key);
  // The settings page leaves an empty text or null where somebody cleared an input.
  const absent = given === undefined || given === null || given === '';
  if (absent && field.required) return { problem: 'is missing' };
  const result = v.safeParse(field.schema, absent ? undefined : given, { abortEarly: true });
  if (!result.success) return { problem: result.issues[0].message };
  const { output } = result;
  // Keys are KeyObjects by now; a key in a text was pasted into the wrong input, and texts are shown.
  if (textsIn(output).some((text) => holdsSecret(text, secrets))) return { problem: 'holds an API key' };
  return { value: output };
}

/** The texts that a value holds: itself, or those of a list of objects. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value)) return [];
  return value
    .filter(isObject)
    .flatMap((item) => Object.values(item).filter((part) => typeof part === 'string'));
}

function unknownKey(label: string, key: string, meant: string | undefined, whose: string): string {
  const remedy = meant ? `did you mean ${meant}?` : 'remove it';
  return `${label}: ${key} is not a setting ${whose} and has no effect; ${remedy}`;
}

/** The name of the device, or its place in the list where it has none. */
function labelOf(item: unknown, index: number, secrets: readonly string[]): string {
  const name = isObject(item) ? own(item, 'name') : undefined;
  const usable = typeof name === 'string' && !holdsSecret(name, secrets);
  return (usable && nameForLog(name, secrets)) || `Device ${index + 1}`;
}

/** What no two devices may share, with what to do about it. */
const UNIQUE: readonly {
  readonly key: DeviceKey;
  readonly what: string;
  readonly of: (config: DeviceConfig) => string | undefined;
  readonly remedy: string;
}[] = [
  {
    key: 'name',
    what: 'name is',
    of: (config) => config.name.toLowerCase(),
    remedy: 'give it another name',
  },
  {
    key: 'host',
    what: 'host and port are',
    of: (config) => `${config.host}:${config.port}`,
    remedy: 'a device allows one connection, so remove one of the two or correct its address',
  },
  {
    key: 'serialNumber',
    what: 'serialNumber is',
    of: (config) => config.serialNumber?.toLowerCase(),
    remedy: 'correct it or leave it out; it is learned at the first connection',
  },
];

/** Of devices that share what must be their own, the first one stays. */
function withoutDuplicates(entries: readonly Entry[], problems: ConfigProblem[]): readonly Entry[] {
  const kept: Entry[] = [];
  for (const entry of entries) {
    const clash = UNIQUE.map((rule) => {
      const value = rule.of(entry.config);
      const other = value === undefined ? undefined : kept.find(({ config }) => rule.of(config) === value);
      return other && { rule, other };
    }).find((found) => found !== undefined);
    if (!clash) {
      kept.push(entry);
      continue;
    }
    const { rule, other } = clash;
    const place = entry.label === other.label ? `Device ${entry.index + 1} (${entry.label})` : entry.label;
    const message = `${place}: ${rule.what} the same as of ${other.label} (device ${other.index + 1}); ${rule.remedy}`;
    problems.push({ severity: 'error', message, device: entry.index, key: rule.key });
  }
  return kept;
}
