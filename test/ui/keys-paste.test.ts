import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPastedKeys } from '../../src/ui/public/keys-paste.ts';

const A = '0123456789abcdef'.repeat(4);
const B = 'fedcba9876543210'.repeat(4);
const wrapped = (key: string): string => key.match(/.{16}/g)!.join(' ');

type Label = 'secret' | 'auth' | 'none';
const keys = (a: Label, b: Label): object => ({
  state: 'keys',
  keys: [
    { text: A, label: a },
    { text: B, label: b },
  ],
});

describe('what "Copy API Keys" may have put on the clipboard', () => {
  it.each<[string, string, Label, Label]>([
    ['two lines', `${A}\n${B}`, 'none', 'none'],
    ['two lines of Windows', `${A}\r\n${B}\r\n`, 'none', 'none'],
    ['one line', `${A} ${B}`, 'none', 'none'],
    ['without anything between them', `${A}${B}`, 'none', 'none'],
    ['with names', `API Secret Key: ${A}\nAPI Auth Key: ${B}`, 'secret', 'auth'],
    ['with names behind an equals sign', `apiSecretKey=${A}; apiAuthKey=${B}`, 'secret', 'auth'],
    ['the other way round', `Auth Key\n${A}\nSecret Key\n${B}`, 'auth', 'secret'],
    ['JSON', JSON.stringify({ apiSecretKey: A, apiAuthKey: B }), 'secret', 'auth'],
    ['indented JSON', JSON.stringify({ apiAuthKey: A, apiSecretKey: B }, null, 2), 'auth', 'secret'],
    ['in capitals', `${A.toUpperCase()}\n${B.toUpperCase()}`, 'none', 'none'],
    ['in groups', `Secret: ${wrapped(A)}\nAuth: ${wrapped(B)}`, 'secret', 'auth'],
    ['quoted by a mail program', `> ${A}\n> ${B}`, 'none', 'none'],
    ['with a word of greeting', `Here they are, Anna:\n\nSecret ${A}\nAuth ${B}\n\nBye`, 'secret', 'auth'],
    ['the same pair twice', `${A}\n${B}\n${A}\n${B}`, 'none', 'none'],
  ])('%s', (_, text, a, b) => {
    expect(readPastedKeys(text)).toEqual(keys(a, b));
  });

  it.each<[string, string, object]>([
    ['nothing', ' \n ', { state: 'empty' }],
    ['one key', A, { state: 'problem', problem: 'one' }],
    ['the same key twice', `${A}\n${A}`, { state: 'problem', problem: 'same' }],
    ['three keys', `${A}\n${B}\n${'a'.repeat(64)}`, { state: 'problem', problem: 'many' }],
    ['a key cut short', `${A}\n${B.slice(0, 62)}`, { state: 'problem', problem: 'length', digits: 62 }],
    ['an O for a 0', `${A}\nO${B.slice(1)}`, { state: 'problem', problem: 'characters' }],
    ['a text without keys', 'I have no idea where they are', { state: 'problem', problem: 'none' }],
  ])('%s', (_, text, outcome) => {
    expect(readPastedKeys(text)).toEqual(outcome);
  });
});

const hexKey = fc.stringMatching(/^[0-9a-f]{64}$/);

it('finds any two keys, in any case and with any white space between them', () => {
  const between = fc.stringMatching(/^[ \t\r\n,;]{1,5}$/);
  fc.assert(
    fc.property(hexKey, hexKey, between, fc.boolean(), (first, second, gap, upper) => {
      fc.pre(first !== second);
      const text = `${first}${gap}${second}`;
      const read = readPastedKeys(upper ? text.toUpperCase() : text);
      expect(read).toMatchObject({ state: 'keys', keys: [{ text: first }, { text: second }] });
    }),
  );
});

it('never throws, and what it takes for keys are keys', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-fA-F\s":]{0,300}$/)), (text) => {
      const read = readPastedKeys(text);
      if (read.state === 'keys') for (const key of read.keys) expect(key.text).toMatch(/^[0-9a-f]{64}$/);
    }),
  );
});
