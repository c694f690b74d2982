import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { House } from './house.ts';

const KEY_A = 'a1'.repeat(32);
const KEY_B = 'b2'.repeat(32);

/** Devices that cannot run, each with what its one line must say. */
const BAD = [
  { device: { name: 'No secret', host: '127.0.0.1', port: 1, apiAuthKey: KEY_B }, says: /apiSecretKey/ },
  {
    device: {
      name: 'Short key',
      host: '127.0.0.1',
      port: 2,
      apiSecretKey: KEY_A.slice(1),
      apiAuthKey: KEY_B,
    },
    says: /apiSecretKey/,
  },
  {
    device: { name: 'Same keys', host: '127.0.0.1', port: 3, apiSecretKey: KEY_A, apiAuthKey: KEY_A },
    says: /apiAuthKey/,
  },
  { device: { name: 'No host', apiSecretKey: KEY_A, apiAuthKey: KEY_B }, says: /\bhost is missing/ },
  {
    device: {
      name: 'Hasty',
      host: '127.0.0.1',
      port: 4,
      apiSecretKey: KEY_A,
      apiAuthKey: KEY_B,
      openSeconds: 0,
    },
    says: /openSeconds/,
  },
];

let house: House<'Good'>;

beforeAll(async () => {
  const devices = BAD.map(({ device }) => device);
  house = await House.build(inject('plugin'), '2.4.0', { Good: {} }, [...devices, { name: 'Good' }]);
});

afterAll(async () => {
  await house.demolish();
});

test.each(BAD)('$device.name: one line, with its name and the key to correct', ({ device, says }) => {
  const about = house.homebridge.lines.since(0).filter(({ text }) => text.includes(device.name));
  expect(about.map(({ text }) => text)).toEqual([expect.stringMatching(says)]);
  expect(about[0]!.from).toBe('stderr');
});

test('no line quotes a key', () => {
  const text = house.homebridge.log;
  for (const key of [KEY_A, KEY_B, KEY_A.slice(1)]) expect(text).not.toContain(key);
});

test('the good device runs, and no bad one is published', async () => {
  expect(await house.ann.look()).toEqual([expect.any(String), 'Good']);
  const story = await house.watch('Good');
  await house.ann.write('Good', 'TargetDoorState', 0);
  expect(await story.until({ T: 0, C: 0 })).toEqual(['T0 C2', 'C0']);
});

test('an accessory outlives bad config, and goes when it is removed', async () => {
  const id = house.ann.accessoryId('Good');
  const restart = async (devices: readonly JsonObject[]): Promise<readonly string[]> => {
    await house.homebridge.stop();
    await house.startAgain(devices);
    return house.ann.look();
  };
  expect(await restart([house.configOf('Good', { apiSecretKey: 'mistyped' })])).toContain('Good');
  expect(house.ann.accessoryId('Good')).toBe(id);

  const gate = house.gate('Good');
  const mark = gate.mark();
  expect(await restart([house.configOf('Good')])).toContain('Good');
  await gate.authenticated(mark);
  expect(house.ann.accessoryId('Good')).toBe(id);
  expect(await house.ann.door('Good')).toEqual({ T: 0, C: 0, O: 0 });

  expect(await restart([])).not.toContain('Good');
});
