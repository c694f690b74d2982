import { createSocket, Socket } from 'node:dgram';
import { once } from 'node:events';
import os from 'node:os';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Signal } from '../../src/base/emitter.ts';
import { Discovery } from '../../src/discovery/discovery.ts';
import { openMdns, type MdnsOptions } from '../../src/discovery/mdns-socket.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { RecordingLog } from '../helpers/recording-log.ts';
import { response, type TestRecord } from './dns-bytes.ts';
import { freeUdpPort, onLoopback, Responder } from './responder.ts';

const SERVICE = '_remootio._tcp.local';
const SERIAL = 'A4CF12F7A3F0';
const HOST = `remootio_${SERIAL}.local`;

const RECORDS: readonly TestRecord[] = [
  { type: 'PTR', name: SERVICE, data: `${SERIAL}.${SERVICE}` },
  { type: 'SRV', name: `${SERIAL}.${SERVICE}`, port: 8080, target: HOST },
  { type: 'A', name: HOST, data: '192.0.2.30' },
];

let port: number;
let device: Responder;
let discovery: Discovery;
let log: RecordingLog;

beforeEach(async () => {
  port = await freeUdpPort();
  log = new RecordingLog();
  device = await Responder.open(port);
  discovery = new Discovery({
    clock: new FakeClock(),
    log,
    mdns: onLoopback(port),
    lookup: () => Promise.resolve([]),
  });
});

afterEach(async () => {
  await discovery.stop();
  await device.close();
});

function next<Value>(signal: Signal<Value>): Promise<Value> {
  return new Promise((resolve) => {
    const off = signal.on((value) => {
      off();
      resolve(value);
    });
  });
}

