import { expect, it } from 'vitest';
import { deviceJson, messagesOf, parsePlatform } from './helpers.ts';

const parse = (discovery: unknown): ReturnType<typeof parsePlatform> =>
  parsePlatform({ platform: 'Gatehouse', discovery, devices: [deviceJson()] });

it.each([
  [undefined, true],
  [null, true],
  [true, true],
  [false, false],
])('discovery %j is %j', (given, expected) => {
  expect(parse(given)).toMatchObject({ discovery: expected, problems: [] });
});

it.each(['no', 0, {}, []])('discovery %j is left out, with one line, and the devices run', (given) => {
  const parsed = parse(given);
  expect(parsed).toMatchObject({ discovery: true, complete: true });
  expect(parsed.devices).toHaveLength(1);
  expect(messagesOf(parsed)).toEqual(['discovery is neither true nor false; true is used']);
});
