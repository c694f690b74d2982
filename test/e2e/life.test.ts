import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { sleep, systemClock } from '../../src/base/clock.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { response } from '../discovery/dns-bytes.ts';
import { Responder } from '../discovery/responder.ts';
import { freePort } from '../helpers/free-port.ts';
import { Controller } from './hap.ts';
import { Homebridge } from './homebridge-process.ts';
import { LocalGate } from './local-gate.ts';

/** Each is operated at another moment before the end of Homebridge. */
const GATES = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'].map((letter) => `Gate ${letter}`);
const SEED = 20_261_122;
/** From the first operation to the end. */
const STORY = 4_000;
/** From a movement to its state on disk, on a machine that is busy: what came later may be lost by SIGKILL. */
const ON_DISK_WITHIN = 1_000;

const MDNS_PORT = 5353;
const SERVICE = '_remootio._tcp.local';

const CLOSED = { T: 1, C: 1, O: 0 };
const OPEN = { T: 0, C: 0, O: 0 };
/** A travel is over by the time of the restart, one way or the other: open, until the device says otherwise. */
const RESTORED = { closed: CLOSED, open: OPEN };

const gates: LocalGate[] = [];
let homebridge: Homebridge;
let ann: Controller;

function platform(devices: readonly JsonObject[], discovery = false): JsonObject {
  return { platform: 'Gatehouse', discovery, devices };
}

const quick = (gate: LocalGate, more: JsonObject = {}): JsonObject =>
  gate.config({ openSeconds: 1, closeSeconds: 1, ...more });

beforeAll(async () => {
  for (const [index, name] of GATES.entries()) {
    gates.push(await LocalGate.open(name, { state: index % 2 ? 'open' : 'closed' }));
  }
  homebridge = await Homebridge.make({
    version: '2.4.0',
    plugin: inject('plugin'),
    platforms: [platform(gates.map((gate) => quick(gate)))],
    secrets: gates.flatMap(({ secrets }) => secrets),
  });
  await homebridge.start();
  ann = await Controller.pair('Ann', homebridge);
  await Promise.all(gates.map((gate) => gate.authenticated(0)));
  await ann.look();
});

afterEach(() => homebridge.checkLog());

afterAll(async () => {
  await ann.close();
  await homebridge.dispose();
  await Promise.all(gates.map(({ device }) => device.stop()));
});

/** Says on the network of this machine where a device is, until the signal. */
async function announce({ device }: LocalGate, until: AbortSignal): Promise<void> {
  const { serialNumber } = device.settings;
  const responder = await Responder.open(MDNS_PORT);
  const host = `remootio_${serialNumber}.local`;
  while (!until.aborted) {
    responder.say(
      response(
        { type: 'PTR', name: SERVICE, data: `${serialNumber}.${SERVICE}` },
        { type: 'SRV', name: `${serialNumber}.${SERVICE}`, port: device.port, target: host },
        { type: 'A', name: host, data: device.host },
      ),
    );
    await sleep(systemClock, 300, until).catch(() => undefined);
  }
  await responder.close();
}

/** Where somebody has the port for himself alone, there is no mDNS for anybody else. */
async function canAnnounce(): Promise<boolean> {
  try {
    await (await Responder.open(MDNS_PORT)).close();
    return true;
  } catch {
    console.warn(`port ${MDNS_PORT} cannot be shared: the test of announcements is skipped`);
    return false;
  }
}

async function startAgain(): Promise<void> {
  await homebridge.start();
  ann = await ann.reconnected();
  await ann.look();
}

describe.each([
  ['kill', SEED],
  ['stop', SEED + 1],
] as const)('Homebridge ends by %s at any moment', (end, seed) => {
  test('and what was last reported is there before the devices are', async () => {
    const moments = fc.sample(fc.integer({ min: 0, max: STORY }), { numRuns: GATES.length, seed });
    await Promise.all(
      gates.map(async ({ device }, index) => {
        await sleep(systemClock, moments[index]!);
        device.operate();
      }),
    );
    await sleep(systemClock, STORY - Math.max(...moments));
    const from = systemClock.monotonic() - ON_DISK_WITHIN;
    await homebridge[end]();
    const to = systemClock.monotonic();
    const possible = gates.map((gate) => new Set([gate.stoodAt(from), gate.stoodAt(to)]));
    // Of some it is certain what was on disk, whatever the machine is busy with.
    expect(possible.filter(({ size }) => size === 1).length).toBeGreaterThan(1);
    await Promise.all(gates.map((gate) => gate.vanish()));

    await startAgain();
    for (const [index, name] of GATES.entries()) {
      const allowed = [...possible[index]!].map((state) => RESTORED[state]);
      expect(allowed, name).toContainEqual(await ann.door(name));
    }

    const marks = gates.map(({ happenings }) => happenings.mark());
    await Promise.all(gates.map(({ device }) => device.listen()));
    await Promise.all(gates.map((gate, index) => gate.authenticated(marks[index]!)));
    for (const { name, device } of gates) {
      const truth = device.state.sensor === 'closed' ? CLOSED : OPEN;
      await expect.poll(() => ann.door(name), { timeout: 5_000 }).toEqual(truth);
    }
  });
});

