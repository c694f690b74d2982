import { once } from 'node:events';
import { get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import {
  SimulatedDevice,
  type ListenOptions,
  type SimulatedDeviceOptions,
  type SimulatorEvent,
} from '../../src/simulator/index.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { Tape } from '../helpers/tape.ts';
import { SocketClient } from './socket-client.ts';

const started: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((device) => device.stop()));
});

async function start(options: SimulatedDeviceOptions & ListenOptions = {}, clock?: FakeClock) {
  const device = new SimulatedDevice({ travelTime: 50, relayTime: 5, bootTime: 5, ...options }, clock);
  const tape = new Tape<SimulatorEvent>('the device', (happening) => JSON.stringify(happening));
  device.happenings.on((happening) => tape.push(happening));
  started.push(device);
  await device.start();
  return { device, tape };
}

function is(event: SimulatorEvent['event'], more: object = {}): (happening: SimulatorEvent) => boolean {
  return (happening) =>
    happening.event === event &&
    Object.entries(more).every(([key, value]) =>
      Object.entries(happening).some(([k, v]) => k === key && v === value),
    );
}

describe('a simulated device on a real port', { timeout: 30_000 }, () => {
  it('tells first where it listens, with its keys', async () => {
    const { device, tape } = await start({ serialNumber: 'abc' });
    expect(tape.since(0)).toEqual([
      {
        event: 'listening',
        serialNumber: 'abc',
        host: '127.0.0.1',
        port: device.port,
        apiVersion: 3,
        secretKey: device.secretKey,
        authKey: device.authKey,
        time: expect.any(Number) as number,
      },
    ]);
    expect(device.secretKey).toMatch(/^[0-9a-f]{64}$/);
    expect(device.authKey).not.toBe(device.secretKey);
    expect(device.host).toBe('127.0.0.1');
  });

  it('makes a serial number as devices have it', () => {
    expect(new SimulatedDevice().settings.serialNumber).toMatch(/^[0-9a-f]{12}[a-z]{8}$/);
  });

  it.each([1, 2, 3] as const)('version %d: opens and closes, and tells it', async (apiVersion) => {
    const { device, tape } = await start({ apiVersion });
    const { client, texts } = await SocketClient.ready(device);
    const seen = (count: number): Promise<unknown> =>
      texts.waitFor('the events', () => client.events.length === count);
    client.act({ type: 'OPEN' });
    await seen(2);
    await tape.waitFor('the gate open', is('gate', { motion: 'stopped', position: 1 }));
    client.act({ type: 'CLOSE' });
    await seen(4);
    expect(client.events.map(({ type, state }) => [type, state])).toEqual([
      ['RelayTrigger', 'closed'],
      ['StateChange', 'open'],
      ['RelayTrigger', 'open'],
      ['StateChange', 'closed'],
    ]);
    expect(device.state).toMatchObject({
      sensor: 'closed',
      authenticated: 1,
      connections: 1,
      untoldEvents: 0,
    });
  });

  it('speaks no compression and answers no websocket ping', async () => {
    const { device, tape } = await start();
    const socket = await SocketClient.ready(device);
    let pongs = 0;
    socket.onWebsocketPong(() => pongs++);
    socket.websocketPing();
    await tape.waitFor('the ping', is('frameLost', { reason: 'websocket pings are not answered' }));
    socket.client.ping();
    await socket.texts.waitFor('PONG', (text) => text.includes('PONG'));
    expect([socket.extensions, pongs]).toEqual(['', 0]);
  });

  it('loses the second frame of one TCP segment', async () => {
    const { device, tape } = await start();
    const socket = await SocketClient.connect(device);
    socket.inOneSegment(() => {
      socket.client.hello();
      socket.client.auth();
    });
    await tape.waitFor('the loss', is('frameLost'));
    socket.client.ping();
    await socket.texts.waitFor('PONG', (text) => text.includes('PONG'));
    expect(socket.client.frames.map(({ type }) => type)).toEqual(['SERVER_HELLO', 'PONG']);
  });

  it('says in happenings who came, what was said and how it ended', async () => {
    const { device, tape } = await start();
    const socket = await SocketClient.ready(device);
    await socket.close();
    await tape.waitFor('the end', is('closed'));
    expect(tape.since(1).map(({ event }) => event)).toEqual([
      ...['connection', 'frame', 'frame', 'frame', 'action', 'authenticated', 'closed'],
    ]);
    expect(tape.since(1).at(-1)).toMatchObject({ connection: 1, reason: 'by the client, code 1005' });
  });

  it('ends a silent session with an ERROR frame and a close', async () => {
    const clock = new FakeClock();
    const { device } = await start({}, clock);
    const socket = await SocketClient.connect(device);
    await clock.advance(30_000);
    await socket.closed;
    expect(socket.client.errors).toEqual(['authentication timeout']);
  });

  it('leaves no timer behind when it is stopped', async () => {
    const clock = new FakeClock();
    const { device } = await start({ leftOpenAfter: 1_000, state: 'open' }, clock);
    const socket = await SocketClient.ready(device);
    device.operate();
    device.powerCycle();
    await device.stop();
    expect([clock.pending, await socket.closed]).toEqual([0, 1006]);
  });

  it('says why it cannot have a port', async () => {
    const { device } = await start();
    await expect(new SimulatedDevice({ port: device.port }).start()).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });

  it('is no web page', async () => {
    const { device } = await start();
    const [response] = (await once(get({ port: device.port, host: '127.0.0.1' }), 'response')) as [
      { statusCode: number; resume(): void },
    ];
    response.resume();
    expect(response.statusCode).toBe(426);
  });
});

