import { createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nextActionId } from '../../src/wire/action-id.ts';
import { actionPayload } from '../../src/wire/actions.ts';
import { open, seal } from '../../src/wire/envelope.ts';
import { parseFrame } from '../../src/wire/frames.ts';
import { parseApiKey } from '../../src/wire/keys.ts';
import { parsePayload } from '../../src/wire/payloads.ts';

interface Vectors {
  readonly apiSecretKey: string;
  readonly apiAuthKey: string;
  readonly apiSessionKey: string;
  readonly frames: readonly {
    readonly name: string;
    readonly key: 'apiSecretKey' | 'apiSessionKey';
    readonly frame: { readonly data: { readonly iv: string } };
    readonly plaintext: string;
  }[];
}

const vectors = JSON.parse(
  readFileSync(new URL('../vectors/remootio-envelope.json', import.meta.url), 'utf8'),
) as Vectors;
const authKey = parseApiKey(vectors.apiAuthKey)!;
const keys = {
  apiSecretKey: parseApiKey(vectors.apiSecretKey)!,
  apiSessionKey: createSecretKey(Buffer.from(vectors.apiSessionKey, 'base64')),
};

describe('frames that a real device sent and received', () => {
  it('holds three of them', () => expect(vectors.frames).toHaveLength(3));

  it.each(vectors.frames)('opens the $name', ({ frame, key, plaintext }) => {
    const parsed = parseFrame(JSON.stringify(frame));
    if (parsed.type !== 'ENCRYPTED') throw new Error(`read as ${parsed.type}`);
    expect(open(parsed, keys[key], authKey)).toEqual({ ok: true, payload: JSON.parse(plaintext) as unknown });
  });

  it.each(vectors.frames)('makes the $name to the byte, given its IV', ({ frame, key, plaintext }) => {
    const iv = Buffer.from(frame.data.iv, 'base64');
    expect(seal(plaintext, keys[key], authKey, iv)).toBe(JSON.stringify(frame));
  });

  it('reads the challenge of a version 1 device, which has no type', () => {
    const payload = parsePayload(JSON.parse(vectors.frames[0]!.plaintext));
    if (payload.kind !== 'challenge') throw new Error(`read as ${payload.kind}`);
    expect(payload.challenge.initialActionId).toBe(808411243);
    expect(payload.challenge.sessionKey.equals(keys.apiSessionKey)).toBe(true);
  });

  it('writes the query with the id that follows the challenge', () => {
    expect(actionPayload({ type: 'QUERY' }, nextActionId(808411243))).toBe(vectors.frames[1]!.plaintext);
  });

  it('reads the response', () => {
    expect(parsePayload(JSON.parse(vectors.frames[2]!.plaintext))).toEqual({
      kind: 'response',
      response: {
        type: 'QUERY',
        id: 808411244,
        success: true,
        state: 'no sensor',
        t100ms: 8985,
        relayTriggered: false,
        errorCode: '',
      },
    });
  });
});
