import fc from 'fast-check';
import { MAX_MESSAGE_BYTES } from '../../src/session/socket.ts';
import { SERVER_HELLO } from './hostile-peer.ts';
import {
  anotherChallenge,
  anyText,
  brokenInside,
  nested,
  noFrame,
  notJson,
  pollution,
  senseless,
  unknownType,
  wrongMac,
  wrongTypes,
} from './rubbish.ts';

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
