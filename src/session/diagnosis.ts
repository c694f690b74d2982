import { describeClose, type CloseReason, type PastSession } from './close-reason.ts';
import type { Target } from './transport.ts';

/** What can be wrong between here and the device, each with its words in one table. */
export type DiagnosisCode =
  | 'host-not-found'
  | 'host-unreachable'
  | 'port-closed'
  | 'no-answer'
  | 'not-remootio'
  | 'secret-key-wrong'
  | 'auth-key-wrong'
  | 'authentication-refused'
  | 'slot-taken'
  | 'device-silent'
  | 'wrong-device'
  | 'protocol-error';

/** A diagnosis in plain words: what is the matter, and what the reader can do. */
export interface Diagnosis {
  readonly code: DiagnosisCode;
  readonly message: string;
  readonly remedy: string;
}

/** What the history alone does not tell. */
export interface DiagnosisContext {
  readonly target: Target;
  /** Whether a Remootio device has answered there before. */
  readonly known: boolean;
}

/** Three challenges in a row whose MAC fails: then it is the key and not the noise. */
export const WRONG_AUTH_KEY_AFTER = 3;
/** So many sessions in a row, each dropped this soon after it was ready, or before: somebody else wants in. */
const CONTESTED_SESSIONS = 3;
export const CONTESTED_WITHIN = 60_000;

const NEW_KEYS =
  'Copy both keys anew from the Remootio app: turning its Websocket API off and on makes new keys.';

const WORDS: Readonly<
  Record<DiagnosisCode, (context: DiagnosisContext, reason: CloseReason) => readonly [string, string]>
> = {
  'host-not-found': ({ target }) => [
    `The host name ${target.host} is not known in this network.`,
    "Check the address in the settings, or use the device's IP address, which the Remootio app shows.",
  ],
  'host-unreachable': ({ target }) => [
    `${target.host} cannot be reached from this computer.`,
    'Check that the device has power and Wi-Fi, and that both are in the same network.',
  ],
  'port-closed': ({ target }) => [
    `${target.host} answers, but nothing listens on port ${target.port}.`,
    "Enable the Websocket API in the Remootio app, and check that the address is the device's.",
  ],
  'no-answer': ({ target }) => [
    `${target.host} does not answer.`,
    'Check that the device has power and Wi-Fi, and that the address is still its own.',
  ],
  'not-remootio': ({ target }) => [
    `What answers at ${target.host}, port ${target.port}, is not a Remootio device.`,
    'Check the address and the port in the settings.',
  ],
  'secret-key-wrong': () => ['The API Secret Key is wrong.', NEW_KEYS],
  'auth-key-wrong': () => ['The API Auth Key is wrong.', NEW_KEYS],
  'authentication-refused': () => [
    'The device answers "authentication error", though the keys are not known to be wrong.',
    'This usually passes by itself. If it lasts, turn the device off and on again.',
  ],
  'slot-taken': () => [
    'Another client seems to hold the one connection that the device allows.',
    'Stop what else uses its API: another plugin, Home Assistant, Node-RED, or the Remootio app on the same Wi-Fi.',
  ],
  'device-silent': () => [
    'The device accepts the connection and does not answer.',
    'If this lasts, turn the device off and on again.',
  ],
  'wrong-device': ({ target }, reason) => [
    reason.code === 'wrong-device'
      ? `Another device answers at ${target.host}: serial number ${reason.found ?? '(none)'} instead of ${reason.expected}.`
      : `Another device answers at ${target.host}.`,
    'Correct the address in the settings; if the device was replaced, remove it there and add it anew.',
  ],
  'protocol-error': (_context, reason) => [
    `The device does not keep to its protocol: ${describeClose(reason)}.`,
    'If this lasts, turn the device off and on again.',
  ],
};

/**
 * What the ends of the sessions so far say, the newest last.
 * @returns undefined when nothing can be named: short drops are normal.
 */
