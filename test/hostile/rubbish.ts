import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { isObject } from '../../src/base/json.ts';
import { MAX_MESSAGE_BYTES } from '../../src/session/socket.ts';
import { sealFrame } from '../../src/simulator/cipher.ts';
import { AUTH_KEY, QUERY_ID, SECRET_KEY, sealed, SERVER_HELLO, SESSION_KEY, signed } from './hostile-peer.ts';

const POLLUTION = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'] as const;
const KNOWN = ['ENCRYPTED', 'SERVER_HELLO', 'ERROR', 'PONG'];

export const anyText = fc
  .array(fc.nat(0xffff), { maxLength: 200 })
  .map((units) => String.fromCharCode(...units));
const json = fc.jsonValue({ maxDepth: 4 });
const bytes = (length: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((each) => Buffer.from(each));
const number = fc.oneof(
  fc.constantFrom(0, -1, 1.5, 1e308, -0, 2 ** 31, 2 ** 53, 2 ** 53 + 2, Number.MAX_VALUE),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function hasType(value: unknown): boolean {
  return isObject(value) && Object.hasOwn(value, 'type') && typeof value['type'] === 'string';
}

/** JSON text of an object with this key twice, nested, or set on the prototype by whoever merges it. */
export const pollution = fc
  .tuple(fc.constantFrom(...POLLUTION), json)
  .map(([key, value]) => `{"${key}":{"type":"PONG","polluted":true,"value":${JSON.stringify(value)}}}`);

/** Text that is no JSON, or no more. */
export const notJson = fc.oneof(
  anyText.filter((text) => !parses(text)),
  fc
    .tuple(fc.constantFrom(SERVER_HELLO, sealed({ event: {} }), '{"type":"PONG"}'), fc.nat(50))
    .map(([text, cut]) => text.slice(0, Math.max(1, text.length - 1 - cut))),
  json.map((value) => `${JSON.stringify(value)},`),
);

/** JSON that is no frame. */
export const noFrame = json.filter((value) => !hasType(value)).map((value) => JSON.stringify(value));

/** Frames of types that no device sends. */
export const unknownType = fc
  .tuple(
    fc.oneof(fc.constantFrom('HELLO', 'AUTH', 'PING', 'pong', 'ENCRYPTED ', ...POLLUTION), anyText),
    json,
    pollution,
  )
  .filter(([type]) => !KNOWN.includes(type))
  .map(
    ([type, value, polluted]) =>
      `{"type":${JSON.stringify(type)},"data":${JSON.stringify(value)},${polluted.slice(1)}`,
  );

function looksEncrypted(data: unknown, mac: unknown): boolean {
  return (
    isObject(data) &&
    typeof data['iv'] === 'string' &&
    typeof data['payload'] === 'string' &&
    typeof mac === 'string'
  );
}

/** Frames of known types whose parts are not what they must be. */
export const wrongTypes = fc.oneof(
  fc
    .tuple(json, json)
    .filter(([data, mac]) => !looksEncrypted(data, mac))
    .map(([data, mac]) => JSON.stringify({ type: 'ENCRYPTED', data, mac })),
  fc
    .record({
      iv: fc.oneof(json, fc.constant('')),
      payload: json,
      mac: fc.constantFrom(7, null, [], {}, true),
    })
    .map(({ iv, payload, mac }) => JSON.stringify({ type: 'ENCRYPTED', data: { iv, payload }, mac })),
  fc.constant('{"type":"ENCRYPTED","data":{"__proto__":{"iv":"","payload":""}},"mac":""}'),
  fc
    .oneof(number, json)
    .filter((apiVersion) => !Number.isInteger(apiVersion) || (apiVersion as number) < 1)
    .map((apiVersion) => JSON.stringify({ type: 'SERVER_HELLO', apiVersion })),
  json.map((errorMessage) => JSON.stringify({ type: 'ERROR', errorMessage })),
);

const nest = (depth: number, [open, close]: readonly [string, string], inside: string): string =>
  open.repeat(depth) + inside + close.repeat(depth);

/** JSON as deep as fits into a frame. */
export const nested = fc
  .tuple(
    fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 8_000 }) }, fc.constant(60_000)),
    fc.constantFrom(['[', ']'] as const, ['{"a":', '}'] as const),
  )
  .map(([depth, brackets]) => {
    const most = Math.floor((MAX_MESSAGE_BYTES - 200) / (brackets[0].length + 1));
    return nest(Math.min(depth, most), brackets, '1');
  });
/** What a real device could say, so that only the MAC tells that it did not. */
const plausible = fc.oneof(
  fc.constantFrom('open', 'closed').map((state) => ({
    event: { cnt: 5, type: 'StateChange', state, t100ms: 1000 },
  })),
  fc.constantFrom('open', 'closed').map((state) => ({
    response: {
      type: 'QUERY',
      id: QUERY_ID,
      success: true,
      state,
      t100ms: 1,
      relayTriggered: false,
      errorCode: '',
    },
  })),
  fc.constant({ challenge: { sessionKey: SESSION_KEY.toString('base64'), initialActionId: 7 } }),
);

interface Sealed {
  readonly data: { readonly iv: string; readonly payload: string };
  readonly mac: string;
}

