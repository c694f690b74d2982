import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { sleep, systemClock } from '../../src/base/clock.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { FAULT_NAMES, type FaultName, type SimulatedDevice } from '../../src/simulator/index.ts';
import { Controller } from './hap.ts';
import { Homebridge } from './homebridge-process.ts';
import { LocalGate } from './local-gate.ts';
import { filesBelow, findSecrets, formsOf, type Place, type Secret } from './secret-forms.ts';
import { WireTap } from './wire-tap.ts';

/** Faults around a command that Home waits for. */
const OF_COMMANDS = [
  'rejected-commands',
  'unanswered-executed',
  'drop-after-execution',
  'late-answers',
] as const satisfies readonly FaultName[];

/** Long enough for a few attempts to connect after each fault. */
const RECONNECTS = 3_000;

interface Gate {
  readonly local: LocalGate;
  readonly device: SimulatedDevice;
  readonly tap: WireTap;
}

const gates = new Map<string, Gate>();
const keys: Secret[] = [];
let homebridge: Homebridge;
let ann: Controller;

function secret(what: string, hex: string): Secret {
  return { what, bytes: Buffer.from(hex, 'hex') };
}

async function makeGate(name: string): Promise<Gate> {
  const local = await LocalGate.open(name);
  const { device } = local;
  const gate = { local, device, tap: await WireTap.open(name, device) };
  keys.push(secret(`the secret key of ${name}`, device.secretKey));
  keys.push(secret(`the auth key of ${name}`, device.authKey));
  gates.set(name, gate);
  return gate;
}

function configOf(name: string, more: JsonObject = {}): JsonObject {
  const { local, tap } = gates.get(name)!;
  return local.config({ port: tap.port, ...more });
}

/** Keys that are wrong, in the wrong place, or no keys; each is a secret of somebody's. */
function badConfigs(): readonly JsonObject[] {
  const fresh = (what: string): string => {
    const key = randomBytes(32).toString('hex');
    keys.push(secret(what, key));
    return key;
  };
  const swapped = gates.get('Swapped')!.device;
  return [
    configOf('Wrong secret', { apiSecretKey: fresh('a wrong secret key') }),
    configOf('Wrong auth', { apiAuthKey: fresh('a wrong auth key').toUpperCase() }),
    configOf('Swapped', { apiSecretKey: swapped.authKey, apiAuthKey: swapped.secretKey }),
    {
      name: 'Mistyped',
      host: '192.0.2.1',
      apiSecretKey: `${fresh('a mistyped key')}0`,
      apiAuthKey: 'no key',
    },
    { name: 'Same', host: '192.0.2.2', ...twice(fresh('a key that was pasted twice')) },
    { ...named(fresh('a key that was pasted as the name')), host: '192.0.2.3' },
    { name: 'Host', ...hosted(fresh('a key that was pasted as the host')) },
    { name: 'Key as key', host: '192.0.2.4', [fresh('a key that was pasted as a setting')]: true },
  ];
}

const twice = (key: string): JsonObject => ({ apiSecretKey: key, apiAuthKey: key });
const named = (key: string): JsonObject => ({ name: key, ...twice(key) });
const hosted = (key: string): JsonObject => ({ host: key, ...twice(key) });

beforeAll(async () => {
  const names = [...FAULT_NAMES, 'Wrong secret', 'Wrong auth', 'Swapped'];
  await Promise.all(names.map(makeGate));
  homebridge = await Homebridge.make({
    version: '2.4.0',
    plugin: inject('plugin'),
    platforms: [
      {
        platform: 'Gatehouse',
        devices: [...FAULT_NAMES.map((name) => configOf(name)), ...badConfigs()],
      },
    ],
  });
  await homebridge.start();
  ann = await Controller.pair('Ann', homebridge);
  await ann.look();
});

afterAll(async () => {
  await ann.close();
  await homebridge.dispose();
  await Promise.all([...gates.values()].map(({ tap }) => tap.close()));
  await Promise.all([...gates.values()].map(({ device }) => device.stop()));
});

/** Everything that the plugin writes, or that is written for it. The keys themselves are in the config. */
function places(): readonly Place[] {
  const log = { where: 'the log', content: Buffer.from(homebridge.log) };
  return [log, ...filesBelow(homebridge.storage, ['config.json'])];
}

function secrets(): readonly Secret[] {
  return [...keys, ...[...gates.values()].flatMap(({ tap }) => tap.secrets)];
}

async function switchOnFaults(): Promise<void> {
  for (const name of FAULT_NAMES) {
    const { device } = gates.get(name)!;
    device.faults.enable(name);
    if ((OF_COMMANDS as readonly string[]).includes(name)) continue;
    device.operate();
    // Commands meet their fault in a session that is up, everything else in one that begins.
    device.drop();
  }
  const write = async (name: FaultName, index: number): Promise<void> => {
    const member = await ann.invite(`Member ${index}`);
    await member.look();
    await member.write(name, 'TargetDoorState', 0).catch(() => undefined);
    await member.close();
  };
  await Promise.all([...OF_COMMANDS.map(write), sleep(systemClock, RECONNECTS)]);
}

test('no key, session key, challenge or MAC leaves the process, whatever goes wrong', async () => {
  await switchOnFaults();
  await homebridge.stop();
  const found = secrets();
  // Without these the test would look for nothing: sessions were made, and there was something to say of them.
  expect(found.filter(({ what }) => what.startsWith('a session key')).length).toBeGreaterThan(
    FAULT_NAMES.length,
  );
  await expect.poll(() => homebridge.log).toMatch(/API Secret Key is wrong/);
  await expect.poll(() => homebridge.log).toMatch(/API Auth Key is wrong/);
  await expect.poll(() => homebridge.log).toMatch(/could not be opened from Home/);
  const looked = places();
  expect(looked.map(({ where }) => where)).toContainEqual(expect.stringMatching(/cachedAccessories/));
  expect(looked.map(({ where }) => where)).toContainEqual(expect.stringMatching(/^gatehouse\//));
  expect(findSecrets(found, looked)).toEqual([]);
});

describe('the search itself', () => {
  const bytes = randomBytes(32);
  const forms = [...formsOf(bytes), bytes.toString('hex').toUpperCase(), bytes.toString('base64')];

  test.each(forms.map((form, index) => ({ form, index })))('finds form $index', ({ form }) => {
    const content = Buffer.from(`a line with ${form} in it`);
    expect(findSecrets([{ what: 'the key', bytes }], [{ where: 'a file', content }])).toEqual([
      'the key is in a file',
    ]);
  });

  test('finds the bytes themselves, and nothing where nothing is', () => {
    const place = (content: Buffer): readonly Place[] => [{ where: 'a file', content }];
    const one = [{ what: 'the key', bytes }];
    expect(findSecrets(one, place(Buffer.concat([Buffer.from('x'), bytes])))).toHaveLength(1);
    expect(findSecrets(one, place(Buffer.from(randomBytes(32).toString('hex'))))).toEqual([]);
  });
});
