import { isObject, own, parseJson, type JsonObject } from '../base/json.ts';
import { redact } from '../base/redact.ts';
import { ReachError, type ReachErrorCode, type ReachOutcome } from './errors.ts';
import { type AnswerReader, UNKNOWN_KEY_ERRORS } from './field-names.ts';
import type { HttpAnswer } from './http-exchange.ts';

export interface RefusedCall {
  /** The last part of the path, for the message: "createdevicekey". */
  readonly name: string;
  readonly answer: HttpAnswer;
  readonly reader: AnswerReader;
  readonly unknownKeyErrors?: readonly string[];
  /** What was sent and must not come back in a message. */
  readonly secrets: readonly string[];
  /** Wall time at which the answer came. */
  readonly now: number;
}

/** The backend may ask to be left alone for days; a switch that does nothing until then helps nobody. */
const LONGEST_WAIT = 3_600_000;

/** The error for an answer whose status is not the one of success. */
export function refusalOf(call: RefusedCall): ReachError {
  const { answer, reader, secrets } = call;
  const parsed = parseJson(answer.text);
  const body: JsonObject = isObject(parsed) ? parsed : {};
  const error = clean(reader.text(body, 'error'), 60, secrets);
  const description = clean(reader.text(body, 'errorDescription'), 200, secrets);
  const signature = clean(reader.text(body, 'errorSignature'), 80, secrets);
  const errorCode = codeOf(reader.read(body, 'errorCode'), secrets);
  const retryAfter = retryAfterOf(answer.retryAfter, call.now);
  const unknownKey = [...UNKNOWN_KEY_ERRORS, ...(call.unknownKeyErrors ?? [])];
  const code = isUnknownKey(answer.status, error, errorCode, unknownKey)
    ? 'UNKNOWN_KEY'
    : codeOfStatus(answer.status, error);
  const said = [
    `HTTP ${answer.status}`,
    ...(error === undefined ? [] : [error]),
    ...(errorCode === undefined ? [] : [`error code ${errorCode}`]),
  ].join(', ');
  const why = description === undefined ? '' : `: ${description.replace(/\.$/, '')}`;
  return new ReachError(
    code,
    `TeamViewer refused ${call.name} (${said})${why}. ${REMEDIES[code] ?? ''}`.trim(),
    {
      outcome: outcomeOf(answer.status),
      status: answer.status,
      ...(error === undefined ? {} : { error }),
      ...(errorCode === undefined ? {} : { errorCode }),
      ...(description === undefined ? {} : { description }),
      ...(signature === undefined ? {} : { signature }),
      ...(retryAfter === undefined ? {} : { retryAfter }),
    },
  );
}

const REMEDIES: Partial<Record<ReachErrorCode, string>> = {
  UNAUTHORIZED: 'Check the script token: it is wrong, expired or revoked.',
  FORBIDDEN: "Check the script token's permissions, and that its account is a tenant.",
  NOT_FOUND: 'Check the base address and the revision of the unregister path.',
  UNKNOWN_KEY: 'The computer does not know this device key.',
  RATE_LIMITED: 'Too many calls; try again later.',
  SERVER_ERROR: 'The fault is on their side; try again later.',
  REDIRECTED: 'It was not followed, since the script token would go with it: check the base address.',
};

/** An answer that is JSON with TeamViewer's name for it, so that a wrong path's 404 is never taken for one. */
function isUnknownKey(
  status: number,
  error: string | undefined,
  errorCode: number | string | undefined,
  known: readonly string[],
): boolean {
  if (status < 400 || status > 499 || status === 401 || status === 429) return false;
  return (
    (error !== undefined && known.includes(error)) ||
    (errorCode !== undefined && known.includes(String(errorCode)))
  );
}

function codeOfStatus(status: number, error: string | undefined): ReachErrorCode {
  // The Web API has also sent its rate limit as a 403.
  if (status === 429 || error === 'rate_limit_reached') return 'RATE_LIMITED';
  if (status === 401) return 'UNAUTHORIZED';
  if (status === 403) return 'FORBIDDEN';
  if (status === 404) return 'NOT_FOUND';
  if (status >= 500) return 'SERVER_ERROR';
  if (status >= 400) return 'REFUSED';
  if (status >= 300) return 'REDIRECTED';
  return 'BAD_ANSWER';
}

/** After a 5xx or a 408 nobody knows how far it had got; a success of the wrong kind is no refusal. */
function outcomeOf(status: number): ReachOutcome {
  return status >= 300 && status < 500 && status !== 408 ? 'refused' : 'unknown';
}

/** Seconds, or an HTTP date. @returns milliseconds from now. */
function retryAfterOf(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const wait = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), LONGEST_WAIT);
}

function codeOf(value: unknown, secrets: readonly string[]): number | string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  return typeof value === 'string' ? clean(value, 40, secrets) : undefined;
}

/** Somebody else's text: one line, short, and without what we had sent. */
function clean(text: string | undefined, longest: number, secrets: readonly string[]): string | undefined {
  if (text === undefined) return undefined;
  const line = redact(text, secrets)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}

/** The names of an answer's fields, for a message that must not show their values. */
export function fieldNamesOf(answer: JsonObject): string {
  const names = Object.keys(answer)
    .filter((name) => own(answer, name) !== undefined)
    .map((name) => name.replace(/[^\w-]/g, '?').slice(0, 40))
    .slice(0, 20);
  return names.length === 0 ? 'no field at all' : names.join(', ');
}
