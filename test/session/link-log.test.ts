import { describe, expect, it } from 'vitest';
import type { CloseReason } from '../../src/session/close-reason.ts';
import { diagnose, type Diagnosis } from '../../src/session/diagnosis.ts';
import { AWAY_AFTER, LinkLog } from '../../src/session/link-log.ts';
import { RecordingLog } from '../helpers/recording-log.ts';

const refused: CloseReason = { code: 'refused' };
const wrongKey: CloseReason = { code: 'challenge-decrypt' };

function diagnosisOf(reason: CloseReason): Diagnosis | undefined {
  const past = { reason, reached: 'challenge', readyFor: undefined } as const;
  return diagnose([past, past, past], { target: { host: 'gate.test', port: 8080 }, known: false });
}

function bench(): {
  log: RecordingLog;
  linkLog: LinkLog;
  fail: (reason: CloseReason, outage?: number) => void;
} {
  const log = new RecordingLog();
  const linkLog = new LinkLog(log);
  const fail = (reason: CloseReason, outage = 0): void =>
    linkLog.failed({ reason, diagnosis: diagnosisOf(reason), outage });
  return { log, linkLog, fail };
}

const levels = (log: RecordingLog): string[] => log.lines.map((line) => line.split(' ')[0]!);

const EVERY_REASON: CloseReason[] = [
  { code: 'host-not-found' },
  { code: 'unreachable', error: 'EHOSTUNREACH' },
  refused,
  { code: 'connect-timeout' },
  { code: 'upgrade-timeout' },
  { code: 'upgrade-refused', status: 404 },
  { code: 'upgrade-dropped' },
  { code: 'upgrade-invalid' },
  { code: 'dropped', detail: 'ECONNRESET' },
  { code: 'bad-message' },
  { code: 'step-timeout', step: 'hello' },
  { code: 'unexpected-frame', step: 'hello', frame: 'PONG' },
  { code: 'wrong-device', expected: 'A', found: 'B' },
  { code: 'challenge-mac' },
  wrongKey,
  { code: 'authentication-error', verified: false },
  { code: 'device-error', error: 'internal error' },
  { code: 'bad-frame', failure: 'mac' },
  { code: 'no-answer', to: 'OPEN' },
  { code: 'silent' },
];

describe('link log', () => {
  it('is quiet about a short drop', () => {
    const { log, linkLog, fail } = bench();
    fail(refused, AWAY_AFTER - 1);
    linkLog.ready();
    linkLog.settled();
    expect(levels(log)).toEqual(['debug']);
  });

  it('warns once when the device is away, and once more for what a person must mend', () => {
    const { log, fail } = bench();
    fail(refused, AWAY_AFTER);
    fail({ code: 'connect-timeout' }, 1e6);
    fail(wrongKey, 2e6);
    fail(wrongKey, 3e6);
    expect(levels(log)).toEqual(['warn', 'debug', 'warn', 'debug']);
  });

  it('warns of a wrong key at once, and again after it had worked', () => {
    const { log, linkLog, fail } = bench();
    fail(wrongKey);
    linkLog.ready();
    fail(wrongKey);
    expect(levels(log)).toEqual(['warn', 'info', 'warn']);
  });

  it('says only once that it is back, unless that lasts', () => {
    const { log, linkLog, fail } = bench();
    for (let round = 0; round < 5; round++) {
      fail(refused, AWAY_AFTER);
      linkLog.ready();
    }
    expect(levels(log).filter((level) => level !== 'debug')).toEqual(['warn', 'info', 'warn']);
    linkLog.settled();
    expect(log.at('info')).toHaveLength(2);
    linkLog.settled();
    expect(log.at('info')).toHaveLength(2);
  });

  it('stays below twenty lines whatever happens in one spell of trouble, and starts anew after it', () => {
    const { log, linkLog, fail } = bench();
    const trouble = (): void => {
      for (const reason of EVERY_REASON) {
        fail(reason, 1e6);
        linkLog.ignored(`something after ${reason.code}`);
        linkLog.ready();
      }
    };
    for (let round = 0; round < 500; round++) trouble();
    expect(log.lines.length).toBeLessThan(20);
    linkLog.settled();
    const lines = log.lines.length;
    trouble();
    expect(log.lines.length).toBeGreaterThan(lines);
  });
});
