import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LONGEST_WAIT, nextAttempt, SLOW_WAIT } from '../../src/session/backoff.ts';
import type { PastSession } from '../../src/session/close-reason.ts';

const failed = (
  reason: PastSession['reason'],
  reached: PastSession['reached'] = 'connecting',
): PastSession => ({
  reason,
  reached,
  readyFor: undefined,
});
const refused = failed({ code: 'refused' });
const dropped = (readyFor: number): PastSession => ({
  reason: { code: 'dropped', detail: '1006' },
  reached: 'ready',
  readyFor,
});
const badMac = failed({ code: 'challenge-mac' }, 'challenge');
const badSecret = failed({ code: 'challenge-decrypt' }, 'challenge');
const rejected = failed({ code: 'authentication-error', verified: false }, 'challenge');
const wedged = failed({ code: 'authentication-error', verified: true }, 'verifying');
const wrongDevice = failed({ code: 'wrong-device', expected: 'A', found: 'B' }, 'hello');
const times = (count: number, past: PastSession): PastSession[] => Array.from({ length: count }, () => past);

describe('backoff', () => {
  it.each<[string, PastSession[], number, number]>([
    ['at once after a session of 10 s', [refused, dropped(10_000)], 0, 0],
    ['at once after a session of days', [dropped(1e9)], 0, 0],
    ['not at once after a session of less', [dropped(9999)], 0, 500],
    ['half a second at the beginning', [refused], 0, 500],
    ['half a second up to an outage of 2.5 s', [refused], 2500, 500],
    ['a fifth of the outage', [refused], 60_000, 12_000],
    ['a fifth of an outage that goes on over short sessions', [dropped(3000)], 100_000, 20_000],
    ['never more than 50 s', [refused], 86_400_000, LONGEST_WAIT],
    ['5 minutes with a wrong secret key', [badSecret], 0, SLOW_WAIT],
    ['as usual after one challenge with a wrong MAC', [badMac], 0, 500],
    ['as usual after two', times(2, badMac), 10_000, 2000],
    ['5 minutes after three: the auth key is wrong', times(3, badMac), 10_000, SLOW_WAIT],
    ['5 minutes, also over an attempt that found nobody', [badMac, badMac, refused, badMac], 1000, SLOW_WAIT],
    ['as usual while it finds nobody, whatever the key', [...times(3, badMac), refused], 1000, 500],
    ['as usual when a challenge was right in between', [badMac, badMac, dropped(100), badMac], 1000, 500],
    ['5 minutes with another device', [wrongDevice], 0, SLOW_WAIT],
    ['5 s after an authentication error before any challenge', [rejected], 0, 5000],
    ['doubled after the second', times(2, rejected), 5000, 10_000],
    ['doubled after the sixth', times(6, rejected), 5000, 160_000],
    ['5 minutes after the seventh and later', times(7, rejected), 5000, SLOW_WAIT],
    ['5 minutes after twenty', times(20, rejected), 5000, SLOW_WAIT],
    ['5 s again after a challenge', [...times(5, rejected), wedged, rejected], 5000, 5000],
    ['as usual after an authentication error behind a challenge', [wedged], 5000, 1000],
  ])('%s', (_name, history, outage, wait) => {
    expect(nextAttempt(history, outage, 0).wait).toBe(wait);
  });

  it('is slow where trying sooner helps little', () => {
    const paces = [[badSecret], times(3, badMac), [wrongDevice], [rejected]].map(
      (past) => nextAttempt(past, 0, 0).pace,
    );
    expect(paces).toEqual(['slow', 'slow', 'slow', 'slow']);
    expect(nextAttempt([refused], 1e9, 0).pace).toBe('ordinary');
  });

  it('takes up to 20 % of jitter off an ordinary wait', () => {
    expect(nextAttempt([refused], 1e9, 0.5).wait).toBeCloseTo(45_000);
    fc.assert(
      fc.property(
        fc.nat(1e9),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (outage, random) => {
          const { wait } = nextAttempt([refused], outage, random);
          const whole = nextAttempt([refused], outage, 0).wait;
          expect(wait).toBeLessThanOrEqual(whole);
          expect(wait).toBeGreaterThanOrEqual(whole * 0.8);
          expect(wait).toBeLessThanOrEqual(LONGEST_WAIT);
          expect(wait).toBeGreaterThanOrEqual(400);
        },
      ),
    );
  });
});