describe('on real sockets', () => {
  it('finds a device that answers, and hears it say good-bye', async () => {
    device.answerWith((questions) =>
      questions.some(({ name, type }) => name === SERVICE && type === 'PTR') ? [response(...RECORDS)] : [],
    );
    const found = next(discovery.found);
    discovery.start();
    expect(await found).toMatchObject({
      serialNumber: SERIAL,
      hostName: HOST.toLowerCase(),
      addresses: ['192.0.2.30'],
      port: 8080,
    });
    const gone = next(discovery.gone);
    device.say(response({ type: 'PTR', name: SERVICE, ttl: 0, data: `${SERIAL}.${SERVICE}` }));
    expect(await gone).toMatchObject({ serialNumber: SERIAL });
  });

  it('asks for the address that an answer lacked', async () => {
    device.answerWith((questions) => {
      if (questions.some(({ type }) => type === 'PTR')) return [response(RECORDS[0]!)];
      return questions.some(({ name }) => name === HOST) ? [response(...RECORDS.slice(1))] : [];
    });
    const found = next(discovery.found);
    discovery.start();
    expect((await found).addresses).toEqual(['192.0.2.30']);
  });

  it('resolves a name of a device that does not advertise itself', async () => {
    device.answerWith((questions) =>
      questions.some(({ name, type }) => name === HOST && type === 'A') ? [response(RECORDS[2]!)] : [],
    );
    discovery.start();
    expect(await discovery.resolve(HOST)).toEqual(['192.0.2.30']);
    expect(discovery.devices).toEqual([]);
  });

  it('survives whatever else is on the network', async () => {
    const good = response(...RECORDS);
    const hostile = [
      Buffer.alloc(0),
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.alloc(12, 0xff),
      Buffer.alloc(9000, 0xc0),
      good.subarray(0, 40),
      // A name that points to itself.
      Buffer.concat([good.subarray(0, 12), Buffer.from([0xc0, 12, 0, 12, 0, 1, 0, 0, 0, 9, 0, 2, 0xc0, 12])]),
      response({ type: 'PTR', name: SERVICE, data: SERVICE }),
      response({ type: 'PTR', name: SERVICE, data: `__proto__.${SERVICE}` }),
      response({ type: 'SRV', name: SERVICE, port: 0, target: '' }),
      response({ type: 'SRV', name: `.${SERVICE}`, port: 1, target: HOST }),
      ...Array.from({ length: good.length }, (_, at) => {
        const broken = Buffer.from(good);
        broken[at] = broken[at]! ^ 0xff;
        return broken;
      }),
    ];
    const found = (serialNumber: string): Promise<void> =>
      new Promise((resolve) => {
        const off = discovery.found.on((one) => {
          if (one.serialNumber !== serialNumber) return;
          off();
          resolve();
        });
      });
    device.answerWith(() => [response(...RECORDS)]);
    const first = found(SERIAL);
    discovery.start();
    await first;
    // A few at a time, since what the socket's buffer cannot hold is lost.
    for (let n = 0; n < hostile.length; n += 10) {
      const marker = `MARKER${n}`;
      const heard = found(marker);
      for (const message of hostile.slice(n, n + 10)) device.say(message);
      device.say(
        response(
          { type: 'SRV', name: `${marker}.${SERVICE}`, port: 8080, target: 'b.local' },
          { type: 'A', name: 'b.local', data: '192.0.2.31' },
        ),
      );
      await heard;
    }
    expect(log.at('warn')).toEqual([]);
    expect(log.at('error')).toEqual([]);
  });

  it('hears nothing of what is not about devices', async () => {
    const mdns = openMdns(onLoopback(port));
    const heard: unknown[] = [];
    mdns.response.on((packet) => heard.push(packet));
    await next(mdns.ready);
    device.say(response({ type: 'PTR', name: '_ipp._tcp.local', data: 'Printer._ipp._tcp.local' }));
    const first = next(mdns.response);
    device.say(response(RECORDS[0]!));
    await first;
    expect(heard).toHaveLength(1);
    await mdns.close();
  });

  it('joins a network that was not there at first when it asks', async () => {
    const join = vi.spyOn(Socket.prototype, 'addMembership').mockImplementationOnce(() => {
      throw Object.assign(new Error('addMembership ENODEV'), { code: 'ENODEV' });
    });
    const mdns = openMdns(onLoopback(port));
    const trouble = next(mdns.trouble);
    await next(mdns.ready);
    expect(await trouble).toBe('ENODEV');
    device.answerWith(() => [response(...RECORDS)]);
    const heard = next(mdns.response);
    mdns.query([{ name: SERVICE, type: 'PTR' }]);
    await heard;
    // Once for each try, and not for what is joined already.
    mdns.query([{ name: SERVICE, type: 'PTR' }]);
    await next(mdns.response);
    expect(join).toHaveBeenCalledTimes(2);
    join.mockRestore();
    await mdns.close();
  });

  it('survives a system that does not tell its networks any more', async () => {
    const lo = { address: '127.0.0.1', family: 'IPv4', internal: true } as os.NetworkInterfaceInfo;
    const networks = vi.spyOn(os, 'networkInterfaces').mockReturnValue({ lo: [lo] });
    const mdns = openMdns({ bind: '0.0.0.0', port, ttl: 1 });
    await next(mdns.ready);
    networks.mockImplementation(() => {
      throw Object.assign(new Error('uv_interface_addresses'), { code: 'EACCES' });
    });
    const trouble = next(mdns.trouble);
    mdns.query([{ name: SERVICE, type: 'PTR' }]);
    expect(await trouble).toBe('EACCES');
    networks.mockRestore();
    await mdns.close();
  });

  it('says what makes it impossible, and can be closed all the same', async () => {
    // There is no way to an IPv6 group without its address.
    const mdns = openMdns({ ...onLoopback(port), type: 'udp6' } as MdnsOptions);
    expect(await next(mdns.failed)).toMatch(/IPv6/);
    await mdns.close();
  });

  it('goes on without, where the port is taken by somebody who does not share it', async () => {
    const taken = createSocket({ type: 'udp4', reuseAddr: false });
    taken.bind(0, '127.0.0.1');
    await once(taken, 'listening');
    const socket = openMdns({ ...onLoopback(taken.address().port), bind: '127.0.0.1' });
    expect(await next(socket.failed)).toBe('EADDRINUSE');
    await socket.close();
    taken.close();
    await once(taken, 'close');
  });

  it('says an address that this machine does not have, without falling over it', async () => {
    const socket = openMdns({ ...onLoopback(port), bind: '192.0.2.1' });
    expect(await next(socket.failed)).toBe('EADDRNOTAVAIL');
    await socket.close();
  });

  it('leaves nothing open, also when it is closed while it opens', async () => {
    const timers = (): number =>
      process.getActiveResourcesInfo().filter((name) => name === 'Timeout' || name === 'UDPWRAP').length;
    const before = timers();
    const socket = openMdns(onLoopback(port));
    socket.query([{ name: SERVICE, type: 'PTR' }]);
    await socket.close();
    await socket.close();
    socket.query([{ name: SERVICE, type: 'PTR' }]);
    discovery.start();
    await discovery.stop();
    expect(timers()).toBe(before);
  });
});
