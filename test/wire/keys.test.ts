import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACTION_ID_MODULUS, isActionId, nextActionId } from '../../src/wire/action-id.ts';
import { decodeBase64 } from '../../src/wire/base64.ts';
import { apiKeyProblem, parseApiKey } from '../../src/wire/keys.ts';

const hex = 'EFD0E4BF75D49BDD4F5CD5492D55C92FE96040E9CD74BED9F19ACA2658EA0FA9';

describe('API keys', () => {
  it.each([
    ['as the app copies it', hex],
    ['in lower case', hex.toLowerCase()],
    ['with spaces and line breaks', `  ${hex.slice(0, 20)}\r\n ${hex.slice(20, 40)}\t${hex.slice(40)}\n`],
  ])('are read %s', (_name, text) => {
    expect(apiKeyProblem(text)).toBeUndefined();
    expect(parseApiKey(text)?.export().toString('hex')).toBe(hex.toLowerCase());
  });

  it.each([
    [undefined, 'is missing'],
    ['  ', 'is missing'],
    [7, 'is missing'],
    [hex.slice(1), 'has 63 hex digits instead of 64'],
    [`${hex}0`, 'has 65 hex digits instead of 64'],
    [hex.replace('E', 'G'), 'holds characters other than the hex digits 0-9 and a-f'],
    [`0x${hex}`, 'holds characters other than the hex digits 0-9 and a-f'],
  ])('%j %s', (text, problem) => {
    expect(apiKeyProblem(text)).toBe(problem);
    expect(parseApiKey(text)).toBeUndefined();
  });

  it('do not print', () => {
    const key = parseApiKey(hex);
    const printed = `${JSON.stringify({ key })} ${inspect(key, { depth: 9, showHidden: true })}`;
    expect(printed.toLowerCase()).not.toContain(hex.toLowerCase().slice(0, 16));
  });
});

describe('action ids', () => {
  it.each([
    [0, 1],
    [808411243, 808411244],
    [0x7ffffffd, 0x7ffffffe],
    [0x7ffffffe, 0],
    [0x7fffffff, 1],
  ])('%i is followed by %i', (last, next) => expect(nextActionId(last)).toBe(next));

  it('stay below the modulus', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: ACTION_ID_MODULUS }), (id) => {
        const next = nextActionId(id);
        expect(isActionId(next) && next < ACTION_ID_MODULUS).toBe(true);
      }),
    );
  });
});

describe('decodeBase64', () => {
  it('takes exactly what base64 makes of bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = Buffer.from(bytes).toString('base64');
        expect(decodeBase64(text)).toEqual(Buffer.from(bytes));
        if (text.includes('=')) expect(decodeBase64(text.replace(/=+$/, ''))).toBeUndefined();
        expect(decodeBase64(`${text}\n`)).toBeUndefined();
      }),
    );
  });
});
