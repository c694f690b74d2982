import { isObject, own, type JsonObject } from '../base/json.ts';

/**
 * What a tool (the command line, the settings page) can ask of the running plugin. JSON-RPC 2.0, one message
 * on a line, over a socket that only the owner of Homebridge's storage can open.
 *
 * By design nothing secret travels here, in either direction: no API keys, no session keys, no device keys,
 * no tokens, no remote-support links. Who needs a key reads the file that holds it, with that file's rights.
 */
export const PROTOCOL_VERSION = 1;

/** What can be subscribed to. Each arrives as the notification `event`. */
export const TOPICS = ['door', 'device', 'journal', 'health', 'reach'] as const;
export type Topic = (typeof TOPICS)[number];

export interface ChannelEvent {
  readonly topic: Topic;
  readonly data: unknown;
}

export const COMMANDS = ['open', 'close', 'trigger', 'secondary', 'hold', 'restart'] as const;
export type Command = (typeof COMMANDS)[number];

/** Calls without parameters. */
export type NoParams = Readonly<Record<string, never>>;

export interface DeviceParams {
  /** The name or the id of a device, in any case. */
  readonly device: string;
}

export interface CommandParams extends DeviceParams {
  readonly command: Command;
  /** Whole minutes to hold the output instead of pulsing it; `hold` needs it, `restart` cannot have it. */
  readonly minutes?: number | undefined;
}

/** Filters as in the journal's own query; times are wall milliseconds. */
export interface JournalParams {
  readonly device?: string | undefined;
  readonly kinds?: readonly string[] | undefined;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly person?: string | undefined;
  readonly limit: number;
}

export interface TopicsParams {
  readonly topics: readonly Topic[];
}

