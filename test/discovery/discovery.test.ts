import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Signal } from '../../src/base/emitter.ts';
import { Discovery } from '../../src/discovery/discovery.ts';
import type { Mdns, Question } from '../../src/discovery/mdns-socket.ts';
import type { Discovered } from '../../src/discovery/service-cache.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { RecordingLog } from '../helpers/recording-log.ts';

const SERVICE = '_remootio._tcp.local';
const MINUTE = 60_000;

class FakeMdns implements Mdns {
  readonly response = new Signal<unknown>();
  readonly failed = new Signal<string>();
  readonly ready = new Signal<void>();
  readonly trouble = new Signal<string>();
  readonly asked: Question[] = [];
  closed = false;

  query(questions: readonly Question[]): void {
    this.asked.push(...questions);
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

let clock: FakeClock;
let log: RecordingLog;
let sockets: FakeMdns[];
let discovery: Discovery;
let found: Discovered[];
let gone: Discovered[];
let announced: string[];
let lookup: (host: string) => Promise<readonly string[]>;

beforeEach(() => {
  clock = new FakeClock();
  log = new RecordingLog();
  sockets = [];
  found = [];
  gone = [];
  announced = [];
  lookup = () => Promise.reject(new Error('ENOTFOUND'));
  discovery = new Discovery({
    clock,
    log,
    lookup: (host) => lookup(host),
    openMdns: () => {
      const socket = new FakeMdns();
      sockets.push(socket);
      return socket;
    },
  });
  discovery.found.on((device) => found.push(device));
  discovery.gone.on((device) => gone.push(device));
  discovery.announced.on(({ serialNumber }) => announced.push(serialNumber));
});

afterEach(async () => {
  await discovery.stop();
  expect(clock.pending).toBe(0);
  expect(sockets.every((socket) => socket.closed)).toBe(true);
});

function socket(): FakeMdns {
  return sockets.at(-1)!;
}

function start(): void {
  discovery.start();
  socket().ready.emit();
}

interface Says {
  serial?: string;
  address?: string | undefined;
  port?: number;
  ttl?: number;
}

function advertise({ serial = 'S1', address = '10.0.0.1', port = 8080, ttl = 120 }: Says = {}): void {
  const target = `remootio_${serial}.local`;
  socket().response.emit({
    answers: [{ name: SERVICE, type: 'PTR', ttl, data: `${serial}.${SERVICE}` }],
    additionals: [
      { name: `${serial}.${SERVICE}`, type: 'SRV', ttl, data: { port, target } },
      { name: target, type: 'A', ttl, flush: true, data: address },
    ],
  });
}

describe('finding devices', () => {
  it('tells of a new device once, and of one that moved', () => {
    start();
    advertise();
    advertise();
    expect(found).toEqual([
      {
        serialNumber: 'S1',
        hostName: 'remootio_s1.local',
        addresses: ['10.0.0.1'],
        port: 8080,
        at: clock.now(),
      },
    ]);
    expect(discovery.lookup('s1')).toEqual(found[0]);
    expect(discovery.devices).toEqual(found);
    advertise({ address: '10.0.0.2' });
    advertise({ address: '10.0.0.2', port: 81 });
    expect(found.slice(1).map(({ addresses, port }) => [addresses, port])).toEqual([
      [['10.0.0.2'], 8080],
      [['10.0.0.2'], 81],
    ]);
    expect(gone).toEqual([]);
  });

  it('puts together what comes in pieces, and asks for what is missing', () => {
    start();
    const asked = socket().asked;
    asked.length = 0;
    socket().response.emit({ answers: [{ name: SERVICE, type: 'PTR', ttl: 9, data: `S1.${SERVICE}` }] });
    expect(found).toEqual([]);
    expect(asked).toEqual([
      { name: `S1.${SERVICE}`, type: 'SRV' },
      { name: 'remootio_S1.local', type: 'A' },
      { name: 'remootio_S1.local', type: 'AAAA' },
    ]);
    // Whoever sends the same thing a thousand times makes us ask once.
    socket().response.emit({ answers: [{ name: SERVICE, type: 'PTR', ttl: 9, data: `S1.${SERVICE}` }] });
    expect(asked).toHaveLength(3);
    const name = 'remootio_s1.local';
    socket().response.emit({ answers: [{ name, type: 'AAAA', ttl: 120, flush: true, data: '2001:db8::1' }] });
    socket().response.emit({ answers: [{ name, type: 'A', ttl: 120, flush: true, data: '10.0.0.7' }] });
    expect(found.map(({ addresses, port }) => [addresses, port])).toEqual([
      [['2001:db8::1'], 8080],
      [['10.0.0.7', '2001:db8::1'], 8080],
    ]);
  });

  it('forgets a device that says good-bye, at once', () => {
    start();
    advertise();
    socket().response.emit({ answers: [{ name: SERVICE, type: 'PTR', ttl: 0, data: `S1.${SERVICE}` }] });
    expect(gone.map(({ serialNumber }) => serialNumber)).toEqual(['S1']);
    expect(discovery.lookup('S1')).toBeUndefined();
  });

  it('keeps what is answered now and then, and forgets what is not', async () => {
    start();
    advertise();
    for (let minutes = 0; minutes < 60; minutes += 8) {
      await clock.advance(8 * MINUTE);
      advertise();
    }
    expect(gone).toEqual([]);
    await clock.advance(21 * MINUTE);
    expect(gone).toHaveLength(1);
    expect(discovery.devices).toEqual([]);
  });

  it('remembers no more than so many, whoever invents them', () => {
    start();
    for (let n = 0; n < 300; n++) advertise({ serial: `S${n}`, address: `10.0.${n % 250}.1` });
    expect(discovery.devices).toHaveLength(64);
    expect(discovery.lookup('S299')).toBeDefined();
    for (let n = 1; n < 100; n++) advertise({ serial: 'S299', address: `10.1.1.${n}` });
    expect(discovery.lookup('S299')?.addresses).toEqual(['10.1.1.99']);
  });
});

describe('asking', () => {
  function askedTimes(): number {
    return socket().asked.filter(({ type }) => type === 'PTR').length;
  }

  it('asks often at first, then seldom', async () => {
    start();
    expect(askedTimes()).toBe(1);
    await clock.advance(MINUTE);
    expect(askedTimes()).toBe(5);
    await clock.advance(60 * MINUTE);
    expect(askedTimes()).toBe(12);
  });

  it('asks when told to, at most once a second', async () => {
    start();
    await clock.advance(2 * MINUTE);
    const before = askedTimes();
    for (let n = 0; n < 10; n++) discovery.refresh();
    expect(askedTimes()).toBe(before + 1);
    await clock.advance(1000);
    discovery.refresh();
    expect(askedTimes()).toBe(before + 2);
  });
});

describe('announcements', () => {
  it('are new devices, new places, and devices that speak up by themselves', async () => {
    start();
    advertise();
    advertise({ address: '10.0.0.2' });
    await clock.advance(2 * MINUTE);
    advertise({ address: '10.0.0.2' });
    expect(announced).toEqual(['S1', 'S1', 'S1']);
  });

  it('are not mere answers, however often we ask', async () => {
    start();
    const { asked } = socket();
    asked.push = (...questions) => {
      if (questions.some(({ type }) => type === 'PTR')) clock.after(300, () => advertise());
      return questions.length;
    };
    await clock.advance(2000);
    announced.length = 0;
    for (let n = 0; n < 200; n++) {
      await clock.advance(3000);
      discovery.refresh();
    }
    await clock.advance(1000);
    expect(announced).toEqual([]);
  });

  it('are answers of a device that had been silent', async () => {
    start();
    advertise();
    await clock.advance(5 * MINUTE);
    announced.length = 0;
    discovery.refresh();
    await clock.advance(10_000);
    discovery.refresh();
    await clock.advance(300);
    advertise();
    advertise();
    expect(announced).toEqual(['S1']);
  });
});

describe('where mDNS cannot be used', () => {
  it('says so once, goes on without, and tries again later', async () => {
    discovery.start();
    socket().failed.emit('EADDRINUSE');
    expect(log.at('info')).toEqual([expect.stringMatching(/mDNS cannot be used here \(EADDRINUSE\)/)]);
    discovery.refresh();
    expect(await discovery.resolve('10.0.0.1')).toEqual(['10.0.0.1']);
    await clock.advance(10 * MINUTE);
    expect(sockets).toHaveLength(2);
    socket().failed.emit('EADDRINUSE');
    await clock.advance(10 * MINUTE);
    expect(log.at('info')).toHaveLength(1);
    socket().ready.emit();
    advertise();
    expect(found).toHaveLength(1);
    expect(sockets.slice(0, 2).every(({ closed }) => closed)).toBe(true);
  });

  it('mentions passing trouble once, for those who look for it', () => {
    start();
    for (let n = 0; n < 5; n++) socket().trouble.emit('ENETUNREACH');
    expect(log.lines).toEqual(['debug mDNS: ENETUNREACH']);
  });
});

describe('starting and stopping', () => {
  it('can be repeated, and hears nothing in between', async () => {
    start();
    discovery.start();
    expect(sockets).toHaveLength(1);
    advertise();
    await discovery.stop();
    expect(discovery.devices).toEqual([]);
    expect(clock.pending).toBe(0);
    start();
    advertise();
    expect(sockets).toHaveLength(2);
    expect(found).toHaveLength(2);
  });
});

describe('resolving', () => {
  const address = (name: string, data: string, type = 'A'): object => ({
    answers: [{ name, type, ttl: 120, data }],
  });

  it('asks the network and the system for names in .local; who answers first is believed', async () => {
    start();
    const resolving = discovery.resolve('Remootio_S1.local');
    socket().response.emit(address('other.local', '10.0.0.8'));
    socket().response.emit(address('remootio_s1.local', '10.0.0.9'));
    expect(await resolving).toEqual(['10.0.0.9']);
    lookup = () => Promise.resolve(['10.0.0.4']);
    expect(await discovery.resolve('remootio_s1.local')).toEqual(['10.0.0.4']);
  });

  it('asks once more when nobody answers, then gives up', async () => {
    start();
    socket().asked.length = 0;
    const resolving = discovery.resolve('x.local', { timeout: 2500 });
    await clock.advance(1000);
    expect(socket().asked.filter(({ name, type }) => name === 'x.local' && type === 'A')).toHaveLength(2);
    await clock.advance(1500);
    expect(await resolving).toEqual([]);
  });

  it('ends early when aborted', async () => {
    start();
    const controller = new AbortController();
    const resolving = discovery.resolve('x.local', { signal: controller.signal });
    controller.abort();
    expect(await resolving).toEqual([]);
    expect(await discovery.resolve('x.local', { signal: controller.signal })).toEqual([]);
  });

  it('leaves other names to the system', async () => {
    start();
    socket().asked.length = 0;
    lookup = (host) => Promise.resolve(host === 'gate.lan' ? ['10.0.0.3'] : []);
    expect(await discovery.resolve('gate.lan')).toEqual(['10.0.0.3']);
    expect(await discovery.resolve('10.1.2.3')).toEqual(['10.1.2.3']);
    expect(socket().asked).toEqual([]);
  });
});
