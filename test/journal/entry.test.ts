import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JOURNAL_KINDS, makeEntry, parseEntry, type JournalDraft } from '../../src/journal/entry.ts';

const NOW = Date.UTC(2026, 4, 1);
/** Half of a surrogate pair included. */
const anyCharacter = fc.nat(0x10ffff).map((code) => String.fromCodePoint(code));
const text = fc.string({ unit: anyCharacter, maxLength: 400 });
const actor = fc.record(
  { keyNr: fc.nat(), keyType: text, via: text, name: text, inferred: fc.constant(true) },
  { requiredKeys: [] },
);
const drafts: fc.Arbitrary<JournalDraft> = fc.record(
  {
    kind: fc.constantFrom(...JOURNAL_KINDS),
    at: fc.integer({ min: 0, max: NOW }),
    device: fc.record({ id: text, name: text }),
    by: actor,
    old: fc.constant(true),
    detail: fc.dictionary(
      fc.string({ minLength: 1 }).filter((key) => key !== '__proto__'),
      fc.oneof(text, fc.integer(), fc.boolean()),
    ),
  },
  { requiredKeys: ['kind'] },
);

describe('an entry', () => {
  it('comes back from its line as it was', () => {
    fc.assert(
      fc.property(drafts, (draft) => {
        const entry = makeEntry(draft, NOW);
        const line = JSON.stringify(entry);
        expect(line).not.toMatch(/[\n\r]/);
        expect(parseEntry(line)).toEqual(entry);
      }),
    );
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '{"v":1}',
    '{"v":2,"recordedAt":1,"kind":"opened"}',
    '{"v":1,"recordedAt":"1","kind":"opened"}',
    '{"v":1,"recordedAt":1e300,"kind":"opened"}',
    '{"v":1,"recordedAt":1,"kind":"constructor"}',
    '\0\0\0\0',
  ])('is not read from %j', (line) => expect(parseEntry(line)).toBeUndefined());

  it('is read without what does not belong', () => {
    const line =
      '{"v":1,"recordedAt":5,"kind":"opened","at":"x","device":{"id":1},"by":{"keyNr":"3","name":7},' +
      '"detail":{"__proto__":"x","list":[1],"ok":1},"more":1}';
    expect(parseEntry(line)).toEqual({ v: 1, recordedAt: 5, kind: 'opened', by: {}, detail: { ok: 1 } });
  });

  it('never parses into anything but an entry', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(parseEntry(json)?.v).toSatisfy((v) => v === undefined || v === 1);
      }),
    );
  });

  it('holds nothing that looks like a secret, wherever it was put', () => {
    const key = '0123456789abcdef'.repeat(4);
    const entry = makeEntry(
      {
        kind: 'refused',
        device: { id: key, name: `Garage ${key}` },
        by: { name: `Bearer ${key}` },
        detail: { reason: `wrong key ${key}`, link: 'teamviewerapi://remotecontrol?secret=abc' },
      },
      NOW,
    );
    const line = JSON.stringify(entry);
    expect(line).not.toContain('0123456789abcdef');
    expect(line).not.toContain('secret=abc');
  });

  it('has short texts that stay on their line and in their direction', () => {
    const { device } = makeEntry(
      { kind: 'opened', device: { id: 'x'.repeat(9999), name: 'Ga\n\u001b[31mra\u202ege 🚪' } },
      NOW,
    );
    expect(device?.id).toHaveLength(300);
    expect(device?.name).toBe('Ga  [31mra ge 🚪');
  });
});
