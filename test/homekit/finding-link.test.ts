import { createSecretKey } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Signal } from '../../src/base/emitter.ts';
import { Discovery } from '../../src/discovery/discovery.ts';
import { openMdns, type MdnsOptions } from '../../src/discovery/mdns-socket.ts';
import { FindingLink } from '../../src/homekit/finding-link.ts';
import type { Target } from '../../src/session/transport.ts';
import { SimulatedDevice } from '../../src/simulator/index.ts';
import { response } from '../discovery/dns-bytes.ts';
import { freeUdpPort, onLoopback, Responder } from '../discovery/responder.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { freePort } from '../helpers/free-port.ts';
import { RecordingLog } from '../helpers/recording-log.ts';
import { SteppedClock } from '../helpers/stepped-clock.ts';

const SERVICE = '_remootio._tcp.local';
const SERIAL = 'A4CF12F7A3F0abcdefgh';
const OTHER = 'B4CF12F7A3F0abcdefgh';
const HOST = `remootio_${SERIAL}.local`;

/** Time of the link; it goes to its next attempt when it is told to. */
let clock: SteppedClock;
/** Time of the discovery. */
let discoveryClock: FakeClock;
let network: Responder;
let discovery: Discovery;
let log: RecordingLog;
let started: { stop: () => Promise<void> }[];

beforeEach(async () => {
  const port = await freeUdpPort();
  log = new RecordingLog();
  clock = new SteppedClock();
  discoveryClock = new FakeClock();
  started = [];
  network = await Responder.open(port);
  discovery = new Discovery({
    clock: discoveryClock,
    log,
    mdns: onLoopback(port),
    lookup: () => Promise.resolve([]),
  });
});

afterEach(async () => {
  for (const each of started.reverse()) await each.stop();
  await discovery.stop();
  await network.close();
});

async function device(serialNumber: string, keysOf?: SimulatedDevice): Promise<SimulatedDevice> {
  const keys = keysOf && { secretKey: keysOf.secretKey, authKey: keysOf.authKey };
  const made = new SimulatedDevice({ serialNumber, host: '127.0.0.1', ...keys });
  started.push(made);
  await made.start();
  return made;
}

/** The network answers questions with where the device is. */
function show(at: SimulatedDevice): void {
  network.answerWith((questions) => (questions.some(({ name }) => name === SERVICE) ? [records(at)] : []));
}

function records({ port }: SimulatedDevice, serialNumber = SERIAL): Buffer {
  const target = `remootio_${serialNumber}.local`;
  return response(
    { type: 'PTR', name: SERVICE, data: `${serialNumber}.${SERVICE}` },
    { type: 'SRV', name: `${serialNumber}.${SERVICE}`, port, target },
    { type: 'A', name: target, data: '127.0.0.1' },
  );
}

function linkTo(
  configured: Target,
  keysOf: SimulatedDevice,
  through: Discovery | 'none' = discovery,
): FindingLink {
  const link = new FindingLink({
    configured,
    discovery: through === 'none' ? undefined : through,
    keys: {
      secretKey: createSecretKey(keysOf.secretKey, 'hex'),
      authKey: createSecretKey(keysOf.authKey, 'hex'),
    },
    clock,
    log,
    expectedSerial: () => SERIAL,
  });
  started.push(link);
  return link;
}

/** One attempt after the other up to the first that succeeds. @returns how many failed. */
async function untilReady(link: FindingLink): Promise<number> {
  let failed = 0;
  link.start();
  for (;;) {
    const ended = next(link.down).then(() => 'down');
    if ((await Promise.race([ended, next(link.ready)])) !== 'down') return failed;
    failed += 1;
    while (link.state !== 'connecting') clock.step();
  }
}

function next<Value>(signal: Signal<Value>): Promise<Value> {
  return new Promise((resolve) => {
    const off = signal.on((value) => {
      off();
      resolve(value);
    });
  });
}

const nowhere = async (): Promise<Target> => ({ host: '127.0.0.1', port: await freePort() });
const at = ({ port }: SimulatedDevice): Target => ({ host: '127.0.0.1', port });

