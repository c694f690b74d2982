import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from 'vitest';
import { gatehouse, type Ended } from '../cli/gatehouse.ts';
import { Child } from '../helpers/child.ts';
import { House, type Plan } from './house.ts';

const GATES = {
  Garage: { config: { keyNames: [{ keyNumber: 5, name: 'kitchen tablet' }] } },
  Shown: { config: { readOnly: true } },
} as const satisfies Record<string, Plan>;

let house: House<keyof typeof GATES>;
let main: string;

beforeAll(async () => {
  const plugin = inject('plugin');
  main = `${plugin}/dist/cli/main.js`;
  house = await House.build(plugin, '2.4.0', GATES);
  // The channel listens soon after Homebridge has said that it runs.
  await vi.waitFor(
    async () => expect((await ask('status', '--json')).out).toContain('"via":"plugin"'),
    5_000,
  );
});

afterEach(({ task }) => house.afterTest(task));

afterAll(async () => {
  await house.demolish();
});

function ask(...args: readonly string[]): Promise<Ended> {
  return gatehouse(...args, '--storage', house.homebridge.storage);
}

test('status and doctor ask the running plugin, which keeps the one connection', async () => {
  const since = house.gate('Garage').mark();
  const { code, json } = await ask('status', '--json');
  expect(code).toBe(0);
  expect(json[0]).toMatchObject({
    ok: true,
    devices: [
      { name: 'Garage', state: 'online', sensor: 'closed', via: 'plugin', readOnly: false },
      { name: 'Shown', state: 'online', sensor: 'closed', via: 'plugin', readOnly: true },
    ],
  });
  expect((await ask('doctor')).out).toMatch(/✓ slot +.*: the running plugin has it, as it should\n/);
  expect(
    house
      .gate('Garage')
      .happenings.since(since)
      .filter(({ event }) => event === 'connection'),
  ).toEqual([]);
});

test('open from the command line is seen in Apple Home, and watch tells of it', async () => {
  const story = await house.watch('Garage');
  const watching = new Child({
    name: 'gatehouse watch',
    args: [main, 'watch', 'Garage', '--storage', house.homebridge.storage],
  });
  try {
    await watching.lines.waitFor('the present', ({ text }) => text.endsWith('Garage is connected: closed'));
    expect((await ask('open', 'Garage')).out).toBe('Garage: opening\n');
    await story.until({ T: 0, C: 0 });
    await watching.lines.waitFor('the opening', ({ text }) =>
      text.includes('Garage opened by the command line'),
    );
    expect((await ask('query')).code).toBe(2);
    expect((await ask('query', 'Garage')).out).toBe('Garage: open\n');
    expect(await watching.stop('SIGINT')).toEqual({ code: 0, signal: null });
  } finally {
    await watching.stop();
  }
  const { out } = await ask('journal', '--device', 'Garage');
  // In the order of their times, and the device's own have tenths of a second.
  expect(out).toContain('Garage: open sent by the command line\n');
  expect(out).toContain('Garage opened by the command line\n');
});

test('what is only shown stays so', async () => {
  const since = house.gate('Shown').mark();
  const { code, error } = await ask('open', 'Shown');
  expect([code, error]).toEqual([4, expect.stringContaining('Shown is only shown')]);
  expect((await ask('trigger', 'Shown', '--direct')).code).toBe(4);
  expect(
    house
      .gate('Shown')
      .happenings.since(since)
      .filter(({ event }) => event === 'action'),
  ).toEqual([]);
});
