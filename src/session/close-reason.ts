import type { ActionType } from '../wire/actions.ts';
import type { OpenFailure } from '../wire/envelope.ts';

/** The steps of the handshake, named after what is waited for. */
export type HandshakeStep = 'hello' | 'challenge' | 'verifying';

/** How far a session came. */
export type ReachedStep = 'connecting' | HandshakeStep | 'ready';

/** How a connection ended, or why there never was one, as the socket tells it. */
export type SocketEnd =
  /** The name has no address, or the lookup took longer than connecting may. */
  | { readonly code: 'host-not-found' }
  /** No route, host down, or another system error; `error` is the system's code. */
  | { readonly code: 'unreachable'; readonly error: string }
  /** The host answered that nothing listens on the port. */
  | { readonly code: 'refused' }
  /** No answer to the TCP connection in time. */
  | { readonly code: 'connect-timeout' }
  /** TCP is there, and no answer to the HTTP upgrade in time. */
  | { readonly code: 'upgrade-timeout' }
  /** The answer to the upgrade was not 101. */
  | { readonly code: 'upgrade-refused'; readonly status: number }
  /** The connection was closed instead of an answer to the upgrade. */
  | { readonly code: 'upgrade-dropped' }
  /** The answer to the upgrade was not HTTP, or not a websocket's. */
  | { readonly code: 'upgrade-invalid' }
  /** An open websocket was closed by the other side or by the network. */
  | { readonly code: 'dropped'; readonly detail: string }
  /** A binary or oversized message, or a violation of the websocket protocol. */
  | { readonly code: 'bad-message' };

/** Why a session is closed. */
export type CloseReason =
  | SocketEnd
  /** The device did not do in time what this step waits for. */
  | { readonly code: 'step-timeout'; readonly step: HandshakeStep }
  /** A frame that has no place in this step. `frame` is its type, in our words. */
  | { readonly code: 'unexpected-frame'; readonly step: HandshakeStep | 'ready'; readonly frame: string }
  /** SERVER_HELLO of another device than the one that is bound here. */
  | { readonly code: 'wrong-device'; readonly expected: string; readonly found: string | undefined }
  /** The MAC of the challenge is wrong: three in a row mean that the API Auth Key is. */
  | { readonly code: 'challenge-mac' }
  /** The challenge's MAC is right, and it does not decrypt: the API Secret Key is wrong. */
  | { readonly code: 'challenge-decrypt' }
  /** ERROR "authentication error"; `verified`: it came after a challenge that both keys fit. */
  | { readonly code: 'authentication-error'; readonly verified: boolean }
  /** Any other ERROR frame. */
  | { readonly code: 'device-error'; readonly error: DeviceErrorMessage }
  /** A frame that failed once there was a session key. */
  | { readonly code: 'bad-frame'; readonly failure: OpenFailure | 'malformed' }
  /** A frame of ours that was not answered in time. */
  | { readonly code: 'no-answer'; readonly to: ActionType | 'PING' }
  /** The keep-alive was not answered: the other side is gone without a word. */
  | { readonly code: 'silent' }
  /** Closed by us, on purpose. */
  | { readonly code: 'stopped' };

/** A session, or an attempt at one, that has ended. */
export interface PastSession {
  readonly reason: CloseReason;
  readonly reached: ReachedStep;
  /** How long it had been ready, in milliseconds; undefined where it never was. */
  readonly readyFor: number | undefined;
}

/** The texts of ERROR frames that the specification lists; what else a device says is not repeated. */
export const DEVICE_ERROR_MESSAGES = [
  'json error',
  'input error',
  'internal error',
  'connection timeout',
  'authentication timeout',
  'already authenticated',
  'authentication error',
] as const;
export type DeviceErrorMessage = (typeof DEVICE_ERROR_MESSAGES)[number] | 'unknown error';

/** The reason that an ERROR frame gives. @param verified whether a challenge that both keys fit came before. */
export function errorFrameReason(message: string, verified: boolean): CloseReason {
  const error = DEVICE_ERROR_MESSAGES.find((known) => known === message) ?? 'unknown error';
  return error === 'authentication error'
    ? { code: 'authentication-error', verified }
    : { code: 'device-error', error };
}

const WAITED_FOR: Readonly<Record<HandshakeStep, string>> = {
  hello: 'hello',
  challenge: 'authentication challenge',
  verifying: 'first response',
};

/** In plain words, for a log at debug level: half a sentence, no secrets, no addresses. */
export function describeClose(reason: CloseReason): string {
  switch (reason.code) {
    case 'host-not-found':
      return 'the host name was not found';
    case 'unreachable':
      return `the host cannot be reached (${reason.error})`;
    case 'refused':
      return 'the host refuses connections on this port';
    case 'connect-timeout':
      return 'the host did not answer in time';
    case 'upgrade-timeout':
      return 'the host accepted the connection and did not answer in time';
    case 'upgrade-refused':
      return `the websocket was refused with HTTP status ${reason.status}`;
    case 'upgrade-dropped':
      return 'the host closed the connection before the websocket was open';
    case 'upgrade-invalid':
      return 'the host did not answer as a websocket server does';
    case 'dropped':
      return `the connection was closed by the device or the network (${reason.detail})`;
    case 'bad-message':
      return 'a message came that no Remootio device sends';
    case 'step-timeout':
      return `the ${WAITED_FOR[reason.step]} of the device did not come in time`;
    case 'unexpected-frame':
      return `${reason.frame} came while ${reason.step === 'ready' ? 'in session' : `waiting for the ${WAITED_FOR[reason.step]}`}`;
    case 'wrong-device':
      return `the device says serial number ${reason.found ?? '(none)'} where ${reason.expected} is expected`;
    case 'challenge-mac':
      return 'the authentication challenge does not fit the API Auth Key';
    case 'challenge-decrypt':
      return 'the authentication challenge does not fit the API Secret Key';
    case 'authentication-error':
      return `the device says "authentication error" ${reason.verified ? 'in a session whose keys are right' : 'before any challenge'}`;
    case 'device-error':
      return `the device says "${reason.error}"`;
    case 'bad-frame':
      return `a frame came that is not valid (${reason.failure})`;
    case 'no-answer':
      return `${reason.to} was not answered in time`;
    case 'silent':
      return 'the device has fallen silent';
    case 'stopped':
      return 'stopped';
  }
}
