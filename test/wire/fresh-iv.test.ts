import { expect, it } from 'vitest';
import { freshIv } from '../../src/wire/fresh-iv.ts';

it('hands out 16 bytes that nobody had before, however many are asked for', () => {
  const given = Array.from({ length: 5000 }, () => freshIv());
  expect(given.every((iv) => iv.length === 16)).toBe(true);
  expect(new Set(given.map((iv) => iv.toString('hex'))).size).toBe(5000);
});

it('does not change what it has handed out', () => {
  const first = freshIv();
  const text = first.toString('hex');
  for (let index = 0; index < 1000; index++) freshIv();
  expect(first.toString('hex')).toBe(text);
});
