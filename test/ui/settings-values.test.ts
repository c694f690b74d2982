import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  setValueAt,
  textOf,
  typedValue,
  valueAt,
  valueProblem,
} from '../../src/ui/public/settings-values.ts';

const KEY_PATTERN = '^\\s*(?:[0-9A-Fa-f]\\s*){64}$';
const PLAIN = { required: false, secret: false };

describe('a place in the config', () => {
  it('is read through objects and lists', () => {
    const config = { devices: [{}, { buttons: [{ name: 'a' }, { name: 'b' }] }] };
    const path = ['devices', '[]', 'buttons', '[]', 'name'];
    expect(valueAt(config, path, [1, 1])).toBe('b');
    expect(valueAt(config, path, [0, 1])).toBeUndefined();
    expect(valueAt(config, ['constructor', 'name'], [])).toBeUndefined();
    expect(valueAt(undefined, path, [])).toBeUndefined();
  });

  it('is made when something is put there, and goes when nothing is left', () => {
    const config: Record<string, unknown> = {};
    setValueAt(config, ['journal', 'maxDays'], [], 30);
    expect(config).toEqual({ journal: { maxDays: 30 } });
    setValueAt(config, ['journal', 'maxDays'], [], undefined);
    expect(config).toEqual({});
    setValueAt(config, ['devices', '[]', 'name'], [0], 'Gate');
    expect(config).toEqual({ devices: [{ name: 'Gate' }] });
    setValueAt(config, ['devices', '[]', 'name'], [0], undefined);
    expect(config).toEqual({ devices: [{}] });
  });

  it('holds what was put there, and nothing else has changed', () => {
    const path = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(path, path, fc.integer(), fc.integer(), (first, second, one, two) => {
        const related = (a: readonly string[], b: readonly string[]): boolean =>
          a.every((part, index) => b[index] === part);
        fc.pre(!related(first, second) && !related(second, first));
        const config = {};
        setValueAt(config, first, [], one);
        setValueAt(config, second, [], two);
        expect(valueAt(config, first, [])).toBe(one);
        setValueAt(config, second, [], undefined);
        expect(valueAt(config, second, [])).toBeUndefined();
        expect(valueAt(config, first, [])).toBe(one);
      }),
    );
  });
});

it('takes a text for what it is', () => {
  expect([textOf({ name: 'Gate' }, 'name'), textOf({ name: 7 }, 'name'), textOf({}, 'name')]).toEqual([
    'Gate',
    '',
    '',
  ]);
});

it.each([
  ['number', ' 12 ', 12],
  ['number', '1,5', 1.5],
  ['integer', '8080', 8080],
  ['number', 'abc', 'abc'],
  ['number', '', undefined],
  ['string', '  Gate ', 'Gate'],
  ['string', '   ', undefined],
  ['array', 'sudo\n\n  cat file \n', ['sudo', 'cat file']],
])('a %s typed as %j', (type, text, value) => {
  expect(typedValue({ type }, text)).toEqual(value);
});

it.each([
  ['nothing where something is needed', {}, undefined, { required: true, secret: false }, 'missing'],
  ['an empty text where something is needed', {}, '', { required: true, secret: false }, 'missing'],
  ['nothing', { type: 'number' }, undefined, PLAIN, undefined],
  ['a text for a number', { type: 'number' }, 'abc', PLAIN, 'number'],
  ['half a port', { type: 'integer' }, 80.5, PLAIN, 'whole'],
  ['too little', { type: 'number', minimum: 1 }, 0, PLAIN, 'least'],
  ['too much', { type: 'number', maximum: 600 }, 601, PLAIN, 'most'],
  ['just enough', { type: 'number', minimum: 1, maximum: 600 }, 600, PLAIN, undefined],
  ['too long', { type: 'string', maxLength: 3 }, 'abcd', PLAIN, 'long'],
  ['another form', { type: 'string', pattern: '^a+$' }, 'b', PLAIN, 'pattern'],
  ['the right form', { type: 'string', pattern: '^a+$' }, 'aa', PLAIN, undefined],
  [
    'a short key',
    { type: 'string', pattern: KEY_PATTERN },
    'a'.repeat(62),
    { required: true, secret: true },
    'key-length',
  ],
  [
    'a mistyped key',
    { type: 'string', pattern: KEY_PATTERN },
    'g'.repeat(64),
    { required: true, secret: true },
    'key-digits',
  ],
  [
    'a key',
    { type: 'string', pattern: KEY_PATTERN },
    'a'.repeat(64),
    { required: true, secret: true },
    undefined,
  ],
])('complains of %s', (_, schema, value, options, code) => {
  expect(valueProblem(schema, value, options)?.code).toBe(code);
});
