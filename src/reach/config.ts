import * as v from 'valibot';
import { isObject, own, type JsonObject } from '../base/json.ts';
import type { UnregisterRevision } from './api-address.ts';
import { COMPUTER_FIELDS, SUPPORT_FIELDS, type ConfigField } from './config-fields.ts';
import type { FieldNames } from './field-names.ts';
import type { RolloutData } from './rollout-data.ts';

export type Platform = 'windows' | 'macos' | 'android';

/** How a computer's rollout data is come by. `by hand`: it is given with the call, or there is none. */
export type RolloutSource =
  | { readonly kind: 'file'; readonly path: string }
  | {
      readonly kind: 'command';
      readonly command: string | readonly string[];
      /** Milliseconds. */
      readonly timeout: number;
    }
  | { readonly kind: 'typed'; readonly data: RolloutData }
  | { readonly kind: 'by hand' };

export interface ComputerConfig {
  readonly name: string;
  readonly platform: Platform;
  /** What is asked for at the rollout, hence also the control types that links may have. Never empty. */
  readonly permissions: readonly string[];
  /** Rollout data of another computer is refused. */
  readonly remotecontrolId: string | undefined;
  readonly source: RolloutSource;
  /** Milliseconds after which support ends by itself; undefined: never. */
  readonly revokeAfter: number | undefined;
}

/** Where a secret comes from, the first that is there: the text itself, a file, an environment variable. */
export interface SecretSource {
  readonly text: string | undefined;
  readonly file: string | undefined;
  readonly environment: string;
}

export interface RemoteSupportConfig {
  readonly tenantId: string;
  /** No call of the guides carries it; it is kept with the other values of the account. */
  readonly vendorId: string | undefined;
  readonly scriptToken: SecretSource;
  readonly vaultPassphrase: SecretSource;
  readonly apiBase: string;
  readonly unregisterRevision: UnregisterRevision;
  /** Milliseconds for one call. */
  readonly timeout: number;
  readonly fieldNames: FieldNames;
  readonly computers: readonly ComputerConfig[];
}

/** Something that is wrong in the config. */
export interface RemoteSupportProblem {
  /** An error leaves its computer out (or, without a computer, all of them); a warning leaves out a key. */
  readonly severity: 'error' | 'warning';
  /** One line that names the computer, the key and the remedy, and never holds a value. */
  readonly message: string;
  /** The place of the computer in the list. */
  readonly computer?: number;
  readonly key?: string;
}

export interface ParsedRemoteSupport {
  /** Undefined where remote support is not configured or cannot run. */
  readonly config: RemoteSupportConfig | undefined;
  readonly problems: readonly RemoteSupportProblem[];
}

const HOUR = 3_600_000;

type Values<Fields extends Readonly<Record<string, ConfigField>>> = {
  readonly [Key in keyof Fields]: v.InferOutput<Fields[Key]['schema']>;
};

/** Reads `remoteSupport` of the platform's config. Never throws, and never quotes a value. */
export function parseRemoteSupport(value: unknown): ParsedRemoteSupport {
  const problems: RemoteSupportProblem[] = [];
  if (value === undefined || value === null) return { config: undefined, problems };
  if (!isObject(value)) {
    const message = 'remoteSupport is not an object; set it up in the settings of the plugin';
    return { config: undefined, problems: [{ severity: 'error', message }] };
  }
  warnOfUnknownKeys(value, [...Object.keys(SUPPORT_FIELDS), 'computers'], 'remoteSupport', {}, problems);
  const values = readFields(value, SUPPORT_FIELDS, 'remoteSupport', {}, problems);
  const computers = parseComputers(own(value, 'computers'), values?.revokeAfterHours, problems);
  if (!values) return { config: undefined, problems };
  const config: RemoteSupportConfig = {
    tenantId: values.tenantId,
    vendorId: values.vendorId,
    scriptToken: {
      text: values.scriptToken,
      file: values.scriptTokenFile,
      environment: values.scriptTokenEnvironment,
    },
    vaultPassphrase: {
      text: undefined,
      file: values.vaultPassphraseFile,
      environment: values.vaultPassphraseEnvironment,
    },
    apiBase: values.apiBase,
    unregisterRevision: values.unregisterPath,
    timeout: values.timeoutSeconds * 1000,
    fieldNames: definedOnly(values.fieldNames ?? {}),
    computers,
  };
  return { config, problems };
}

function parseComputers(
  value: unknown,
  defaultHours: number | undefined,
  problems: RemoteSupportProblem[],
): ComputerConfig[] {
  if (value !== undefined && value !== null && !Array.isArray(value)) {
    const message = 'remoteSupport: computers is not a list; add the computers in the settings of the plugin';
    problems.push({ severity: 'error', message, key: 'computers' });
    return [];
  }
  const kept: ComputerConfig[] = [];
  for (const [index, item] of ((value ?? []) as readonly unknown[]).entries()) {
    const computer = parseComputer(item, index, defaultHours, problems);
    if (!computer) continue;
    if (kept.some((other) => other.name.toLowerCase() === computer.name.toLowerCase())) {
      const message = `Computer ${index + 1}: name is that of another computer; give it another name`;
      problems.push({ severity: 'error', message, computer: index, key: 'name' });
    } else {
      kept.push(computer);
    }
  }
  return kept;
}

