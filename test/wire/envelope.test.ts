import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { open, seal, type Opened } from '../../src/wire/envelope.ts';
import { parseFrame } from '../../src/wire/frames.ts';

const encryptionKey = createSecretKey(randomBytes(32));
const authKey = createSecretKey(randomBytes(32));
const otherKey = createSecretKey(randomBytes(32));

function openText(text: string, key = encryptionKey, mac = authKey): Opened | { readonly refused: string } {
  const frame = parseFrame(text);
  return frame.type === 'ENCRYPTED' ? open(frame, key, mac) : { refused: frame.type };
}

/** A frame with a valid MAC over whatever is given as its data. */
function signed(data: unknown): string {
  const mac = createHmac('sha256', authKey).update(JSON.stringify(data)).digest('base64');
  return JSON.stringify({ type: 'ENCRYPTED', data, mac });
}

/** A sealed command whose MAC has a character that base64url writes in another way. */
function sealedSample(): string {
  const frame = seal('{"action":{"type":"OPEN","id":42}}', encryptionKey, authKey);
  return /"mac":"[^"]*[+/]/.test(frame) ? frame : sealedSample();
}

const sample = sealedSample();
const parts = JSON.parse(sample) as { data: { iv: string; payload: string }; mac: string };

describe('envelope', () => {
  it('opens what it sealed, whatever the payload', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: 'binary-ascii' }), (json) => {
        expect(openText(seal(json, encryptionKey, authKey))).toEqual({
          ok: true,
          payload: JSON.parse(json) as unknown,
        });
      }),
    );
  });

  it('never gives a payload for a frame of which any byte was flipped', () => {
    let cases = 0;
    fc.assert(
      fc.property(
        fc.nat({ max: sample.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (position, difference) => {
          cases += 1;
          const bytes = Buffer.from(sample, 'latin1');
          bytes[position]! ^= difference;
          const result = openText(bytes.toString('latin1'));
          expect('ok' in result && result.ok).toBe(false);
        },
      ),
      { numRuns: 12_000 },
    );
    expect(cases).toBeGreaterThanOrEqual(10_000);
  });

  it.each([
    [
      'a character cut from the payload',
      { ...parts, data: { ...parts.data, payload: parts.data.payload.slice(1) } },
    ],
    ['another IV', { ...parts, data: { ...parts.data, iv: randomBytes(16).toString('base64') } }],
    ['the MAC without its padding', { ...parts, mac: parts.mac.replace('=', '') }],
    ['the MAC with more padding', { ...parts, mac: `${parts.mac}=` }],
    ['the MAC in base64url', { ...parts, mac: Buffer.from(parts.mac, 'base64').toString('base64url') + '=' }],
    ['an empty MAC', { ...parts, mac: '' }],
    ['a further key in data', { ...parts, data: { ...parts.data, extra: 1 } }],
    [
      'iv and payload in the other order',
      { ...parts, data: { payload: parts.data.payload, iv: parts.data.iv } },
    ],
  ])('refuses %s by its MAC', (_name, frame) => {
    expect(openText(JSON.stringify({ type: 'ENCRYPTED', data: frame.data, mac: frame.mac }))).toEqual({
      ok: false,
      failure: 'mac',
    });
  });

  it('refuses a MAC whose last base64 character carries stray bits', () => {
    const stray = parts.mac.replace(/.=$/, (end) => `${String.fromCharCode(end.charCodeAt(0) + 1)}=`);
    expect(Buffer.from(stray, 'base64')).toEqual(Buffer.from(parts.mac, 'base64'));
    expect(openText(JSON.stringify({ ...parts, type: 'ENCRYPTED', mac: stray }))).toMatchObject({
      failure: 'mac',
    });
  });

  it.each([
    ['an IV of 15 bytes', { iv: randomBytes(15).toString('base64'), payload: parts.data.payload }, 'format'],
    ['an IV with a space', { iv: ` ${parts.data.iv}`, payload: parts.data.payload }, 'format'],
    ['no ciphertext', { iv: parts.data.iv, payload: '' }, 'format'],
    ['half a block', { iv: parts.data.iv, payload: randomBytes(24).toString('base64') }, 'format'],
    [
      'an unpadded payload',
      { iv: parts.data.iv, payload: randomBytes(32).toString('base64').replace(/=+$/, '') },
      'format',
    ],
  ])('behind a valid MAC, says that %s is no frame', (_name, data, failure) => {
    expect(openText(signed(data))).toEqual({ ok: false, failure });
  });

  it('tells the wrong encryption key from a wrong MAC', () => {
    // One time in 256 the wrong key leaves padding that looks right; then the JSON gives it away.
    const result = openText(sample, otherKey);
    expect(result).toMatchObject({ ok: false });
    expect(['decrypt', 'json']).toContain((result as { failure: string }).failure);
    expect(openText(sample, encryptionKey, otherKey)).toEqual({ ok: false, failure: 'mac' });
  });

  it('says that a payload which is not JSON is none', () => {
    expect(openText(seal('not json', encryptionKey, authKey))).toEqual({ ok: false, failure: 'json' });
  });

  it('uses a fresh IV for every frame', () => {
    const ivs = Array.from(
      { length: 100 },
      () => (JSON.parse(seal('{}', encryptionKey, authKey)) as typeof parts).data.iv,
    );
    expect(new Set(ivs).size).toBe(100);
  });

  it('verifies data whose keys the device sent in another order', () => {
    const { iv, payload } = parts.data;
    expect(openText(signed({ payload, iv }))).toMatchObject({ ok: true });
  });

  it('reads and writes plaintext as Latin-1', () => {
    expect(openText(seal('{"name":"Größe"}', encryptionKey, authKey))).toEqual({
      ok: true,
      payload: { name: 'Größe' },
    });
  });
});