describe('a device that moved', () => {
  it('is found where the network shows its serial number, and the log says where', async () => {
    const moved = await device(SERIAL);
    show(moved);
    discovery.start();
    await next(discovery.found);
    const link = linkTo(await nowhere(), moved);
    expect(await untilReady(link)).toBe(1);
    expect(log.at('info')).toEqual([
      expect.stringMatching(new RegExp(`^The device is at 127.0.0.1, port ${moved.port}, and not at`)),
    ]);
  });

  it('is looked for there first from then on', async () => {
    const moved = await device(SERIAL);
    show(moved);
    discovery.start();
    await next(discovery.found);
    const link = linkTo(await nowhere(), moved);
    await untilReady(link);
    clock.pass(20_000);
    const down = next(link.down);
    moved.drop();
    expect(await down).toMatchObject({ wasReady: true });
    const again = next(link.ready);
    clock.step();
    await again;
    expect(log.at('info')).toHaveLength(1);
  });

  it('is found under its host name, where it does not advertise itself any more', async () => {
    const moved = await device(SERIAL);
    network.answerWith((questions) =>
      questions.some(({ name }) => name.toLowerCase() === HOST.toLowerCase()) ? [address] : [],
    );
    const address = response({ type: 'A', name: HOST, data: '127.0.0.1' });
    discovery.start();
    const link = linkTo({ host: '127.0.0.2', port: moved.port }, moved);
    link.start();
    await next(link.down);
    expect(await discovery.resolve(HOST)).toEqual(['127.0.0.1']);
    const ready = next(link.ready);
    while (link.state !== 'connecting') clock.step();
    await ready;
    expect(log.at('info')).toEqual([expect.stringMatching(/^The device is at 127.0.0.1/)]);
  });

  it('is not followed where discovery is switched off', async () => {
    const moved = await device(SERIAL);
    show(moved);
    discovery.start();
    await next(discovery.found);
    const link = linkTo(await nowhere(), moved, 'none');
    link.start();
    for (let failures = 0; failures < 5; failures++) {
      await next(link.down);
      while (link.state !== 'connecting') clock.step();
    }
    expect(log.at('info')).toEqual([]);
  });
});

describe('another device in its place', () => {
  it('is refused with a message, and the right one tried soon after', async () => {
    const right = await device(SERIAL);
    const wrong = await device(OTHER, right);
    show(right);
    discovery.start();
    await next(discovery.found);
    const began = clock.monotonic();
    expect(await untilReady(linkTo(at(wrong), right))).toBe(1);
    expect(clock.monotonic() - began).toBe(500);
    expect(log.at('warn')).toEqual([
      expect.stringMatching(`serial number ${OTHER} instead of ${SERIAL}. Correct the address`),
    ]);
    expect(log.at('info')).toContain('Connected again.');
  });

  it('is left alone for minutes where nothing shows the right one', async () => {
    const wrong = await device(OTHER);
    discovery.start();
    const link = linkTo(at(wrong), wrong);
    link.start();
    await next(link.down);
    const began = clock.monotonic();
    clock.step();
    expect(link.state).toBe('connecting');
    expect(clock.monotonic() - began).toBe(5 * 60_000);
  });

  it('is left alone for minutes where the right one is shown and does not answer either', async () => {
    const right = await device(SERIAL);
    const wrong = await device(OTHER, right);
    show(right);
    discovery.start();
    await next(discovery.found);
    await right.stop();
    const link = linkTo(at(wrong), right);
    let attempts = 0;
    wrong.happenings.on(({ event }) => {
      if (event === 'connection') attempts += 1;
    });
    link.start();
    const began = clock.monotonic();
    for (;;) {
      await next(link.down);
      if (clock.monotonic() - began > 10 * 60_000) break;
      while (link.state !== 'connecting') clock.step();
    }
    expect(attempts).toBeLessThanOrEqual(4);
  });
});

describe('an announcement', () => {
  it('ends a wait: the device that is back is tried at once', async () => {
    const gone = await device(SERIAL);
    await gone.stopListening();
    discovery.start();
    const link = linkTo(at(gone), gone);
    link.start();
    // Until the waits are long.
    const began = clock.monotonic();
    for (;;) {
      await next(link.down);
      if (clock.monotonic() - began > 5 * 60_000) break;
      while (link.state !== 'connecting') clock.step();
    }
    // Some time after the last question, so that it is no answer.
    await discoveryClock.advance(20_000);
    await gone.listen();
    const announced = next(discovery.announced);
    network.say(records(gone));
    await announced;
    const before = clock.monotonic();
    const ready = next(link.ready);
    clock.step();
    expect(clock.monotonic() - before).toBeLessThanOrEqual(3_000);
    await ready;
  });

  it('of another device ends none', async () => {
    const gone = await device(OTHER);
    const link = linkTo(await nowhere(), gone);
    discovery.start();
    link.start();
    for (let failures = 0; failures < 30; failures++) {
      await next(link.down);
      if (failures < 29) while (link.state !== 'connecting') clock.step();
    }
    await discoveryClock.advance(20_000);
    const announced = next(discovery.announced);
    network.say(records(gone, OTHER));
    await announced;
    const before = clock.monotonic();
    clock.step();
    expect(clock.monotonic() - before).toBeGreaterThan(10_000);
  });
});

describe('a network without multicast', () => {
  it('changes nothing: the configured place is used', async () => {
    const where = await device(SERIAL);
    let failed: Promise<string> | undefined;
    const broken = new Discovery({
      clock: discoveryClock,
      log,
      openMdns: (options) => {
        // There is no way to an IPv6 group without its address.
        const mdns = openMdns({ ...options, type: 'udp6' } as MdnsOptions);
        failed = next(mdns.failed);
        return mdns;
      },
    });
    started.push(broken);
    broken.start();
    await failed;
    expect(await untilReady(linkTo(at(where), where, broken))).toBe(0);
    expect(log.at('info')).toEqual([expect.stringMatching(/^mDNS cannot be used here/)]);
    expect([...log.at('warn'), ...log.at('error')]).toEqual([]);
  });
});
