import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { isObject } from '../../src/base/json.ts';
import { MAX_MESSAGE_BYTES } from '../../src/session/socket.ts';
import { sealFrame } from '../../src/simulator/cipher.ts';
import { AUTH_KEY, QUERY_ID, SECRET_KEY, sealed, SERVER_HELLO, SESSION_KEY, signed } from './hostile-peer.ts';

/** How far the session has come when the attack strikes, after what the client waits for. */
export const STAGES = ['hello', 'challenge', 'verifying', 'ready'] as const;
export type Stage = (typeof STAGES)[number];

/** What goes over the wire. */
export type Shot =
  | { readonly text: string }
  | { readonly binary: Buffer }
  /** A message in pieces. */
  | { readonly pieces: readonly string[] }
  /** Bytes past the websocket protocol. */
  | { readonly raw: Buffer }
  | { readonly ping: Buffer }
  | { readonly pong: Buffer };

/**
 * What the client must do about it: end the connection without another word, or go on as if nothing had been
 * said. `either` is for bytes of which nobody can say what they are; they are not answered all the same.
 */
export type Verdict = 'closes' | 'ignored' | 'either';

type Verdicts = Readonly<Record<Stage, Verdict>>;

export interface Attack {
  readonly kind: string;
  readonly shot: Shot;
  readonly verdict: Verdict;
}

const everywhere = (verdict: Verdict): Verdicts => ({
  hello: verdict,
  challenge: verdict,
  verifying: verdict,
  ready: verdict,
});
const CLOSES = everywhere('closes');
const IGNORED = everywhere('ignored');

const POLLUTION = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'] as const;
const KNOWN = ['ENCRYPTED', 'SERVER_HELLO', 'ERROR', 'PONG'];

const anyText = fc.array(fc.nat(0xffff), { maxLength: 200 }).map((units) => String.fromCharCode(...units));
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
const pollution = fc
  .tuple(fc.constantFrom(...POLLUTION), json)
  .map(([key, value]) => `{"${key}":{"type":"PONG","polluted":true,"value":${JSON.stringify(value)}}}`);

const notJson = fc.oneof(
  anyText.filter((text) => !parses(text)),
  fc
    .tuple(fc.constantFrom(SERVER_HELLO, sealed({ event: {} }), '{"type":"PONG"}'), fc.nat(50))
    .map(([text, cut]) => text.slice(0, Math.max(1, text.length - 1 - cut))),
  json.map((value) => `${JSON.stringify(value)},`),
);

const noFrame = json.filter((value) => !hasType(value)).map((value) => JSON.stringify(value));

const unknownType = fc
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

