import { isObject, own, type JsonObject } from '../base/json.ts';
import { isTicks } from './actions.ts';
import { parseSensorState, type SensorState } from './sensor-state.ts';

/** What every event carries. */
export interface EventBase {
  /** Counts the device's events; back to 0 with the Restart event. */
  readonly cnt: number;
  /** What the sensor said when it happened. */
  readonly state: SensorState;
  /** Time since the device's last restart, in units of 100 ms. */
  readonly t100ms: number;
}

/** Who used the device, and by which way. The lists are the specification's; a device may send other words. */
export interface KeyUse {
  readonly keyNr: number;
  readonly keyType:
    'master key' | 'unique key' | 'guest key' | 'api key' | 'smart home' | 'automation' | (string & {});
  readonly via: 'bluetooth' | 'wifi' | 'internet' | 'autoopen' | 'unknown' | 'none' | (string & {});
}

export interface KeyRights {
  readonly keyNr: number;
  readonly keyType: string;
  readonly bluetooth: boolean;
  readonly wifi: boolean;
  readonly internet: boolean;
  readonly notification: boolean;
  readonly isRemoved: boolean;
}

/** The events that carry nothing but what every event carries. */
export const PLAIN_EVENT_TYPES = [
  'StateChange',
  'Restart',
  'ManualButtonPushed',
  'ManualButtonEnabled',
  'ManualButtonDisabled',
  'DoorbellPushed',
  'DoorbellEnabled',
  'DoorbellDisabled',
  'SensorEnabled',
  'SensorFlipped',
  'SensorDisabled',
  'Output1Activated',
  'Output1Deactivated',
  'Output2Activated',
  'Output2Deactivated',
] as const;

/** The events that tell who used the device. */
export const KEY_USE_EVENT_TYPES = [
  'RelayTrigger',
  'SecondaryRelayTrigger',
  'Connected',
  'OutputHeldActive',
  'SecondaryOutputHeldActive',
] as const;

export type PlainEventType = (typeof PLAIN_EVENT_TYPES)[number];
export type KeyUseEventType = (typeof KEY_USE_EVENT_TYPES)[number];

/** An event of any API version. Types that no version knows arrive as `Unknown`, with all that they carried. */
export type RemootioEvent = EventBase &
  (
    | { readonly type: PlainEventType }
    | { readonly type: KeyUseEventType; readonly data: KeyUse }
    | { readonly type: 'LeftOpen'; readonly data: { readonly timeOpen100ms: number } }
    | { readonly type: 'KeyManagement'; readonly data: KeyRights }
    | { readonly type: 'Unknown'; readonly name: string; readonly data: unknown }
  );

export type RemootioEventType = RemootioEvent['type'];

/** The types that the specification names, for lists and schemas. */
export const EVENT_TYPES: readonly RemootioEventType[] = [
  ...PLAIN_EVENT_TYPES,
  ...KEY_USE_EVENT_TYPES,
  'LeftOpen',
  'KeyManagement',
];

/**
 * Reads the value of `event` (or, as the v1 text prints it, of `KeyManagement`).
 * @returns undefined when it lacks what every event has. An event of a known type whose `data` is not what the
 * specification says is passed on as `Unknown`: that it happened is still true.
 */
export function parseEvent(value: unknown): RemootioEvent | undefined {
  if (!isObject(value)) return undefined;
  const name = own(value, 'type');
  const cnt = own(value, 'cnt');
  const state = parseSensorState(own(value, 'state'));
  const t100ms = own(value, 't100ms');
  if (typeof name !== 'string' || !isTicks(cnt) || state === undefined || !isTicks(t100ms)) return undefined;
  const base: EventBase = { cnt, state, t100ms };
  return parseKnown(name, base, own(value, 'data')) ?? unknown(name, base, own(value, 'data'));
}

function parseKnown(name: string, base: EventBase, data: unknown): RemootioEvent | undefined {
  const plain = PLAIN_EVENT_TYPES.find((type) => type === name);
  if (plain !== undefined) return { type: plain, ...base };
  if (!isObject(data)) return undefined;
  const keyUse = KEY_USE_EVENT_TYPES.find((type) => type === name);
  if (keyUse !== undefined) {
    const use = parseKeyUse(data);
    return use && { type: keyUse, ...base, data: use };
  }
  if (name === 'LeftOpen') {
    const timeOpen100ms = own(data, 'timeOpen100ms');
    return isTicks(timeOpen100ms) ? { type: name, ...base, data: { timeOpen100ms } } : undefined;
  }
  if (name === 'KeyManagement') {
    const rights = parseKeyRights(data);
    return rights && { type: name, ...base, data: rights };
  }
  return undefined;
}

function parseKeyUse(data: JsonObject): KeyUse | undefined {
  const keyNr = own(data, 'keyNr');
  const keyType = word(own(data, 'keyType'));
  const via = word(own(data, 'via'));
  if (!isTicks(keyNr) || keyType === undefined || via === undefined) return undefined;
  return { keyNr, keyType, via };
}

function parseKeyRights(data: JsonObject): KeyRights | undefined {
  const keyNr = own(data, 'keyNr');
  const keyType = word(own(data, 'keyType'));
  if (!isTicks(keyNr) || keyType === undefined) return undefined;
  const flag = (key: string): boolean => own(data, key) === true;
  return {
    keyNr,
    keyType,
    bluetooth: flag('bluetooth'),
    wifi: flag('wifi'),
    internet: flag('internet'),
    notification: flag('notification'),
    isRemoved: flag('isRemoved'),
  };
}

/** A word of the device's vocabulary: short and printable, since it reaches logs and pages. */
function word(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\x20-\x7e]{1,40}$/.test(value) ? value : undefined;
}

function unknown(name: string, base: EventBase, data: unknown): RemootioEvent {
  return { type: 'Unknown', name: name.replace(/[^\x20-\x7e]/g, '?').slice(0, 60), ...base, data };
}
