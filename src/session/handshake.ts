import { nextActionId } from '../wire/action-id.ts';
import type { ActionResponse } from '../wire/actions.ts';
import type { OpenFailure } from '../wire/envelope.ts';
import type { RemootioEvent } from '../wire/events.ts';
import {
  AUTH_FRAME,
  HELLO_FRAME,
  supportedVersion,
  type EncryptedFrame,
  type InboundFrame,
  type MalformedFrame,
  type ServerHelloFrame,
} from '../wire/frames.ts';
import type { Challenge, InboundPayload } from '../wire/payloads.ts';
import { errorFrameReason, type CloseReason, type HandshakeStep } from './close-reason.ts';
import type { DeviceHello } from './link.ts';

/**
 * How long each step may take, in milliseconds. Together with 3 s each for connecting and upgrading a session
 * is ready within 15 s or has failed. A frame of ours is outstanding in every step, so that nothing else may
 * be sent before the session is ready, a PING neither; and none is due that early.
 */
export const STEP_LIMITS: Readonly<Record<HandshakeStep, number>> = {
  hello: 2500,
  challenge: 3000,
  verifying: 3000,
};

export type HandshakeState =
  | { readonly step: 'connecting' | 'hello' | 'challenge' }
  | { readonly step: 'verifying'; readonly queryId: number }
  | { readonly step: 'ready' | 'closed' };

export type ClearFrame = Exclude<InboundFrame, EncryptedFrame> | MalformedFrame;

export type HandshakeInput =
  /** The websocket is open. */
  | { readonly kind: 'open' }
  /** A frame that is not encrypted. */
  | { readonly kind: 'frame'; readonly frame: ClearFrame }
  /** What was in an ENCRYPTED frame, its MAC checked. */
  | { readonly kind: 'payload'; readonly payload: InboundPayload }
  /** An ENCRYPTED frame that could not be opened. */
  | { readonly kind: 'unopened'; readonly failure: OpenFailure }
  /** The present step's time is over. */
  | { readonly kind: 'timeout' };

export type HandshakeEffect =
  | { readonly kind: 'send'; readonly frame: string }
  /** Send the QUERY that finishes the authentication, sealed with the session key. */
  | { readonly kind: 'query'; readonly id: number; readonly challenge: Challenge }
  /** Start the present step's time limit anew. */
  | { readonly kind: 'limit'; readonly step: HandshakeStep }
  | { readonly kind: 'hello'; readonly hello: DeviceHello }
  /** It is another device than the one expected. */
  | { readonly kind: 'refuse'; readonly hello: DeviceHello }
  | { readonly kind: 'event'; readonly event: RemootioEvent }
  | { readonly kind: 'ready'; readonly response: ActionResponse }
  /** Something that no version of the specification knows, harmless: for the log. */
  | { readonly kind: 'ignored'; readonly what: string }
  | { readonly kind: 'close'; readonly reason: CloseReason };

export interface HandshakeContext {
  /** The serial number that the device must say; undefined where any will do. */
  readonly expectedSerial: string | undefined;
}

export interface HandshakeResult {
  readonly state: HandshakeState;
  readonly effects: readonly HandshakeEffect[];
}

export const INITIAL_HANDSHAKE: HandshakeState = { step: 'connecting' };

/**
 * One step of HELLO → SERVER_HELLO → AUTH → challenge → QUERY → its response (v1 specification, chapter 6).
 * Pure: opening frames, sending and timing are the session's.
 */
export function advanceHandshake(
  state: HandshakeState,
  input: HandshakeInput,
  context: HandshakeContext,
): HandshakeResult {
  switch (state.step) {
    case 'connecting':
      return input.kind === 'open'
        ? { state: { step: 'hello' }, effects: enter('hello', HELLO_FRAME) }
        : stay(state);
    case 'hello':
    case 'challenge':
    case 'verifying':
      return advanceStep({ ...state, step: state.step } as RunningState, input, context);
    case 'ready':
    case 'closed':
      return stay(state);
  }
}

type RunningState = HandshakeState & { readonly step: HandshakeStep };

function advanceStep(state: RunningState, input: HandshakeInput, context: HandshakeContext): HandshakeResult {
  switch (input.kind) {
    case 'open':
      return stay(state);
    case 'timeout':
      return close({ code: 'step-timeout', step: state.step });
    case 'frame':
      return onFrame(state, input.frame, context);
    case 'payload':
      return onPayload(state, input.payload);
    case 'unopened':
      return onUnopened(state.step, input.failure);
  }
}