const wrongTypes = fc.oneof(
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

const nested = fc
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

const wrongMac = fc.oneof(
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
const brokenInside = fc.oneof(
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
const senseless = almost.map((payload) => sealed(payload));

const anotherChallenge = fc
  .constantFrom(SESSION_KEY, SECRET_KEY)
  .map((key) =>
    sealed({ challenge: { sessionKey: randomBytes(32).toString('base64'), initialActionId: 1 } }, key),
  );

const oversize = fc.oneof(
  fc
    .integer({ min: MAX_MESSAGE_BYTES + 1, max: 3 * MAX_MESSAGE_BYTES })
    .map((length): Shot => ({ text: `{"type":"PONG","x":"${'x'.repeat(length)}"}` })),
  fc
    .integer({ min: 30, max: 60 })
    .map((count): Shot => ({ pieces: Array.from({ length: count }, () => 'y'.repeat(4000)) })),
);

const header = (first: number, second: number, ...rest: number[]): Buffer =>
  Buffer.from([first, second, ...rest]);

/** Each violates RFC 6455 in a way that ends the connection. */
const VIOLATIONS: readonly Buffer[] = [
  // Masked, though a server must not.
  Buffer.concat([header(0x81, 0x82), Buffer.from([1, 2, 3, 4, 5, 6])]),
  // Reserved bits, reserved opcodes.
  ...[0xc1, 0xa1, 0x91, 0x83, 0x84, 0x85, 0x86, 0x87, 0x8b, 0x8c, 0x8f].map((first) => header(first, 0)),
  // Control frames that are fragmented, or too long.
  header(0x09, 0),
  header(0x08, 0),
  Buffer.concat([header(0x89, 126, 0, 126), Buffer.alloc(126)]),
  // Continues nothing, or begins anew in the middle.
  header(0x80, 0),
  Buffer.concat([header(0x01, 1), Buffer.from('a'), header(0x81, 1), Buffer.from('b')]),
  // Not UTF-8.
  Buffer.concat([header(0x81, 2), Buffer.from([0xc3, 0x28])]),
  // Closes with half a code, with a code that nobody may send, with a reason that is not UTF-8, and properly.
  header(0x88, 1, 0),
  header(0x88, 2, 0x03, 0xed),
  header(0x88, 3, 0x03, 0xe8, 0xff),
  header(0x88, 2, 0x03, 0xe8),
  header(0x88, 0),
  // Announces more than there is memory for.
  header(0x81, 127, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
  header(0x82, 127, 0, 0, 0, 1, 0, 0, 0, 0),
];

const control = fc.uint8Array({ maxLength: 125 }).map((each) => Buffer.from(each));
const asText = (text: fc.Arbitrary<string>): fc.Arbitrary<Shot> => text.map((each) => ({ text: each }));
const asRaw = (raw: fc.Arbitrary<Buffer>): fc.Arbitrary<Shot> => raw.map((each) => ({ raw: each }));
const someBytes = fc.uint8Array({ minLength: 1 }).map((each) => Buffer.from(each));

interface Kind {
  readonly kind: string;
  /** How often, against the others. */
  readonly weight: number;
  readonly verdicts: Verdicts;
  readonly shot: fc.Arbitrary<Shot>;
}

const KINDS: readonly Kind[] = [
  { kind: 'not JSON', weight: 4, verdicts: CLOSES, shot: asText(notJson) },
  { kind: 'no frame', weight: 3, verdicts: CLOSES, shot: asText(noFrame) },
  { kind: 'a prototype instead of a type', weight: 1, verdicts: CLOSES, shot: asText(pollution) },
  { kind: 'an unknown type', weight: 6, verdicts: IGNORED, shot: asText(unknownType) },
  { kind: 'wrong types', weight: 4, verdicts: CLOSES, shot: asText(wrongTypes) },
  { kind: 'deep nesting', weight: 1, verdicts: CLOSES, shot: asText(nested) },
  {
    kind: 'deep nesting in an unknown frame',
    weight: 1,
    verdicts: IGNORED,
    shot: asText(nested.map((deep) => `{"type":"DEEP","data":${deep}}`)),
  },
  {
    kind: 'deep nesting in data',
    weight: 1,
    verdicts: CLOSES,
    shot: asText(
      nested.map((deep) => `{"type":"ENCRYPTED","data":{"iv":"","payload":"","x":${deep}},"mac":""}`),
    ),
  },
  {
    kind: 'deep nesting as data',
    weight: 1,
    verdicts: CLOSES,
    shot: asText(nested.map((deep) => `{"type":"ENCRYPTED","data":${deep},"mac":""}`)),
  },
  { kind: 'a wrong MAC', weight: 8, verdicts: CLOSES, shot: asText(wrongMac) },
  { kind: 'a right MAC, rubbish inside', weight: 5, verdicts: CLOSES, shot: asText(brokenInside) },
  {
    kind: 'a right MAC, no sense inside',
    weight: 8,
    verdicts: { ...CLOSES, verifying: 'ignored', ready: 'ignored' },
    shot: asText(senseless),
  },
  {
    kind: 'a PONG',
    weight: 1,
    verdicts: { ...CLOSES, ready: 'ignored' },
    shot: fc.constant({ text: '{"type":"PONG"}' }),
  },
  {
    kind: 'another SERVER_HELLO',
    weight: 1,
    // In the place of the first one it is no attack.
    verdicts: { ...CLOSES, hello: 'either', ready: 'ignored' },
    shot: fc.constant({ text: SERVER_HELLO }),
  },
  {
    kind: 'another challenge',
    weight: 1,
    verdicts: { ...CLOSES, challenge: 'either' },
    shot: asText(anotherChallenge),
  },
  {
    kind: 'binary',
    weight: 2,
    verdicts: CLOSES,
    shot: fc.uint8Array().map((each) => ({ binary: Buffer.from(each) })),
  },
  { kind: 'too large', weight: 1, verdicts: CLOSES, shot: oversize },
  { kind: 'a violation', weight: 3, verdicts: CLOSES, shot: asRaw(fc.constantFrom(...VIOLATIONS)) },
  { kind: 'random bytes', weight: 2, verdicts: everywhere('either'), shot: asRaw(someBytes) },
  { kind: 'a websocket ping', weight: 2, verdicts: IGNORED, shot: control.map((ping) => ({ ping })) },
  { kind: 'a websocket pong', weight: 1, verdicts: IGNORED, shot: control.map((pong) => ({ pong })) },
  {
    kind: 'a frame in pieces',
    weight: 1,
    verdicts: IGNORED,
    shot: unknownType.map((text) => ({ pieces: text.match(/[^]{1,40}/gu) ?? [text] })),
  },
];

function attacksOf(kinds: readonly Kind[], stage: Stage): fc.Arbitrary<Attack> {
  return fc.oneof(
    ...kinds.map(({ kind, weight, verdicts, shot }) => ({
      weight,
      arbitrary: shot.map((each): Attack => ({ kind, shot: each, verdict: verdicts[stage] })),
    })),
  );
}

/** Shots at one stage: first those that must be ignored, then one of any kind. */
export interface Salvo {
  readonly stage: Stage;
  readonly attacks: readonly Attack[];
}

const MOST_IGNORED = 12;

export const salvos: fc.Arbitrary<Salvo> = fc.oneof(
  ...STAGES.map((stage) => {
    const harmless = KINDS.filter(({ verdicts }) => verdicts[stage] === 'ignored');
    return fc
      .tuple(
        fc.array(attacksOf(harmless, stage), { maxLength: MOST_IGNORED, size: 'max' }),
        attacksOf(KINDS, stage),
      )
      .map(([before, last]): Salvo => ({ stage, attacks: [...before, last] }));
  }),
);

/** What answers the upgrade instead of a websocket server; the connection ends after it. */
export const upgrades: fc.Arbitrary<Buffer> = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((each) => Buffer.from(each)),
  fc
    .record({
      version: fc.constantFrom('HTTP/1.1', 'HTTP/1.0', 'HTTP/2', 'HTTP/9.9', 'ICY'),
      status: fc.oneof(fc.constantFrom(101, 200, 302, 401, 503), fc.integer({ min: 0, max: 9999 })),
      headers: fc.array(
        fc.oneof(
          fc.constantFrom(
            'Upgrade: websocket',
            'Connection: Upgrade',
            'Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=',
            'Sec-WebSocket-Extensions: permessage-deflate',
            'Sec-WebSocket-Protocol: x',
            'Location: http://127.0.0.1:1/',
            'Content-Length: 99999999999999999999',
            'Transfer-Encoding: chunked, chunked',
            `X: ${'x'.repeat(40_000)}`,
            '__proto__: x',
          ),
          fc.string().map((text) => `X-${text}`),
        ),
        { maxLength: 6 },
      ),
      body: anyText,
    })
    .map(({ version, status, headers, body }) =>
      Buffer.from([`${version} ${status} OK`, ...headers, '', body].join('\r\n')),
    ),
);
