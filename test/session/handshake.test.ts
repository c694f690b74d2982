import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ActionResponse } from '../../src/wire/actions.ts';
import type { RemootioEvent } from '../../src/wire/events.ts';
import type { CloseReason } from '../../src/session/close-reason.ts';
import { CONNECT_LIMIT, UPGRADE_LIMIT } from '../../src/session/socket.ts';
import {
  advanceHandshake,
  INITIAL_HANDSHAKE,
  STEP_LIMITS,
  type HandshakeEffect,
  type HandshakeInput,
  type HandshakeState,
} from '../../src/session/handshake.ts';

const challenge = { sessionKey: createSecretKey(randomBytes(32)), initialActionId: 808411243 };
const response: ActionResponse = {
  type: 'QUERY',
  id: 808411244,
  success: true,
  state: 'no sensor',
  t100ms: 8985,
  relayTriggered: false,
  errorCode: '',
};
const event: RemootioEvent = { type: 'StateChange', cnt: 1, state: 'open', t100ms: 2 };
const SERIAL = 'A1B2C3D4E5F60001';

const connecting = INITIAL_HANDSHAKE;
const hello: HandshakeState = { step: 'hello' };
const challenging: HandshakeState = { step: 'challenge' };
const verifying: HandshakeState = { step: 'verifying', queryId: 808411244 };
const ready: HandshakeState = { step: 'ready' };
const closed: HandshakeState = { step: 'closed' };

const opened: HandshakeInput = { kind: 'open' };
const timeout: HandshakeInput = { kind: 'timeout' };
const serverHello = (more: object): HandshakeInput => ({
  kind: 'frame',
  frame: { type: 'SERVER_HELLO', apiVersion: 2, ...more },
});
const error = (errorMessage: string): HandshakeInput => ({
  kind: 'frame',
  frame: { type: 'ERROR', errorMessage },
});
const pong: HandshakeInput = { kind: 'frame', frame: { type: 'PONG' } };
const unknownFrame: HandshakeInput = { kind: 'frame', frame: { type: 'UNKNOWN', name: 'NEWS' } };
const malformed: HandshakeInput = { kind: 'frame', frame: { type: 'MALFORMED', problem: 'has no type' } };
const challengePayload: HandshakeInput = { kind: 'payload', payload: { kind: 'challenge', challenge } };
const responsePayload = (more: Partial<ActionResponse> = {}): HandshakeInput => ({
  kind: 'payload',
  payload: { kind: 'response', response: { ...response, ...more } },
});
const eventPayload: HandshakeInput = { kind: 'payload', payload: { kind: 'event', event } };
const unknownPayload: HandshakeInput = { kind: 'payload', payload: { kind: 'unknown', problem: 'is odd' } };
const unopened = (failure: 'mac' | 'format' | 'decrypt' | 'json'): HandshakeInput => ({
  kind: 'unopened',
  failure,
});

const closes = (reason: CloseReason): [HandshakeState, HandshakeEffect[]] => [
  closed,
  [{ kind: 'close', reason }],
];
const ignores = (state: HandshakeState, what: string): [HandshakeState, HandshakeEffect[]] => [
  state,
  [{ kind: 'ignored', what }],
];
const unexpected = (
  step: 'hello' | 'challenge' | 'verifying',
  frame: string,
): [HandshakeState, HandshakeEffect[]] => closes({ code: 'unexpected-frame', step, frame });

type Row = [string, HandshakeState, HandshakeInput, HandshakeState, HandshakeEffect[]];
const row = (
  name: string,
  from: HandshakeState,
  input: HandshakeInput,
  [to, effects]: [HandshakeState, HandshakeEffect[]],
): Row => [name, from, input, to, effects];

