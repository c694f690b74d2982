import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Signal } from '../../src/base/emitter.ts';
import { silentLog } from '../../src/base/log.ts';
import type { Place } from '../../src/discovery/candidates.ts';
import { Discovery } from '../../src/discovery/discovery.ts';
import { Finder } from '../../src/discovery/finder.ts';
import type { Mdns } from '../../src/discovery/mdns-socket.ts';
import { FakeClock, settle } from '../helpers/fake-clock.ts';

const SERVICE = '_remootio._tcp.local';

let clock: FakeClock;
let discovery: Discovery;
let mdns: Mdns;
let names: Map<string, string[]>;

beforeEach(() => {
  clock = new FakeClock();
  names = new Map();
  mdns = {
    response: new Signal(),
    failed: new Signal(),
    ready: new Signal(),
    trouble: new Signal(),
    query: () => undefined,
    close: () => Promise.resolve(),
  };
  discovery = new Discovery({
    clock,
    log: silentLog,
    openMdns: () => mdns,
    lookup: (host) => Promise.resolve(names.get(host) ?? []),
  });
  discovery.start();
});

afterEach(() => discovery.stop());

function finder(place: Place): Finder {
  return new Finder({ place, discovery, log: silentLog });
}

function advertise(serial: string, address: string): void {
  const target = `remootio_${serial}.local`;
  mdns.response.emit({
    answers: [
      { name: `${serial}.${SERVICE}`, type: 'SRV', ttl: 120, data: { port: 8080, target } },
      { name: target, type: 'A', ttl: 120, flush: true, data: address },
    ],
  });
}

describe('the finder', () => {
  it('goes to the configured host, then to where the device was heard, and stays where it found it', () => {
    const one = finder({ host: '10.0.0.5' });
    expect(one.target()).toMatchObject({ host: '10.0.0.5', port: 8080 });
    one.succeeded();
    one.bind('S1');
    // The device gets another address while the old one stays in the settings.
    one.failed();
    expect(one.target()?.host).toBe('10.0.0.5');
    let heard = 0;
    one.heard.on(() => heard++);
    advertise('s1', '10.0.0.9');
    advertise('S2', '10.0.0.66');
    expect(heard).toBe(1);
    expect(one.target()).toMatchObject({ host: '10.0.0.9', source: 'discovered' });
    one.succeeded();
    expect(one.target()?.host).toBe('10.0.0.9');
    one.failed();
    expect(one.target()?.host).toBe('10.0.0.5');
    one.failed();
    expect(one.target()?.host).toBe('10.0.0.9');
    one.close();
    expect(discovery.announced.size).toBe(0);
  });

  it('is not led astray for long by an answer that is wrong', () => {
    const one = finder({ host: '10.0.0.5', serialNumber: 'S1' });
    advertise('S1', '10.6.6.6');
    expect(one.target()?.host).toBe('10.0.0.5');
    one.failed();
    expect(one.target()?.host).toBe('10.6.6.6');
    one.failed();
    expect(one.target()?.host).toBe('10.0.0.5');
    one.close();
  });

  it('finds the addresses of names in .local after the first failure', async () => {
    names.set('gate.local', ['10.0.0.3']);
    const one = finder({ host: 'gate.local' });
    expect(one.target()?.host).toBe('gate.local');
    one.failed();
    await settle();
    expect(one.target()?.host).toBe('10.0.0.3');
    one.close();
  });

  it('tries the name by the serial number where nothing else is known', async () => {
    const one = finder({ serialNumber: 'S1' });
    expect(one.target()?.host).toBe('remootio_S1.local');
    names.set('remootio_S1.local', ['10.0.0.4']);
    one.failed();
    await settle();
    expect(one.target()?.host).toBe('10.0.0.4');
    one.close();
    expect(finder({}).target()).toBeUndefined();
  });

  it('does without discovery', () => {
    const one = new Finder({ place: { host: '10.0.0.5', serialNumber: 'S1' }, log: silentLog });
    one.failed();
    expect(one.target()?.host).toBe('10.0.0.5');
    one.close();
  });
});
