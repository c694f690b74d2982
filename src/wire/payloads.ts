import { createSecretKey, type KeyObject } from 'node:crypto';
import { isObject, own } from '../base/json.ts';
import { isActionId } from './action-id.ts';
import { parseResponse, type ActionResponse } from './actions.ts';
import { decodeBase64 } from './base64.ts';
import { parseEvent, type RemootioEvent } from './events.ts';

const SESSION_KEY_BYTES = 32;

/** The device's authentication challenge. */
export interface Challenge {
  /** API Session Key: encrypts everything else in this session. */
  readonly sessionKey: KeyObject;
  /** The last id used: the first action carries the next one. */
  readonly initialActionId: number;
}

/** What an ENCRYPTED frame of the device can hold. */
export type InboundPayload =
  | { readonly kind: 'challenge'; readonly challenge: Challenge }
  | { readonly kind: 'response'; readonly response: ActionResponse }
  | { readonly kind: 'event'; readonly event: RemootioEvent }
  | { readonly kind: 'unknown'; readonly problem: string };

/** Reads what came out of an ENCRYPTED frame. Never throws, never quotes a value. */
export function parsePayload(payload: unknown): InboundPayload {
  if (!isObject(payload)) return unknown('is not a JSON object');
  if (Object.hasOwn(payload, 'response')) {
    const response = parseResponse(own(payload, 'response'));
    return response ? { kind: 'response', response } : unknown('is not a valid response');
  }
  // Version 1 leaves out `"type":"CHALLENGE"`, so the key decides.
  if (Object.hasOwn(payload, 'challenge')) {
    const challenge = parseChallenge(own(payload, 'challenge'));
    return challenge ? { kind: 'challenge', challenge } : unknown('is not a valid challenge');
  }
  // The v1 text shows KeyManagement under a key of its own name; devices send `event`.
  const event = parseEvent(own(payload, 'event') ?? own(payload, 'KeyManagement'));
  return event ? { kind: 'event', event } : unknown('is neither challenge, response nor event');
}

function parseChallenge(value: unknown): Challenge | undefined {
  if (!isObject(value)) return undefined;
  const text = own(value, 'sessionKey');
  const initialActionId = own(value, 'initialActionId');
  const bytes = typeof text === 'string' ? decodeBase64(text) : undefined;
  if (bytes?.length !== SESSION_KEY_BYTES || !isActionId(initialActionId)) return undefined;
  return { sessionKey: createSecretKey(bytes), initialActionId };
}

function unknown(problem: string): InboundPayload {
  return { kind: 'unknown', problem };
}
