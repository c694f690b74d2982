import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RequestName } from '../../src/ui/protocol.ts';
import { SimulatedDevice } from '../../src/simulator/index.ts';
import { AUTH_KEY, deviceJson, SECRET_KEY } from '../config/helpers.ts';
import { familyWeek, writeJournal } from './old-journal.ts';
import { PageRequests } from './page-requests.ts';

const TOKEN = 'token-0123456789-abcdefghij';
const ROLLOUT_KEY = 'a-rollout-key-that-is-secret';
const SECRETS = [SECRET_KEY, AUTH_KEY, TOKEN, ROLLOUT_KEY, '031-45-154'];
const OURS = {
  platform: 'Gatehouse',
  devices: [deviceJson(), deviceJson({ name: 'No host', host: '' })],
  remoteSupport: {
    tenantId: 't1',
    scriptToken: TOKEN,
    computers: [{ name: 'Study', platform: 'windows', rolloutData: { RolloutKey: ROLLOUT_KEY } }],
  },
};
const THEIRS = {
  platform: 'Remootio',
  devices: [{ name: 'Old gate', ipAddress: '192.168.1.77', apiSecretKey: AUTH_KEY, apiAuthKey: SECRET_KEY }],
};

/** Requests without parameters, and a body of each of the others that is in order. */
const BODIES: Readonly<Record<RequestName, object | undefined>> = {
  '/overview': undefined,
  '/discover': undefined,
  '/discover/stop': undefined,
  '/test': { run: 1, device: 'Garage' },
  '/test/stop': undefined,
  '/status': undefined,
  '/status/stop': undefined,
  '/journal': { limit: 10, timeZone: 'UTC' },
  '/diagnostics': undefined,
  '/config/check': { config: {} },
  '/takeover': undefined,
  '/takeover/apply': undefined,
  '/reach/list': undefined,
  '/reach/rollout': { name: 'Study' },
  '/reach/link': { name: 'Study' },
  '/reach/revoke': { name: 'Study' },
  '/reach/forget': { name: 'Study' },
};
const NAMES = Object.keys(BODIES) as RequestName[];
const INVALID = { code: 'INVALID_REQUEST' };

let page: PageRequests;

beforeEach(() => {
  page = new PageRequests(OURS, THEIRS);
});

afterEach(async () => {
  await page.dispose();
  const told = page.told.join('\n');
  for (const secret of SECRETS) expect(told).not.toContain(secret);
});

it('are those that the page knows, and no others', () => {
  expect(page.handlers.map(({ path }) => path).toSorted()).toEqual(NAMES.toSorted());
});

describe.each(NAMES)('%s', (name) => {
  it('refuses whatever has another form, and does nothing', async () => {
    const before = page.configText;
    const good = BODIES[name] ?? {};
    const odd = fc.oneof(
      fc.jsonValue().filter((value) => JSON.stringify(value) !== '{}' || BODIES[name] !== undefined),
      fc
        .tuple(fc.string({ minLength: 1 }), fc.jsonValue())
        .map(([key, value]) => ({ ...good, [`x${key}`]: value })),
    );
    await fc.assert(
      fc.asyncProperty(odd, async (body) => {
        await expect(page.ask(name, body)).rejects.toMatchObject(INVALID);
      }),
      { numRuns: 50 },
    );
    expect(page.configText).toBe(before);
  });

  it.each(Object.keys(BODIES[name] ?? {}))('needs its %s, and of the right kind', async (key) => {
    const good = { ...BODIES[name] };
    for (const wrong of [undefined, null, {}, [], true, '', 'x'.repeat(10_000), -1, 0.5]) {
      if (key === 'config' && JSON.stringify(wrong) === '{}') continue;
      if (key === 'run' && wrong === -1) continue;
      await expect(page.ask(name, { ...good, [key]: wrong })).rejects.toMatchObject(INVALID);
    }
  });
});

describe('a place to be tested', () => {
  const key = { text: SECRET_KEY, label: 'none' };
  const good = { host: '127.0.0.1', port: 8080, keys: [key, key] };

  it.each([
    { ...good, host: 'http://127.0.0.1' },
    { ...good, host: '127.0.0.1/path' },
    { ...good, host: 'a b' },
    { ...good, host: '' },
    { ...good, port: 0 },
    { ...good, port: 65_536 },
    { ...good, port: '8080' },
    { ...good, keys: [key] },
    { ...good, keys: [key, key, key] },
    { ...good, keys: [key, { ...key, label: 'other' }] },
    { ...good, keys: [key, { text: 7, label: 'none' }] },
    { ...good, keys: [key, { text: 'short', label: 'none' }] },
  ])('%j is refused', async (place) => {
    const refused = await page.ask('/test', { run: 1, place }).catch((error: unknown) => error);
    expect(refused).toMatchObject(INVALID);
  });
});

it('/overview tells what is set up, without a key', async () => {
  expect(await page.ask('/overview')).toMatchObject({
    devices: [{ name: 'Garage', host: '192.168.1.50', port: 8080 }],
    problems: [expect.stringContaining('No host')],
    peerDevices: ['Old gate'],
    remoteSupport: true,
  });
});

