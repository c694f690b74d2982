import type { HAP } from 'homebridge';
import { ReachError, type ReachErrorCode } from '../reach/errors.ts';
import { statusError } from './hap-status.ts';

/** HAP's statuses, by the names that HAP has for them. */
const COMMUNICATION_FAILURE = -70402;
const INSUFFICIENT_PRIVILEGES = -70401;
const RESOURCE_BUSY = -70403;
const OPERATION_TIMED_OUT = -70408;
const NOT_ALLOWED_IN_CURRENT_STATE = -70412;

/** What is none of these is a failure between here and the computer. */
const STATUS: Partial<Readonly<Record<ReachErrorCode, number>>> = {
  UNAUTHORIZED: INSUFFICIENT_PRIVILEGES,
  FORBIDDEN: INSUFFICIENT_PRIVILEGES,
  TOKEN_MISSING: INSUFFICIENT_PRIVILEGES,
  RATE_LIMITED: RESOURCE_BUSY,
  DEADLINE: OPERATION_TIMED_OUT,
  NO_ANSWER: OPERATION_TIMED_OUT,
  UNKNOWN_COMPUTER: NOT_ALLOWED_IN_CURRENT_STATE,
  NO_ROLLOUT_DATA: NOT_ALLOWED_IN_CURRENT_STATE,
  ROLLOUT_DATA_USED: NOT_ALLOWED_IN_CURRENT_STATE,
  CANCELLED: NOT_ALLOWED_IN_CURRENT_STATE,
  INVALID: NOT_ALLOWED_IN_CURRENT_STATE,
  REVOKING: NOT_ALLOWED_IN_CURRENT_STATE,
};

/** What a handler throws to make a write of the support switch fail. */
export function supportError(hap: HAP, error: unknown): Error {
  const status = error instanceof ReachError ? STATUS[error.code] : undefined;
  return statusError(hap, status ?? COMMUNICATION_FAILURE);
}