test('what is added to the config is there, what was removed is gone, what is there twice is refused', async () => {
  const [first, second, ...others] = gates as [LocalGate, LocalGate, ...LocalGate[]];
  const ids = others.map(({ name }) => ann.accessoryId(name));
  const added = await LocalGate.open('Added', { state: 'open' });
  gates.push(added);
  const serialNumber = 'A4CF12F7A3F0abcdefgh';
  // The API was turned off and on in the app.
  const renewed = others[0]!;
  renewed.device.renewKeys();
  homebridge.configure([
    platform(
      [
        // The first is left out.
        ...[second, added, ...others].map((gate) => quick(gate)),
        quick(first, { name: second.name }),
        quick(second, { name: 'Same host' }),
        quick(first, { name: 'Same serial', serialNumber }),
        quick(first, { name: 'Same serial again', serialNumber, host: 'localhost' }),
      ],
      true,
    ),
  ]);
  await homebridge.stop();
  const mark = renewed.happenings.mark();
  await startAgain();
  await renewed.authenticated(mark);
  // It could have been the one that is left out, so its serial number is asked for first.
  await expect.poll(() => ann.look(), { timeout: 10_000 }).toContain('Added');
  await expect.poll(() => ann.door('Added'), { timeout: 5_000 }).toEqual(OPEN);
  expect(others.map(({ name }) => ann.accessoryId(name))).toEqual(ids);
  const { log } = homebridge;
  expect(log).toMatch(/name is the same as of Gate B/);
  expect(log).toMatch(/Same host: host and port are the same as of Gate B/);
  expect(log).toMatch(/Same serial again: serialNumber is the same as of Same serial/);
});

test.skipIf(!(await canAnnounce()))(
  'a device at another address is followed there, and another one in its place refused',
  async () => {
    const added = gates.find(({ name }) => name === 'Added')!;
    const { port, host, secretKey, authKey, settings } = added.device;
    const { serialNumber } = settings;
    await added.device.stop();
    const moved = await LocalGate.open('Added, elsewhere', {
      ...{ host: '127.0.0.2', serialNumber, secretKey, authKey, state: 'closed' },
    });
    gates.push(moved);
    const reached = moved.authenticated(0);
    const stop = new AbortController();
    const announced = announce(moved, stop.signal);
    await reached;
    stop.abort();
    await announced;
    await expect.poll(() => ann.door('Added'), { timeout: 5_000 }).toEqual(CLOSED);
    await expect
      .poll(() => homebridge.log)
      .toMatch(
        `[Added] The device is at 127.0.0.2, port ${moved.device.port}, and not at ${host}, port ${port}`,
      );

    const stranger = await LocalGate.open('Stranger', { host, port, secretKey, authKey, state: 'open' });
    gates.push(stranger);
    await moved.vanish();
    const warned = ({ text }: { text: string }): boolean =>
      text.includes('[Added] Not connected: Another device answers');
    const { text } = await homebridge.lines.waitFor('the refusal', warned, { within: 20_000 });
    expect(text).toContain(
      `serial number ${stranger.device.settings.serialNumber} instead of ${serialNumber}`,
    );
    expect(await ann.door('Added')).toEqual(CLOSED);
    expect(stranger.happenings.since(0)).not.toContainEqual(expect.objectContaining({ event: 'action' }));
  },
);

test('on a child bridge it is as on the bridge', async () => {
  const gate = await LocalGate.open('Child');
  gates.push(gate);
  const bridge = { username: '0E:AA:BB:CC:DD:0E', port: await freePort() };
  const parent = await Homebridge.make({
    version: '2.4.0',
    plugin: inject('plugin'),
    platforms: [{ ...platform([quick(gate)]), _bridge: { ...bridge, name: 'Gatehouse Child' } }],
    secrets: gate.secrets,
  });
  try {
    await parent.start();
    await gate.authenticated(0);
    let bob = await Controller.pair('Bob', { ...bridge, pin: parent.pin });
    await bob.look();
    await bob.write('Child', 'TargetDoorState', 0);
    await expect.poll(() => bob.door('Child'), { timeout: 5_000 }).toEqual(OPEN);
    expect(gate.happenings.since(0)).toContainEqual(
      expect.objectContaining({ event: 'action', type: 'OPEN' }),
    );
    expect(parent.log).not.toMatch(/Child bridge ended/);
    await parent.kill();
    await gate.vanish();
    await parent.start();
    await parent.lines.waitFor('the child bridge', ({ text }) => /Gatehouse Child.*is running/.test(text));
    bob = await bob.reconnected();
    await bob.look();
    expect(await bob.door('Child')).toEqual(OPEN);
    await bob.close();
    // A child bridge never ends by itself: the channel to its parent keeps it, and it is ended after 5 s.
    await parent.kill();
  } finally {
    await parent.dispose();
  }
}, 60_000);