/** Ways to spoil a good frame, each of which the MAC must tell. */
const SPOIL: readonly ((frame: Sealed, at: number) => unknown)[] = [
  ({ data, mac }, at) => ({ data, mac: flip(mac, at) }),
  ({ data, mac }, at) => ({ data: { ...data, payload: flip(data.payload, at) }, mac }),
  ({ data, mac }, at) => ({ data: { ...data, iv: flip(data.iv, at) }, mac }),
  ({ data, mac }) => ({ data: { payload: data.payload, iv: data.iv }, mac }),
  ({ data, mac }, at) => ({ data: { ...data, x: at }, mac }),
  ({ data, mac }, at) => ({ data, mac: mac.slice(0, at % mac.length) }),
  ({ data, mac }) => ({ data, mac: `${mac}=` }),
  ({ data, mac }) => ({ data, mac: ` ${mac}` }),
  ({ data, mac }) => ({ data, mac: mac.replaceAll('=', '') }),
  ({ data }) => ({ data, mac: '' }),
  ({ data }, at) => ({ data, mac: Buffer.alloc(32, at).toString('base64') }),
];

function flip(base64: string, at: number): string {
  const data = Buffer.from(base64, 'base64');
  data[at % data.length]! ^= 1 << (at % 8);
  return data.toString('base64');
}

/** What a real device could say, by somebody who is not it. */
export const wrongMac = fc.oneof(
  fc
    .record({
      payload: plausible,
      key: fc.constantFrom(SESSION_KEY, SECRET_KEY),
      spoil: fc.constantFrom(...SPOIL),
      at: fc.nat(10_000),
    })
    .map(({ payload, key, spoil, at }) => {
      const frame = sealFrame(JSON.stringify(payload), key, AUTH_KEY);
      return JSON.stringify({ type: 'ENCRYPTED', ...(spoil(frame, at) as object) });
    }),
  // Authenticated by whoever knows some other key.
  fc
    .tuple(plausible, bytes(32))
    .map(([payload, authKey]) => JSON.stringify(sealFrame(JSON.stringify(payload), SESSION_KEY, authKey))),
);

const base64 = (length: number): fc.Arbitrary<string> => bytes(length).map((each) => each.toString('base64'));

/** The MAC is right; what it vouches for makes no sense. */
export const brokenInside = fc.oneof(
  fc.tuple(anyText, anyText).map(([iv, payload]) => signed({ iv, payload })),
  fc
    .tuple(
      base64(16),
      fc
        .integer({ min: 0, max: 80 })
        .filter((n) => n % 16 !== 0 || n === 0)
        .chain(base64),
    )
    .map(([iv, payload]) => signed({ iv, payload })),
  fc
    .tuple(
      fc
        .integer({ min: 0, max: 40 })
        .filter((n) => n !== 16)
        .chain(base64),
      base64(32),
    )
    .map(([iv, payload]) => signed({ iv, payload })),
  // Neither key opens it: one time in 256 the padding looks right, and then it is not JSON.
  fc.tuple(base64(16), base64(256)).map(([iv, payload]) => signed({ iv, payload })),
  fc
    .tuple(
      fc.constantFrom(SESSION_KEY, SECRET_KEY),
      anyText.filter((text) => !parses(latin1(text))),
    )
    .map(([key, text]) => JSON.stringify(sealFrame(text, key, AUTH_KEY))),
);

function latin1(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

const mostly = (value: unknown): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: fc.oneof(json, number) });

/** Events and responses that lack something which every one has. */
const almost = fc.oneof(
  fc
    .record({
      cnt: mostly(5),
      type: mostly('StateChange'),
      state: mostly('open'),
      t100ms: mostly(1000),
      data: json,
    })
    .filter(
      ({ cnt, type, state, t100ms }) =>
        typeof type !== 'string' || !isCount(cnt) || !isCount(t100ms) || !isState(state),
    )
    .map((event) => ({ event })),
  fc
    .record({
      type: mostly('QUERY'),
      id: mostly(QUERY_ID),
      success: mostly(true),
      state: mostly('open'),
      t100ms: mostly(1000),
      relayTriggered: mostly(false),
      errorCode: json,
    })
    .filter(
      ({ type, id, success, state, t100ms, relayTriggered }) =>
        type !== 'QUERY' ||
        id !== QUERY_ID ||
        typeof success !== 'boolean' ||
        typeof relayTriggered !== 'boolean' ||
        !isCount(t100ms) ||
        !isState(state),
    )
    .map((response) => ({ response })),
  fc
    .record({ sessionKey: fc.oneof(anyText, json), initialActionId: number })
    .map((each) => ({ challenge: each })),
  json.filter(
    (value) =>
      !isObject(value) || !['event', 'response', 'challenge', 'KeyManagement'].some((key) => key in value),
  ),
  pollution.map((text) => JSON.parse(text) as unknown),
);

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isState(value: unknown): boolean {
  return value === 'open' || value === 'closed' || value === 'no sensor';
}

/** The MAC is right, it decrypts and is JSON, and nothing of it is what a device says. */
export const senseless = almost.map((payload) => sealed(payload));

/** A challenge like the first one, with another session key. */
export const anotherChallenge = fc
  .constantFrom(SESSION_KEY, SECRET_KEY)
  .map((key) =>
    sealed({ challenge: { sessionKey: randomBytes(32).toString('base64'), initialActionId: 1 } }, key),
  );