function parseComputer(
  item: unknown,
  index: number,
  defaultHours: number | undefined,
  problems: RemoteSupportProblem[],
): ComputerConfig | undefined {
  const label = labelOf(item, index);
  const place = { computer: index };
  if (!isObject(item)) {
    const message = `${label}: is not a computer; add it in the settings of the plugin`;
    problems.push({ severity: 'error', message, ...place });
    return undefined;
  }
  warnOfUnknownKeys(item, Object.keys(COMPUTER_FIELDS), label, place, problems);
  const values = readFields(item, COMPUTER_FIELDS, label, place, problems);
  if (!values) return undefined;
  const source = sourceOf(values);
  if (!source) {
    const message = `${label}: rolloutFile, rolloutCommand and rolloutData exclude each other; keep one of them`;
    problems.push({ severity: 'error', message, ...place });
    return undefined;
  }
  const { remotecontrolId } = values;
  if (
    source.kind === 'typed' &&
    remotecontrolId !== undefined &&
    source.data.remotecontrolId !== remotecontrolId
  ) {
    const message = `${label}: remotecontrolId is not that of rolloutData; correct one of the two`;
    problems.push({ severity: 'error', message, ...place, key: 'remotecontrolId' });
    return undefined;
  }
  const hours = values.revokeAfterHours ?? defaultHours;
  return {
    name: values.name,
    platform: values.platform,
    permissions: values.permissions,
    remotecontrolId,
    source,
    revokeAfter: hours === undefined ? undefined : hours * HOUR,
  };
}

/** @returns undefined when more than one source is given. */
function sourceOf(values: Values<typeof COMPUTER_FIELDS>): RolloutSource | undefined {
  const { rolloutFile, rolloutCommand, rolloutData, rolloutCommandTimeoutSeconds } = values;
  const sources: RolloutSource[] = [];
  if (rolloutFile !== undefined) sources.push({ kind: 'file', path: rolloutFile });
  if (rolloutCommand !== undefined && rolloutCommand.length > 0) {
    const timeout = rolloutCommandTimeoutSeconds * 1000;
    sources.push({ kind: 'command', command: rolloutCommand, timeout });
  }
  if (rolloutData !== undefined) sources.push({ kind: 'typed', data: rolloutData });
  if (sources.length > 1) return undefined;
  return sources[0] ?? { kind: 'by hand' };
}

interface Place {
  readonly computer?: number;
}

/** @returns undefined when one of them is wrong; each that is has been reported. */
function readFields<Fields extends Readonly<Record<string, ConfigField>>>(
  item: JsonObject,
  fields: Fields,
  label: string,
  place: Place,
  problems: RemoteSupportProblem[],
): Values<Fields> | undefined {
  const values: Record<string, unknown> = {};
  let good = true;
  for (const [key, { schema, remedy }] of Object.entries(fields)) {
    const given = own(item, key);
    // The settings page leaves an empty text or null where somebody cleared an input.
    const absent = given === undefined || given === null || given === '';
    const result = v.safeParse(schema, absent ? undefined : given, { abortEarly: true });
    if (result.success) {
      values[key] = result.output;
      continue;
    }
    good = false;
    const message = `${label}: ${key} ${result.issues[0].message}; ${remedy}`;
    problems.push({ severity: 'error', message, ...place, key });
  }
  return good ? (values as Values<Fields>) : undefined;
}

function warnOfUnknownKeys(
  item: JsonObject,
  known: readonly string[],
  label: string,
  place: Place,
  problems: RemoteSupportProblem[],
): void {
  for (const key of Object.keys(item).filter((name) => !known.includes(name))) {
    const shown = /^[A-Za-z][\w-]{0,40}$/.test(key) ? key : 'an unknown key';
    const message = `${label}: ${shown} is not a setting and has no effect; remove it`;
    problems.push({ severity: 'warning', message, ...place, key: shown });
  }
}

/** The name of the computer, or its place in the list where it has none. */
function labelOf(item: unknown, index: number): string {
  const name = isObject(item) ? own(item, 'name') : undefined;
  // No literal: it would be compiled at every start of the plugin, and classes of letters take their time.
  const proper = new RegExp(String.raw`^[\p{L}\p{N}][\p{L}\p{N} '._-]{0,63}$`, 'u');
  return typeof name === 'string' && proper.test(name) ? name : `Computer ${index + 1}`;
}

/** Without the keys whose value is undefined, which `exactOptionalPropertyTypes` tells from absent ones. */
function definedOnly(names: Values<typeof SUPPORT_FIELDS>['fieldNames'] & {}): FieldNames {
  return {
    ...(names.answers === undefined ? {} : { answers: names.answers }),
    ...(names.appKeyRequest === undefined ? {} : { appKeyRequest: names.appKeyRequest }),
    ...(names.unknownKeyErrors === undefined ? {} : { unknownKeyErrors: names.unknownKeyErrors }),
  };
}