const ROWS: Row[] = [
  row('the websocket opens', connecting, opened, [
    hello,
    [
      { kind: 'send', frame: '{"type":"HELLO"}' },
      { kind: 'limit', step: 'hello' },
    ],
  ]),
  row('anything before it is open', connecting, eventPayload, [connecting, []]),
  row('a hello of version 1', hello, serverHello({ apiVersion: 1 }), [
    challenging,
    [
      { kind: 'hello', hello: { apiVersion: 1 } },
      { kind: 'send', frame: '{"type":"AUTH"}' },
      { kind: 'limit', step: 'challenge' },
    ],
  ]),
  row(
    'a hello of a later version',
    hello,
    serverHello({ apiVersion: 9, serialNumber: SERIAL, remootioVersion: 'remootio-3' }),
    [
      challenging,
      [
        { kind: 'hello', hello: { apiVersion: 3, serialNumber: SERIAL, remootioVersion: 'remootio-3' } },
        { kind: 'send', frame: '{"type":"AUTH"}' },
        { kind: 'limit', step: 'challenge' },
      ],
    ],
  ),
  row('no hello in time', hello, timeout, closes({ code: 'step-timeout', step: 'hello' })),
  row('a second opening', hello, opened, [hello, []]),
  row('an unknown frame for a hello', hello, unknownFrame, ignores(hello, 'a frame of an unknown type')),
  row('a PONG for a hello', hello, pong, unexpected('hello', 'PONG')),
  row('nonsense for a hello', hello, malformed, unexpected('hello', 'a malformed frame')),
  row('a challenge before the hello', hello, challengePayload, unexpected('hello', 'an encrypted frame')),
  row('a sealed frame before the hello', hello, unopened('mac'), unexpected('hello', 'an encrypted frame')),
  row(
    'an authentication error for a hello',
    hello,
    error('authentication error'),
    closes({ code: 'authentication-error', verified: false }),
  ),
  row(
    'an internal error for a hello',
    hello,
    error('internal error'),
    closes({ code: 'device-error', error: 'internal error' }),
  ),

  row('the challenge', challenging, challengePayload, [
    verifying,
    [
      { kind: 'query', id: 808411244, challenge },
      { kind: 'limit', step: 'verifying' },
    ],
  ]),
  row('no challenge in time', challenging, timeout, closes({ code: 'step-timeout', step: 'challenge' })),
  row('a challenge with a wrong MAC', challenging, unopened('mac'), closes({ code: 'challenge-mac' })),
  row(
    'a challenge that does not decrypt',
    challenging,
    unopened('decrypt'),
    closes({ code: 'challenge-decrypt' }),
  ),
  row(
    'a challenge that decrypts to nonsense',
    challenging,
    unopened('json'),
    closes({ code: 'challenge-decrypt' }),
  ),
  row(
    'a challenge with half a block',
    challenging,
    unopened('format'),
    closes({ code: 'bad-frame', failure: 'format' }),
  ),
  row(
    'an event before the challenge',
    challenging,
    eventPayload,
    unexpected('challenge', 'an encrypted frame'),
  ),
  row(
    'a response before the challenge',
    challenging,
    responsePayload(),
    unexpected('challenge', 'an encrypted frame'),
  ),
  row(
    'a challenge that lacks its parts',
    challenging,
    unknownPayload,
    unexpected('challenge', 'an encrypted frame'),
  ),
  row(
    'a second hello for a challenge',
    challenging,
    serverHello({}),
    unexpected('challenge', 'SERVER_HELLO'),
  ),
  row('a PONG for a challenge', challenging, pong, unexpected('challenge', 'PONG')),
  row('nonsense for a challenge', challenging, malformed, unexpected('challenge', 'a malformed frame')),
  row(
    'an unknown frame for a challenge',
    challenging,
    unknownFrame,
    ignores(challenging, 'a frame of an unknown type'),
  ),
  row(
    'an authentication error for a challenge',
    challenging,
    error('authentication error'),
    closes({ code: 'authentication-error', verified: false }),
  ),
  row(
    'an authentication timeout',
    challenging,
    error('authentication timeout'),
    closes({ code: 'device-error', error: 'authentication timeout' }),
  ),
  row(
    'already authenticated',
    challenging,
    error('already authenticated'),
    closes({ code: 'device-error', error: 'already authenticated' }),
  ),

  row('the response', verifying, responsePayload(), [ready, [{ kind: 'ready', response }]]),
  row(
    'a response that says no',
    verifying,
    responsePayload({ success: false, errorCode: 'ERR_RELAY_BUSY' }),
    [ready, [{ kind: 'ready', response: { ...response, success: false, errorCode: 'ERR_RELAY_BUSY' } }]],
  ),
  row('an event before the response', verifying, eventPayload, [verifying, [{ kind: 'event', event }]]),
  row(
    'a response with another id',
    verifying,
    responsePayload({ id: 808411243 }),
    ignores(verifying, 'a response that nobody asked for'),
  ),
  row(
    'a response of another type',
    verifying,
    responsePayload({ type: 'OPEN' }),
    ignores(verifying, 'a response that nobody asked for'),
  ),
  row('an unknown payload', verifying, unknownPayload, ignores(verifying, 'a payload that is odd')),
  row('an unknown frame', verifying, unknownFrame, ignores(verifying, 'a frame of an unknown type')),
  row('no response in time', verifying, timeout, closes({ code: 'step-timeout', step: 'verifying' })),
  row('a second challenge', verifying, challengePayload, unexpected('verifying', 'another challenge')),
  row('a hello while verifying', verifying, serverHello({}), unexpected('verifying', 'SERVER_HELLO')),
  row('a PONG while verifying', verifying, pong, unexpected('verifying', 'PONG')),
  row(
    'a wrong MAC while verifying',
    verifying,
    unopened('mac'),
    closes({ code: 'bad-frame', failure: 'mac' }),
  ),
  row(
    'a frame that does not decrypt while verifying',
    verifying,
    unopened('decrypt'),
    closes({ code: 'bad-frame', failure: 'decrypt' }),
  ),
  row('nonsense while verifying', verifying, malformed, closes({ code: 'bad-frame', failure: 'malformed' })),
  row(
    'an authentication error while verifying',
    verifying,
    error('authentication error'),
    closes({ code: 'authentication-error', verified: true }),
  ),
  row(
    'an error nobody knows',
    verifying,
    error('own goal'),
    closes({ code: 'device-error', error: 'unknown error' }),
  ),

  row('anything once ready', ready, timeout, [ready, []]),
  row('anything once closed', closed, serverHello({}), [closed, []]),
];