describe('one connection at a time', { timeout: 30_000 }, () => {
  it('the newest one replaces the one before', async () => {
    const { device, tape } = await start();
    const one = await SocketClient.ready(device);
    const two = await SocketClient.ready(device);
    await one.closed;
    expect(device.state.connections).toBe(1);
    await tape.waitFor('the end', is('closed', { connection: 1, reason: 'another client connected' }));
    two.client.ping();
    await two.texts.waitFor('PONG', (text) => text.includes('PONG'));
  });

  it('or the newest one is refused', async () => {
    const { device, tape } = await start({ whenTaken: 'refuse' });
    const one = await SocketClient.ready(device);
    await expect(SocketClient.connect(device)).rejects.toThrow('503');
    await tape.waitFor('the refusal', is('notConnected', { reason: 'another client is connected' }));
    await one.close();
    await tape.waitFor('the end', is('closed'));
    await SocketClient.ready(device);
  });

  it('or there may be several', async () => {
    const { device } = await start({ connections: 2 });
    const [one, two] = [await SocketClient.ready(device), await SocketClient.ready(device)];
    device.pushDoorbell();
    for (const { texts, client } of [one, two]) {
      await texts.waitFor('the doorbell', () => client.events.length === 1);
    }
    expect(device.state.authenticated).toBe(2);
  });
});

describe('the end of connections', { timeout: 30_000 }, () => {
  it.each<[string, (device: SimulatedDevice) => void, number]>([
    ['drop', (device) => device.drop(), 1006],
    ['closeConnections', (device) => device.closeConnections(), 1005],
    ['renewKeys', (device) => device.renewKeys(), 1005],
    ['powerCycle', (device) => device.powerCycle(), 1006],
    ['reset-now', (device) => device.faults.enable('reset-now'), 1006],
  ])('%s', async (_what, act, code) => {
    const { device } = await start();
    const { closed } = await SocketClient.ready(device);
    act(device);
    expect(await closed).toBe(code);
  });

  it.each([
    ['refuse-upgrade', '503'],
    ['reset-upgrade', 'ECONNRESET'],
  ] as const)('%s', async (fault, problem) => {
    const { device } = await start();
    device.faults.enable(fault, { times: 1 });
    await expect(SocketClient.connect(device)).rejects.toMatchObject({
      message: expect.stringMatching(new RegExp(`${problem}|socket hang up`)) as string,
    });
    await SocketClient.ready(device);
  });

  it('ignore-upgrade leaves the client waiting on an open socket', async () => {
    const { device, tape } = await start();
    device.faults.enable('ignore-upgrade');
    const socket: Socket = connect(device.port, '127.0.0.1');
    const received: Buffer[] = [];
    socket.on('data', (data) => received.push(data));
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n');
    socket.write('Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n');
    await tape.waitFor('the attempt', is('notConnected', { reason: 'fault' }));
    expect([received, socket.readyState]).toEqual([[], 'open']);
    await device.stop();
    await once(socket, 'close');
  });

  it('new keys let only those in who have them', async () => {
    const { device, tape } = await start();
    const { secretKey, authKey } = device;
    device.renewKeys();
    await tape.waitFor('the keys', is('keys', { secretKey: device.secretKey, authKey: device.authKey }));
    expect([device.secretKey, device.authKey]).not.toEqual([secretKey, authKey]);
    await SocketClient.ready(device);
  });

  it('garbage reaches the client, and raw text', async () => {
    const { device } = await start();
    const { client, texts } = await SocketClient.connect(device);
    device.faults.enable('garbage-frames');
    device.sendRaw('{"type":"PONG"}');
    await texts.waitFor('the last one', (text) => text.includes('PONG'));
    expect(client.failures.length).toBeGreaterThan(3);
  });
});

