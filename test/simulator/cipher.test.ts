import { createCipheriv, createHmac, createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openFrame, openPayload, sealFrame } from '../../src/simulator/cipher.ts';
import { open, seal } from '../../src/wire/envelope.ts';
import { parseFrame } from '../../src/wire/frames.ts';

interface Vectors {
  apiSecretKey: string;
  apiAuthKey: string;
  apiSessionKey: string;
  frames: { name: string; key: 'apiSecretKey' | 'apiSessionKey'; frame: object; plaintext: string }[];
}

const vectors = JSON.parse(
  readFileSync(new URL('../vectors/remootio-envelope.json', import.meta.url), 'utf8'),
) as Vectors;
const authKey = Buffer.from(vectors.apiAuthKey, 'hex');
const keys = {
  apiSecretKey: Buffer.from(vectors.apiSecretKey, 'hex'),
  apiSessionKey: Buffer.from(vectors.apiSessionKey, 'base64'),
};

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));
const latin1 = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('latin1'));

describe("the simulator's own cipher", () => {
  it.each(vectors.frames)('opens the recorded $name', ({ frame, key, plaintext }) => {
    expect(openFrame(frame, keys[key], authKey)).toBe(plaintext);
  });

  it('seals what wire opens, and opens what wire seals', () => {
    fc.assert(
      fc.property(fc.jsonValue(), bytes32, bytes32, (value, key, auth) => {
        const text = Buffer.from(JSON.stringify(value)).toString('latin1');
        const frame = parseFrame(JSON.stringify(sealFrame(text, key, auth)));
        if (frame.type !== 'ENCRYPTED') throw new Error(frame.type);
        expect(open(frame, createSecretKey(key), createSecretKey(auth))).toMatchObject({ ok: true });
        const sealed: unknown = JSON.parse(seal(text, createSecretKey(key), createSecretKey(auth)));
        expect(openFrame(sealed, key, auth)).toBe(text);
      }),
      { numRuns: 50 },
    );
  });

  it('keeps every Latin-1 text, of every length', () => {
    fc.assert(
      fc.property(latin1, bytes32, bytes32, (text, key, auth) => {
        expect(openFrame(sealFrame(text, key, auth), key, auth)).toBe(text);
      }),
    );
  });

  const good = sealFrame('{"a":1}', keys.apiSessionKey, authKey);
  const withMac = (data: object): object => ({
    type: 'ENCRYPTED',
    data,
    mac: createHmac('sha256', authKey).update(JSON.stringify(data)).digest('base64'),
  });
  /** A block that ends in these bytes, under a right MAC. */
  const padded = (...end: readonly number[]): object => {
    const iv = Buffer.alloc(16);
    const cipher = createCipheriv('aes-256-cbc', keys.apiSessionKey, iv).setAutoPadding(false);
    const block = Buffer.from([...Array<number>(16 - end.length).fill(0x20), ...end]);
    return withMac({ iv: iv.toString('base64'), payload: cipher.update(block).toString('base64') });
  };

  it('opens a frame whose padding is right', () => {
    expect(openFrame(padded(2, 2), keys.apiSessionKey, authKey)).toBe(' '.repeat(14));
  });

  it.each<[string, unknown]>([
    ['something that is no frame', 'frame'],
    ['a frame without data', { ...good, data: undefined }],
    ['another MAC', { ...good, mac: sealFrame('{"a":1}', keys.apiSessionKey, authKey).mac }],
    ['other data under the same MAC', { ...good, data: { ...good.data, iv: 'AAAAAAAAAAAAAAAAAAAAAA==' } }],
    ['a short iv', withMac({ ...good.data, iv: 'AAAA' })],
    ['no iv', withMac({ payload: good.data.payload })],
    ['an empty payload', withMac({ ...good.data, payload: '' })],
    ['half a block', withMac({ ...good.data, payload: 'AAAAAAAAAAA=' })],
    ['padding 0', padded(0)],
    ['padding 17', padded(17)],
    ['padding that disagrees with itself', padded(1, 2)],
  ])('does not open %s', (_what, frame) => {
    expect(openFrame(frame, keys.apiSessionKey, authKey)).toBeUndefined();
  });

  it('opens no JSON with the wrong encryption key', () => {
    expect(openPayload(good, keys.apiSessionKey, authKey)).toEqual({ a: 1 });
    expect(openPayload(good, keys.apiSecretKey, authKey)).toBeUndefined();
  });
});