describe('handshake', () => {
  it.each(ROWS)('%s', (_name, from, input, to, effects) => {
    expect(advanceHandshake(from, input, { expectedSerial: undefined })).toEqual({ state: to, effects });
  });

  it.each([
    [
      'another serial',
      { serialNumber: 'FFFFFFFFFFFF0009' },
      { apiVersion: 2, serialNumber: 'FFFFFFFFFFFF0009' },
    ],
    ['no serial', {}, { apiVersion: 2 }],
  ])('refuses a device with %s before AUTH', (_name, more, refused) => {
    const result = advanceHandshake(hello, serverHello(more), { expectedSerial: SERIAL });
    const found = 'serialNumber' in more ? more.serialNumber : undefined;
    expect(result).toEqual({
      state: closed,
      effects: [
        { kind: 'refuse', hello: refused },
        { kind: 'close', reason: { code: 'wrong-device', expected: SERIAL, found } },
      ],
    });
  });

  it('takes the device with the expected serial', () => {
    const input = serverHello({ serialNumber: SERIAL });
    expect(advanceHandshake(hello, input, { expectedSerial: SERIAL }).state).toEqual(challenging);
  });

  it('wraps the action id as the device does', () => {
    const payload = { kind: 'challenge', challenge: { ...challenge, initialActionId: 0x7ffffffe } } as const;
    const { effects } = advanceHandshake(
      challenging,
      { kind: 'payload', payload },
      { expectedSerial: undefined },
    );
    expect(effects[0]).toMatchObject({ kind: 'query', id: 0 });
  });

  it('is ready or has failed within 15 s', () => {
    const steps = Object.values(STEP_LIMITS).reduce((sum, limit) => sum + limit, 0);
    expect(CONNECT_LIMIT + UPGRADE_LIMIT + steps).toBeLessThan(15_000);
  });
});