export interface ProblemStatus {
  readonly device?: string | undefined;
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

export interface DoorStatus {
  readonly target: 'open' | 'closed';
  readonly current: 'open' | 'closed' | 'opening' | 'closing';
  readonly obstruction: boolean;
  readonly unavailable: boolean;
  readonly reason: string;
}

export interface DeviceStatus {
  readonly id: string;
  readonly name: string;
  readonly state: 'stopped' | 'connecting' | 'online' | 'offline';
  /** Milliseconds; while offline. */
  readonly offlineFor?: number | undefined;
  readonly sensor?: string | undefined;
  readonly door?: DoorStatus | undefined;
  readonly readOnly?: boolean | undefined;
  readonly logging?: 'on' | 'off' | 'unknown' | undefined;
  readonly serialNumber?: string | undefined;
  readonly apiVersion?: number | undefined;
  readonly remootioVersion?: string | undefined;
  readonly problem?: ProblemStatus | undefined;
}

export interface StatusResult {
  readonly plugin: {
    readonly version: string;
    readonly instance?: string | undefined;
    readonly homebridge?: string | undefined;
    /** Wall milliseconds. */
    readonly startedAt: number;
  };
  readonly devices: readonly DeviceStatus[];
}

export interface HealthResult {
  readonly ok: boolean;
  readonly problems: readonly ProblemStatus[];
}

export interface QueryResult {
  readonly sensor: string;
  readonly device: DeviceStatus;
}

export interface CommandResult {
  /** Whether the output was operated: an open gate that is told to open does nothing. */
  readonly relayTriggered?: boolean | undefined;
  readonly sensor?: string | undefined;
}

export interface JournalLine {
  readonly entry: JsonObject;
  /** For a person, without the time. */
  readonly line: string;
}

export interface JournalResult {
  /** The newest first. */
  readonly entries: readonly JournalLine[];
}

export interface TopicsResult {
  /** All that this client is subscribed to now. */
  readonly topics: readonly Topic[];
}

/** The standard calls. Beside them there may be any number of `reach.*`. */
export interface Methods {
  readonly status: { readonly params: NoParams; readonly result: StatusResult };
  readonly health: { readonly params: NoParams; readonly result: HealthResult };
  /** Asks the device itself how its sensor is. */
  readonly query: { readonly params: DeviceParams; readonly result: QueryResult };
  readonly command: { readonly params: CommandParams; readonly result: CommandResult };
  readonly journal: { readonly params: JournalParams; readonly result: JournalResult };
  readonly diagnostics: { readonly params: NoParams; readonly result: JsonObject };
  readonly subscribe: { readonly params: TopicsParams; readonly result: TopicsResult };
  readonly unsubscribe: { readonly params: TopicsParams; readonly result: TopicsResult };
}

export type Method = keyof Methods;
export type ReachMethod = `reach.${string}`;

export type Parsed<Params> =
  { readonly ok: true; readonly params: Params } | { readonly ok: false; readonly problem: string };

/** Reads the parameters of a call, of which nothing is known. */
export type ParamsParser<Params> = (value: unknown) => Parsed<Params>;

const LONGEST_NAME = 200;
const LONGEST_HOLD = 0xffff;
const MOST_ENTRIES = 5000;
const DEFAULT_ENTRIES = 100;

/** The parser of each standard call. */
export const PARSERS: { readonly [Name in Method]: ParamsParser<Methods[Name]['params']> } = {
  status: parseNoParams,
  health: parseNoParams,
  query: parseDevice,
  command: parseCommand,
  journal: parseJournal,
  diagnostics: parseNoParams,
  subscribe: parseTopics,
  unsubscribe: parseTopics,
};

export function accepted<Params>(params: Params): Parsed<Params> {
  return { ok: true, params };
}

export function refused(problem: string): Parsed<never> {
  return { ok: false, problem };
}

export function parseNoParams(value: unknown): Parsed<NoParams> {
  const isNone = value === undefined || (isObject(value) && Object.keys(value).length === 0);
  return isNone ? accepted({}) : refused('takes no parameters');
}

function parseDevice(value: unknown): Parsed<DeviceParams> {
  const device = isObject(value) ? own(value, 'device') : undefined;
  return isName(device) ? accepted({ device }) : refused('"device" must be the name or id of a device');
}

function parseCommand(value: unknown): Parsed<CommandParams> {
  const device = parseDevice(value);
  if (!device.ok) return device;
  const params = value as JsonObject;
  const command = COMMANDS.find((known) => known === own(params, 'command'));
  if (command === undefined) return refused(`"command" must be one of ${COMMANDS.join(', ')}`);
  const minutes = own(params, 'minutes');
  if (minutes === undefined) {
    return command === 'hold' ? refused('"hold" needs "minutes"') : accepted({ ...device.params, command });
  }
  if (command === 'restart') return refused('"restart" takes no "minutes"');
  if (!isWhole(minutes, LONGEST_HOLD)) return refused('"minutes" must be a whole number of 1 or more');
  return accepted({ ...device.params, command, minutes });
}

function parseJournal(value: unknown): Parsed<JournalParams> {
  if (value === undefined) return accepted({ limit: DEFAULT_ENTRIES });
  if (!isObject(value)) return refused('the parameters must be an object');
  const { device, person, since, until, kinds, limit = DEFAULT_ENTRIES } = { ...value };
  if (device !== undefined && !isName(device)) return refused('"device" must be a text');
  if (person !== undefined && !isName(person)) return refused('"person" must be a text');
  if (!isOptionalTime(since) || !isOptionalTime(until)) {
    return refused('"since" and "until" must be milliseconds since 1970');
  }
  if (kinds !== undefined && !isNames(kinds)) return refused('"kinds" must be a list of texts');
  if (!isWhole(limit, MOST_ENTRIES)) {
    return refused(`"limit" must be a whole number from 1 to ${MOST_ENTRIES}`);
  }
  return accepted({ device, person, since, until, kinds, limit });
}

function parseTopics(value: unknown): Parsed<TopicsParams> {
  const topics = isObject(value) ? own(value, 'topics') : undefined;
  const isList = Array.isArray(topics) && topics.every((topic) => TOPICS.some((known) => known === topic));
  return isList
    ? accepted({ topics: topics as Topic[] })
    : refused(`"topics" must be a list of ${TOPICS.join(', ')}`);
}

/** What a notification `event` carries; undefined when it is not one. */
export function parseEvent(params: unknown): ChannelEvent | undefined {
  if (!isObject(params)) return undefined;
  const topic = TOPICS.find((known) => known === own(params, 'topic'));
  return topic === undefined ? undefined : { topic, data: own(params, 'data') };
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= LONGEST_NAME;
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.length <= LONGEST_NAME && value.every(isName);
}

function isWhole(value: unknown, largest: number): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= largest;
}

function isOptionalTime(value: unknown): value is number | undefined {
  return value === undefined || Number.isFinite(value);
}