it.each(['{ "platforms": [ { "apiSecretKey": "' + SECRET_KEY, '[]', '7', ''])(
  'a config that is none is not quoted: %j',
  async (text) => {
    writeFileSync(page.configPath, text);
    await expect(page.ask('/overview')).rejects.toMatchObject({ code: 'BAD_CONFIG' });
    await expect(page.ask('/diagnostics')).resolves.toBeDefined();
  },
);

it('/takeover shows what would become of it, and /takeover/apply does it and keeps the old config', async () => {
  const before = page.configText;
  const { lines, devices } = await page.ask('/takeover');
  expect(devices).toEqual(['Old gate']);
  expect(lines.map(({ key }) => key)).toContain('ipAddress');
  expect(page.configText).toBe(before);
  const { backup } = await page.ask('/takeover/apply');
  expect(readFileSync(join(page.storage, backup), 'utf8')).toBe(before);
  expect(JSON.parse(page.configText)).toMatchObject({
    platforms: [
      {
        platform: 'Gatehouse',
        devices: [{ name: 'Garage' }, {}, { name: 'Old gate', host: '192.168.1.77' }],
      },
    ],
  });
  await expect(page.ask('/takeover/apply')).rejects.toMatchObject({ code: 'NOTHING_FOUND' });
  expect(readdirSync(page.storage).filter((name) => name.includes('before-gatehouse'))).toHaveLength(1);
});

it('/config/check says what the plugin would say', async () => {
  const config = { platform: 'Gatehouse', devices: [deviceJson({ closeSeconds: 0 })] };
  const { problems } = await page.ask('/config/check', { config });
  expect(problems).toEqual([expect.objectContaining({ severity: 'error', key: 'closeSeconds' })]);
});

it('/journal tells who opened what, of one gate and one person', async () => {
  writeJournal(page.storage, familyWeek('Garage', Date.now()));
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const all = await page.ask('/journal', { limit: 500, timeZone });
  expect(all.days).toHaveLength(7);
  expect(all.devices).toEqual(['Garage']);
  expect(all.people.map(({ name }) => name).toSorted()).toEqual(['Anna', 'Ben', 'Parcel service']);
  const anna = await page.ask('/journal', { limit: 500, timeZone, person: 'Anna', device: 'Garage' });
  const hers = all.entries.filter(({ by }) => by?.name === 'Anna');
  expect(anna.entries).toEqual(hers);
  expect(anna.days.reduce((sum, { opened }) => sum + opened, 0)).toBe(hers.length);
  expect((await page.ask('/journal', { limit: 3, timeZone: 'UTC' })).entries).toEqual(
    all.entries.slice(0, 3),
  );
  expect((await page.ask('/journal', { limit: 3, timeZone: 'UTC', person: 'Nobody' })).entries).toEqual([]);
});

it('without a running plugin there is no status, and no remote support', async () => {
  expect(await page.ask('/status')).toEqual({ plugin: 'absent', devices: [] });
  expect(await page.ask('/reach/list')).toEqual({ state: 'absent', computers: [] });
  await expect(page.ask('/reach/link', { name: 'Study' })).rejects.toMatchObject({ code: 'NOT_RUNNING' });
});

it('/test knows the saved devices by name alone', async () => {
  await expect(page.ask('/test', { run: 1, device: 'Nobody' })).rejects.toMatchObject({
    code: 'UNKNOWN_DEVICE',
  });
});

it('/test tries the keys in both orders, tells each step, and no key', async () => {
  const device = new SimulatedDevice({ remootioVersion: 'remootio-3' });
  await device.start();
  try {
    const keys = [device.authKey, device.secretKey].map((text) => ({ text, label: 'none' }));
    const place = { host: '127.0.0.1', port: device.port, keys };
    const result = await page.ask('/test', { run: 7, place });
    expect(result).toMatchObject({ ok: true, via: 'device', secretKey: 1, sensor: 'closed' });
    const steps = page.told.flatMap(
      (text) => /^\["test",\{"run":7,"step":\{"step":"(\w+)"/.exec(text)?.[1] ?? [],
    );
    expect(new Set(steps)).toEqual(new Set(['reach', 'identify', 'keys', 'sensor', 'logging', 'slot']));
    const told = page.told.join('\n');
    for (const secret of [device.authKey, device.secretKey]) expect(told).not.toContain(secret);
  } finally {
    await device.stop();
  }
});

it('/test says which key is wrong', async () => {
  const device = new SimulatedDevice();
  await device.start();
  try {
    const keys = [randomBytes(32).toString('hex'), device.authKey].map((text) => ({ text, label: 'none' }));
    const place = { host: '127.0.0.1', port: device.port, keys };
    const result = await page.ask('/test', { run: 1, place });
    expect(result).toMatchObject({ ok: false, problem: { code: 'secret-key-wrong' } });
  } finally {
    await device.stop();
  }
});
