import { isObject, own } from '../base/json.ts';
import { isActionId } from './action-id.ts';
import { parseSensorState, type SensorState } from './sensor-state.ts';

/** What a client can ask of the device. TRIGGER_SECONDARY from API version 2 on. */
export const ACTION_TYPES = ['QUERY', 'TRIGGER', 'TRIGGER_SECONDARY', 'OPEN', 'CLOSE', 'RESTART'] as const;
export type ActionType = (typeof ACTION_TYPES)[number];

export interface Action {
  readonly type: ActionType;
  /** Whole minutes that the output is held instead of pulsed: version 3, and not with QUERY or RESTART. */
  readonly duration?: number;
}

/** The error codes that the specification names. The device may send others: `errorCode` is a string. */
export type KnownErrorCode = 'ERR_RELAY_BUSY' | 'ERR_NO_SENSOR' | 'ERR_INVALID_REQUEST';

export interface ActionResponse {
  readonly type: ActionType;
  readonly id: number;
  readonly success: boolean;
  readonly state: SensorState;
  /** Time since the device's last restart, in units of 100 ms. */
  readonly t100ms: number;
  /** Whether the output was pulsed by this action: the only sign that the gate was told to move. */
  readonly relayTriggered: boolean;
  /** Empty unless `success` is false. */
  readonly errorCode: KnownErrorCode | (string & {});
}

/** The payload of an action, before encryption. Key order as the vendor's own clients send it. */
export function actionPayload(action: Action, id: number): string {
  const duration = action.duration === undefined ? '' : `,"duration":${action.duration}`;
  return `{"action":{"type":"${action.type}","id":${id}${duration}}}`;
}

/** Reads the value of `response`. @returns undefined when it is not one. */
export function parseResponse(value: unknown): ActionResponse | undefined {
  if (!isObject(value)) return undefined;
  const type = ACTION_TYPES.find((known) => known === own(value, 'type'));
  const id = own(value, 'id');
  const success = own(value, 'success');
  const state = parseSensorState(own(value, 'state'));
  const t100ms = own(value, 't100ms');
  const relayTriggered = own(value, 'relayTriggered');
  const errorCode = own(value, 'errorCode');
  if (type === undefined || !isActionId(id) || typeof success !== 'boolean' || state === undefined) {
    return undefined;
  }
  if (!isTicks(t100ms) || typeof relayTriggered !== 'boolean') return undefined;
  // A success may come without a code; a failure without one still is a failure.
  const code = typeof errorCode === 'string' ? errorCode.replace(/[^\w-]/g, '').slice(0, 40) : '';
  return { type, id, success, state, t100ms, relayTriggered, errorCode: code };
}

/** `t100ms` and `cnt`: whole, not negative, and exact as a JavaScript number. */
export function isTicks(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