export function diagnose(history: readonly PastSession[], context: DiagnosisContext): Diagnosis | undefined {
  const last = history.at(-1);
  if (!last) return undefined;
  const code = codeOf(last, history, context.known);
  if (code === undefined) return undefined;
  const [message, remedy] = WORDS[code](context, last.reason);
  return { code, message, remedy };
}

/** Whether a diagnosis holds at once, rather than only once the device has been away for a while. */
export function isCertain(code: DiagnosisCode, last: CloseReason): boolean {
  if (code === 'slot-taken') return last.code === 'dropped';
  return code === 'secret-key-wrong' || code === 'auth-key-wrong' || code === 'wrong-device';
}

/** How many challenges in a row failed by their MAC; what ended without a challenge does not count. */
export function challengeMacFailures(history: readonly PastSession[]): number {
  return countBack(history, ({ code }) => code === 'challenge-mac');
}

/** How many times in a row "authentication error" came in place of a challenge. */
export function authenticationRefusals(history: readonly PastSession[]): number {
  return countBack(history, (reason) => reason.code === 'authentication-error' && !reason.verified);
}

/** Counts back from the newest, over ends that say nothing of the keys, to the first that says something else. */
function countBack(history: readonly PastSession[], counts: (reason: CloseReason) => boolean): number {
  let count = 0;
  for (const past of history.toReversed()) {
    if (counts(past.reason)) count += 1;
    else if (sawChallenge(past)) break;
  }
  return count;
}

function sawChallenge({ reached, reason }: PastSession): boolean {
  return (
    reached === 'verifying' ||
    reached === 'ready' ||
    reason.code === 'challenge-mac' ||
    reason.code === 'challenge-decrypt'
  );
}

function codeOf(
  { reason, reached }: PastSession,
  history: readonly PastSession[],
  known: boolean,
): DiagnosisCode | undefined {
  switch (reason.code) {
    case 'host-not-found':
    case 'wrong-device':
      return reason.code;
    case 'unreachable':
      return 'host-unreachable';
    case 'refused':
      return 'port-closed';
    case 'connect-timeout':
      return 'no-answer';
    case 'upgrade-invalid':
      return 'not-remootio';
    case 'upgrade-refused':
      return known || isBusyStatus(reason.status) ? 'slot-taken' : 'not-remootio';
    case 'upgrade-dropped':
      return 'slot-taken';
    case 'upgrade-timeout':
    case 'step-timeout':
    case 'no-answer':
    case 'silent':
      return 'device-silent';
    case 'bad-message':
    case 'unexpected-frame':
      return reached === 'hello' && !known ? 'not-remootio' : 'protocol-error';
    case 'challenge-mac':
      return challengeMacFailures(history) >= WRONG_AUTH_KEY_AFTER ? 'auth-key-wrong' : undefined;
    case 'challenge-decrypt':
      return 'secret-key-wrong';
    case 'authentication-error':
      return !reason.verified || lastAll(history, ({ code }) => code === 'authentication-error')
        ? 'authentication-refused'
        : undefined;
    case 'device-error':
      // We were not heard for two minutes: the network's doing.
      return reason.error === 'connection timeout' ? undefined : 'protocol-error';
    case 'bad-frame':
      return 'protocol-error';
    case 'dropped':
      return lastAll(history, ({ code }) => code === 'dropped') ? 'slot-taken' : undefined;
    case 'stopped':
      return undefined;
  }
}

/** Whether the last few sessions all ended so, and soon. */
function lastAll(history: readonly PastSession[], ended: (reason: CloseReason) => boolean): boolean {
  const last = history.slice(-CONTESTED_SESSIONS);
  return (
    last.length === CONTESTED_SESSIONS &&
    last.every(({ reason, readyFor }) => ended(reason) && (readyFor ?? 0) < CONTESTED_WITHIN)
  );
}

/** What servers answer when they have no room for one more. */
function isBusyStatus(status: number): boolean {
  return status === 403 || status === 409 || status === 423 || status === 429 || status === 503;
}
