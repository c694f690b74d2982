import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineReader } from '../../src/channel/lines.ts';

function split(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (const size of [...sizes, bytes.length]) {
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

describe('lines', () => {
  it('are the same however the bytes are cut, also within a letter', () => {
    const texts = fc.array(
      fc
        .string({ unit: fc.constantFrom('a', 'ß', '€', '🚪', ' ', '\u0000'), maxLength: 30 })
        .map((text) => text.replace(/\s/g, '_')),
    );
    fc.assert(
      fc.property(texts, fc.array(fc.nat(12), { maxLength: 60 }), (list, sizes) => {
        const reader = new LineReader(10_000);
        const bytes = Buffer.from(list.map((text) => `${text}\r\n`).join(''));
        const lines = split(bytes, sizes).flatMap((chunk) => reader.push(chunk) ?? ['too long']);
        expect(lines).toEqual(list.filter((text) => text !== ''));
      }),
    );
  });

  it.each([
    ['in one piece', ['xxxxxxxxxxx\n']],
    ['in pieces', ['xxxxx', 'xxxxx', 'x']],
    ['after others', ['a\nb\n', 'xxxxxxxxxxxx']],
  ])('too long a line is noticed before it ends: %s', (_, chunks) => {
    const reader = new LineReader(10);
    expect(chunks.map((chunk) => reader.push(Buffer.from(chunk))).at(-1)).toBeUndefined();
  });

  it('may be as long as is allowed', () => {
    expect(new LineReader(10).push(Buffer.from('xxxxxxxxxx\nyyyyyyyyyy\n'))).toEqual([
      'xxxxxxxxxx',
      'yyyyyyyyyy',
    ]);
  });
});