describe('a restart', { timeout: 30_000 }, () => {
  it('closes, refuses for the boot time, comes back on the same port and tells Restart', async () => {
    const { device, tape } = await start();
    const { port } = device;
    const before = await SocketClient.ready(device);
    before.client.act({ type: 'RESTART' });
    expect(await before.closed).toBe(1005);
    expect(before.client.lastResponse).toMatchObject({ type: 'RESTART', success: true });
    const since = tape.since(0).findIndex(is('restart', { why: 'restart' }));
    await tape.waitFor('listening again', is('listening', { port }), { since });
    const after = await SocketClient.ready(device);
    await after.texts.waitFor('Restart', () => after.client.events.length === 1);
    expect(after.client.events[0]).toMatchObject({ type: 'Restart', cnt: 0 });
    expect(after.client.lastResponse.t100ms).toBeLessThan(100);
  });

  it('is a closed port meanwhile', async () => {
    const clock = new FakeClock();
    const { device, tape } = await start({ bootTime: 1_000 }, clock);
    device.powerCycle();
    await tape.waitFor('the end', is('stoppedListening'));
    await expect(SocketClient.connect(device)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(device.state.listening).toBe(false);
    await clock.advance(1_000);
    await tape.waitFor('listening again', is('listening'), { since: 2 });
    await SocketClient.ready(device);
  });

  it('tells when its port was taken meanwhile', async () => {
    const clock = new FakeClock();
    const { device, tape } = await start({ bootTime: 1_000 }, clock);
    device.powerCycle();
    await tape.waitFor('the end', is('stoppedListening'));
    await start({ port: device.port });
    await clock.advance(1_000);
    expect(await tape.waitFor('the problem', is('problem'))).toMatchObject({
      message: expect.stringMatching(/^cannot listen again: .*EADDRINUSE/) as string,
    });
  });

  it('stopListening leaves those who are connected, listen lets others in again', async () => {
    const { device, tape } = await start({ connections: 2 });
    const { client, texts } = await SocketClient.ready(device);
    await device.stopListening();
    await device.stopListening();
    await expect(SocketClient.connect(device)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    client.ping();
    await texts.waitFor('PONG', (text) => text.includes('PONG'));
    await device.listen();
    await device.listen();
    await SocketClient.ready(device);
    expect(tape.since(0).filter(is('listening'))).toHaveLength(2);
    expect(tape.since(0).filter(is('stoppedListening'))).toHaveLength(1);
  });
});

describe('people', { timeout: 30_000 }, () => {
  it('each leave their events', async () => {
    const { device } = await start({ relayTime: 0 });
    const { client, texts } = await SocketClient.ready(device);
    const rights = { bluetooth: false, wifi: false, internet: false, notification: false, isRemoved: true };
    device.connectKey({ keyNr: 3 });
    device.changeKey({ keyNr: 3, keyType: 'unique key', ...rights });
    device.pushDoorbell();
    device.enableDoorbell(false);
    device.enableManualButton(false);
    device.enableManualButton();
    device.flipSensor();
    device.enableSensor(false);
    device.operate({ keyNr: 2, keyType: 'guest key', via: 'internet' }, 'TRIGGER_SECONDARY');
    device.jam();
    device.pushManualButton();
    await texts.waitFor('all events', () => client.events.length === 10);
    expect(client.eventTypes).toEqual([
      ...['Connected', 'KeyManagement', 'DoorbellPushed', 'DoorbellDisabled', 'ManualButtonDisabled'],
      ...[
        'ManualButtonEnabled',
        'SensorFlipped',
        'SensorDisabled',
        'SecondaryRelayTrigger',
        'ManualButtonPushed',
      ],
    ]);
    expect(client.events[0]).toMatchObject({ data: { keyNr: 3, keyType: 'master key', via: 'bluetooth' } });
    expect(device.state.motion).toBe('stopped');
  });

  it('and obstacles keep the gate open', async () => {
    const { device, tape } = await start({ state: 'open' });
    device.obstruct();
    device.moveByRemoteControl();
    await tape.waitFor('the gate at rest', is('gate', { motion: 'stopped', position: 0.5 }));
    expect(device.state).toMatchObject({ sensor: 'open', position: 0.5 });
    device.obstruct(false);
    device.moveByRemoteControl();
    await tape.waitFor('the gate open', is('gate', { motion: 'stopped', position: 1 }));
    device.moveByRemoteControl();
    await tape.waitFor('the gate closed', is('sensor', { state: 'closed' }));
  });

  it('are told as faults and outputs are', async () => {
    const { device, tape } = await start();
    device.faults.enable('silence');
    device.operate({}, 'OPEN');
    expect(device.state).toMatchObject({ faults: ['silence'], outputs: { 1: true, 2: false } });
    await tape.waitFor('the output', is('output', { output: 1, active: false }));
    expect(tape.since(1).slice(0, 2)).toMatchObject([
      { event: 'fault', name: 'silence', on: true },
      { event: 'event', type: 'RelayTrigger', cnt: 1 },
    ]);
  });
});