function onFrame(state: RunningState, frame: ClearFrame, context: HandshakeContext): HandshakeResult {
  switch (frame.type) {
    case 'ERROR':
      return close(errorFrameReason(frame.errorMessage, state.step === 'verifying'));
    case 'UNKNOWN':
      return stay(state, { kind: 'ignored', what: 'a frame of an unknown type' });
    case 'SERVER_HELLO':
      return state.step === 'hello' ? onHello(frame, context) : unexpected(state.step, 'SERVER_HELLO');
    case 'PONG':
      return unexpected(state.step, 'PONG');
    case 'MALFORMED':
      return state.step === 'verifying'
        ? close({ code: 'bad-frame', failure: 'malformed' })
        : unexpected(state.step, 'a malformed frame');
  }
}

function onHello(frame: ServerHelloFrame, { expectedSerial }: HandshakeContext): HandshakeResult {
  const { apiVersion, serialNumber, remootioVersion } = frame;
  const hello: DeviceHello = {
    apiVersion: supportedVersion(apiVersion),
    ...(serialNumber !== undefined && { serialNumber }),
    ...(remootioVersion !== undefined && { remootioVersion }),
  };
  if (expectedSerial !== undefined && serialNumber !== expectedSerial) {
    const refusal = close({ code: 'wrong-device', expected: expectedSerial, found: serialNumber });
    return { ...refusal, effects: [{ kind: 'refuse', hello }, ...refusal.effects] };
  }
  return {
    state: { step: 'challenge' },
    effects: [{ kind: 'hello', hello }, ...enter('challenge', AUTH_FRAME)],
  };
}

function onPayload(state: RunningState, payload: InboundPayload): HandshakeResult {
  if (state.step === 'challenge' && payload.kind === 'challenge') return onChallenge(payload.challenge);
  if (state.step !== 'verifying') return unexpected(state.step, 'an encrypted frame');
  switch (payload.kind) {
    case 'event':
      return stay(state, { kind: 'event', event: payload.event });
    case 'response':
      return onResponse(state, payload.response);
    case 'unknown':
      return stay(state, { kind: 'ignored', what: `a payload that ${payload.problem}` });
    case 'challenge':
      return unexpected(state.step, 'another challenge');
  }
}

function onChallenge(challenge: Challenge): HandshakeResult {
  const queryId = nextActionId(challenge.initialActionId);
  return {
    state: { step: 'verifying', queryId },
    effects: [
      { kind: 'query', id: queryId, challenge },
      { kind: 'limit', step: 'verifying' },
    ],
  };
}

function onResponse(state: HandshakeState, response: ActionResponse): HandshakeResult {
  if (state.step !== 'verifying' || response.id !== state.queryId || response.type !== 'QUERY') {
    return stay(state, { kind: 'ignored', what: 'a response that nobody asked for' });
  }
  return { state: { step: 'ready' }, effects: [{ kind: 'ready', response }] };
}

function onUnopened(step: HandshakeStep, failure: OpenFailure): HandshakeResult {
  switch (step) {
    case 'hello':
      return unexpected(step, 'an encrypted frame');
    case 'verifying':
      return close({ code: 'bad-frame', failure });
    case 'challenge':
      if (failure === 'mac') return close({ code: 'challenge-mac' });
      if (failure === 'format') return close({ code: 'bad-frame', failure });
      // One time in 256 the wrong key leaves padding that looks right; then what is in it is not JSON.
      return close({ code: 'challenge-decrypt' });
  }
}

function enter(step: HandshakeStep, frame: string): readonly HandshakeEffect[] {
  return [
    { kind: 'send', frame },
    { kind: 'limit', step },
  ];
}

function stay(state: HandshakeState, ...effects: readonly HandshakeEffect[]): HandshakeResult {
  return { state, effects };
}

function close(reason: CloseReason): HandshakeResult {
  return { state: { step: 'closed' }, effects: [{ kind: 'close', reason }] };
}

function unexpected(step: HandshakeStep, frame: string): HandshakeResult {
  return close({ code: 'unexpected-frame', step, frame });
}
