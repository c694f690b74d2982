import type { PastSession } from './close-reason.ts';
import { authenticationRefusals, challengeMacFailures, WRONG_AUTH_KEY_AFTER } from './diagnosis.ts';

/** A session that was ready for so long ended an outage; a shorter one was only another attempt. */
export const STABLE_AFTER = 10_000;

const OUTAGE_SHARE = 5;
/** Between two attempts at an ordinary device. */
export const SHORTEST_WAIT = 500;
export const LONGEST_WAIT = 50_000;
const JITTER = 0.2;

/** For what only a person can mend, or the device with time. */
export const SLOW_WAIT = 5 * 60_000;
const FIRST_REFUSAL_WAIT = 5000;

export interface NextAttempt {
  /** Milliseconds to wait. */
  readonly wait: number;
  /** `slow`: the device was there and turned us away, so that trying sooner helps little. */
  readonly pace: 'ordinary' | 'slow';
}

/**
 * When to try again.
 * @param history what ended so far, the newest last; at least one entry.
 * @param outage milliseconds since the last session that had been stable ended, or since the start.
 * @param random uniform in [0, 1).
 */
export function nextAttempt(history: readonly PastSession[], outage: number, random: number): NextAttempt {
  const last = history.at(-1);
  if (last?.readyFor !== undefined && last.readyFor >= STABLE_AFTER) return { wait: 0, pace: 'ordinary' };
  switch (last?.reason.code) {
    case 'challenge-decrypt':
    case 'wrong-device':
      return { wait: SLOW_WAIT, pace: 'slow' };
    case 'challenge-mac':
      if (challengeMacFailures(history) >= WRONG_AUTH_KEY_AFTER) return { wait: SLOW_WAIT, pace: 'slow' };
      break;
    case 'authentication-error':
      if (!last.reason.verified) return { wait: refusalWait(authenticationRefusals(history)), pace: 'slow' };
      break;
    default:
  }
  const wait = Math.min(Math.max(outage / OUTAGE_SHARE, SHORTEST_WAIT), LONGEST_WAIT);
  return { wait: wait * (1 - JITTER * random), pace: 'ordinary' };
}

function refusalWait(refusals: number): number {
  return Math.min(FIRST_REFUSAL_WAIT * 2 ** (refusals - 1), SLOW_WAIT);
}
