import { describe, expect, it } from 'vitest';
import { describeClose, type CloseReason, type PastSession } from '../../src/session/close-reason.ts';
import { diagnose, type DiagnosisCode } from '../../src/session/diagnosis.ts';

const context = { target: { host: 'gate.test', port: 8080 }, known: false };
const knownContext = { ...context, known: true };

const past = (
  reason: CloseReason,
  reached: PastSession['reached'] = 'connecting',
  readyFor?: number,
): PastSession => ({ reason, reached, readyFor });
const dropped = (readyFor?: number): PastSession =>
  past({ code: 'dropped', detail: '1006' }, readyFor === undefined ? 'hello' : 'ready', readyFor);
const badMac = past({ code: 'challenge-mac' }, 'challenge');
const refused = past({ code: 'refused' });
const wedged = past({ code: 'authentication-error', verified: true }, 'ready', 20);

type Row = readonly [string, readonly PastSession[], typeof context];

/** Every diagnosis with all the ways to it; the type makes a missing one an error. */
const WAYS: Record<DiagnosisCode, readonly Row[]> = {
  'host-not-found': [['the name has no address', [past({ code: 'host-not-found' })], context]],
  'host-unreachable': [['no route', [past({ code: 'unreachable', error: 'EHOSTUNREACH' })], context]],
  'port-closed': [['the connection is refused', [refused], context]],
  'no-answer': [['nobody answers', [past({ code: 'connect-timeout' })], knownContext]],
  'not-remootio': [
    ['a web server that says 404', [past({ code: 'upgrade-refused', status: 404 })], context],
    ['something that does not speak HTTP', [past({ code: 'upgrade-invalid' })], context],
    ['binary messages', [past({ code: 'bad-message' }, 'hello')], context],
    [
      'another greeting',
      [past({ code: 'unexpected-frame', step: 'hello', frame: 'PONG' }, 'hello')],
      context,
    ],
  ],
  'secret-key-wrong': [
    ['the challenge does not decrypt', [past({ code: 'challenge-decrypt' }, 'challenge')], context],
  ],
  'auth-key-wrong': [
    ['three wrong MACs', [badMac, badMac, badMac], context],
    ['three wrong MACs with an absence between', [badMac, refused, badMac, refused, badMac], context],
  ],
  'authentication-refused': [
    [
      'an error before the challenge',
      [past({ code: 'authentication-error', verified: false }, 'challenge')],
      context,
    ],
    ['three errors behind it', [wedged, wedged, wedged], context],
  ],
  'slot-taken': [
    ['three sessions dropped soon', [dropped(100), dropped(59_999), dropped(2000)], knownContext],
    ['three connections dropped before the hello', [dropped(), dropped(), dropped()], context],
    ['the upgrade is refused by a busy server', [past({ code: 'upgrade-refused', status: 503 })], context],
    [
      'the upgrade is refused by a known device',
      [past({ code: 'upgrade-refused', status: 404 })],
      knownContext,
    ],
    ['the upgrade is dropped', [past({ code: 'upgrade-dropped' })], context],
  ],
  'device-silent': [
    ['no answer to the upgrade', [past({ code: 'upgrade-timeout' })], context],
    ['no hello', [past({ code: 'step-timeout', step: 'hello' }, 'hello')], context],
    ['no answer to an action', [past({ code: 'no-answer', to: 'OPEN' }, 'ready', 1e6)], knownContext],
    ['no answer to the keep-alive', [past({ code: 'silent' }, 'ready', 1e6)], knownContext],
  ],
  'wrong-device': [
    ['another serial', [past({ code: 'wrong-device', expected: 'A1', found: 'B2' }, 'hello')], context],
  ],
  'protocol-error': [
    ['a bad MAC in a session', [past({ code: 'bad-frame', failure: 'mac' }, 'ready', 5)], knownContext],
    ['a binary message in a session', [past({ code: 'bad-message' }, 'ready', 5)], knownContext],
    ['an odd greeting by a known device', [past({ code: 'bad-message' }, 'hello')], knownContext],
    [
      'a step out of order',
      [past({ code: 'unexpected-frame', step: 'challenge', frame: 'PONG' }, 'challenge')],
      context,
    ],
    ['an error frame', [past({ code: 'device-error', error: 'input error' }, 'hello')], context],
  ],
};

const ROWS = Object.entries(WAYS).flatMap(([code, rows]) => rows.map((row) => [code, ...row] as const));

describe('diagnosis', () => {
  it.each(ROWS)('%s: %s', (code, _name, history, given) => {
    const diagnosis = diagnose(history, given);
    expect(diagnosis?.code).toBe(code);
    expect(diagnosis?.message).toMatch(/^[A-Z\d].*\.$|^gate\.test .*\.$/);
    expect(diagnosis?.remedy).toMatch(/^[A-Z].*\.$/);
  });

  it.each<[string, readonly PastSession[]]>([
    ['nothing has ended yet', []],
    ['a session that lasted is dropped', [dropped(3_600_000)]],
    ['two sessions are dropped soon', [dropped(5), dropped(5)]],
    ['one of three lasted', [dropped(5), dropped(60_000), dropped(5)]],
    ['two challenges fail by their MAC', [badMac, badMac]],
    ['a right challenge lies between the wrong ones', [badMac, badMac, dropped(5), badMac]],
    ['an authentication error comes in a session', [wedged]],
    [
      'the device did not hear us',
      [past({ code: 'device-error', error: 'connection timeout' }, 'ready', 1e6)],
    ],
    ['it was stopped', [past({ code: 'stopped' }, 'ready', 1)]],
  ])('names nothing when %s', (_name, history) => {
    expect(diagnose(history, knownContext)).toBeUndefined();
  });

  it('names both serial numbers of a wrong device, and the missing one', () => {
    const of = (found: string | undefined): string =>
      diagnose([past({ code: 'wrong-device', expected: 'A1', found }, 'hello')], context)!.message;
    expect(of('B2')).toContain('serial number B2 instead of A1');
    expect(of(undefined)).toContain('serial number (none) instead of A1');
  });

  it('says why keys become wrong', () => {
    expect(diagnose([badMac, badMac, badMac], context)!.remedy).toContain(
      'turning its Websocket API off and on',
    );
  });

  it('describes each end in words of its own', () => {
    const reasons: CloseReason[] = ROWS.flatMap(([, , history]) => history.map(({ reason }) => reason));
    const texts = new Set(reasons.map(describeClose));
    expect(texts.size).toBe(new Set(reasons.map((reason) => JSON.stringify(reason))).size);
  });
});
