import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GatehouseError } from '../../src/base/errors.ts';
import type { ChannelClient } from '../../src/channel/client.ts';
import { connectChannel } from '../../src/channel/connect.ts';
import type { RemoteError } from '../../src/channel/errors.ts';
import { accepted } from '../../src/channel/protocol.ts';
import { ChannelServer, type ChannelServerOptions } from '../../src/channel/server.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { RecordingLog } from '../helpers/recording-log.ts';
import { makeTempFolder, removeTempFolder } from '../helpers/temp-folder.ts';

class Busy extends GatehouseError {
  override readonly code = 'BUSY';
  override readonly retry = true;
  readonly outcome = 'not sent';
}

let storage: string;
let clock: FakeClock;
let log: RecordingLog;
let server: ChannelServer;
let clients: ChannelClient[];
let sockets: Socket[];

beforeEach(() => {
  storage = makeTempFolder('channel');
  clock = new FakeClock();
  log = new RecordingLog();
  clients = [];
  sockets = [];
});

afterEach(async () => {
  for (const client of clients) await client.close();
  for (const socket of sockets) socket.destroy();
  await server.stop();
  expect(clock.pending).toBe(0);
  expect(existsSync(join(storage, 'gatehouse', 'control.sock'))).toBe(false);
  removeTempFolder(storage);
});

async function start(options: Partial<ChannelServerOptions> = {}): Promise<ChannelServer> {
  server = new ChannelServer({ storagePath: storage, clock, log, ...options });
  server.serve('status', () => ({ plugin: { version: '1.2.3', startedAt: 5 }, devices: [] }));
  expect(await server.start()).toBe(true);
  return server;
}

async function client(): Promise<ChannelClient> {
  const made = await connectChannel(storage, { clock });
  clients.push(made);
  return made;
}

/** Somebody who does not keep to the rules. */
async function raw(): Promise<Socket> {
  const socket = connect(join(storage, 'gatehouse', 'control.sock'));
  sockets.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Lets sockets do their work until it is so. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

async function answers(socket: Socket, count: number): Promise<unknown[]> {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await until(() => text.split('\n').length > count || socket.destroyed);
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

describe('calls', () => {
  it('are answered', async () => {
    await start();
    server.serve('command', ({ device, command, minutes }) => {
      expect({ device, command, minutes }).toEqual({ device: 'Garage', command: 'open', minutes: undefined });
      return Promise.resolve({ relayTriggered: true });
    });
    server.serveReach('reach.status', accepted, (params) => ({ got: params }));
    const tool = await client();
    expect(await tool.call('status', {})).toEqual({
      plugin: { version: '1.2.3', startedAt: 5 },
      devices: [],
    });
    expect(await tool.call('command', { device: 'Garage', command: 'open' })).toEqual({
      relayTriggered: true,
    });
    expect(await tool.call('reach.status', { a: 1 })).toEqual({ got: { a: 1 } });
  });

  it('are answered in whatever order they end', async () => {
    await start();
    const ends: (() => void)[] = [];
    server.serveReach('reach.wait', accepted, async (params) => {
      await new Promise<void>((resolve) => ends.push(resolve));
      return params;
    });
    const tool = await client();
    const first = tool.call('reach.wait', 1);
    const second = tool.call('reach.wait', 2);
    await until(() => ends.length === 2);
    ends[1]!();
    expect(await second).toBe(2);
    ends[0]!();
    expect(await first).toBe(1);
  });

  it('that fail say how', async () => {
    await start();
    server.serve('query', () => {
      throw new Busy('Somebody is operating the gate.');
    });
    server.serve('diagnostics', () => {
      throw new Error(`bug with ${'0123456789abcdef'.repeat(4)}`);
    });
    const tool = await client();
    const failure = (call: Promise<unknown>): Promise<RemoteError> =>
      call.then(
        () => Promise.reject(new Error('it did not fail')),
        (error: unknown) => error as RemoteError,
      );
    expect(await failure(tool.call('query', { device: 'x' }))).toMatchObject({
      name: 'RemoteError',
      code: 'BUSY',
      retry: true,
      outcome: 'not sent',
      message: 'Somebody is operating the gate.',
    });
    expect(await failure(tool.call('query', { device: '' }))).toMatchObject({
      code: 'INVALID_PARAMS',
      message: expect.stringContaining('"device"') as string,
    });
    expect(await failure(tool.call('health', {}))).toMatchObject({ code: 'METHOD_NOT_FOUND' });
    expect(await failure(tool.call('diagnostics', {}))).toMatchObject({ code: 'INTERNAL_ERROR' });
    expect(log.at('error')).toEqual([expect.stringMatching(/"diagnostics" failed: bug with \[key\]/)]);
  });

  it('can be given up, which the plugin hears', async () => {
    await start();
    const heard = new Promise<AbortSignal>((resolve) => {
      server.serve('diagnostics', (_, { signal }) => {
        resolve(signal);
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('ended'))));
      });
    });
    const tool = await client();
    const controller = new AbortController();
    const call = tool.call('diagnostics', {}, { signal: controller.signal });
    const signal = await heard;
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: 'ABORTED' });
    await until(() => signal.aborted);
    await expect(tool.call('status', {}, { signal: controller.signal })).rejects.toMatchObject({
      code: 'ABORTED',
    });
    expect(await tool.call('status', {})).toBeDefined();
    expect(log.at('error')).toEqual([]);
  });

  it('that nobody answers end in time', async () => {
    await start();
    const aborted = new Promise<void>((resolve) => {
      server.serve('diagnostics', (_, { signal }) => {
        signal.addEventListener('abort', () => resolve());
        return new Promise<never>(() => undefined);
      });
    });
    const tool = await client();
    const call = tool.call('diagnostics', {}, { timeout: 2000 });
    await tool.call('status', {});
    await Promise.all([
      expect(call).rejects.toMatchObject({ code: 'TIMEOUT', retry: true }),
      clock.advance(2000),
    ]);
    await aborted;
  });

  it('fail when the plugin stops, or the client closes', async () => {
    await start();
    server.serve('diagnostics', () => new Promise<never>(() => undefined));
    const [one, two] = [await client(), await client()];
    const mine = one.call('diagnostics', {});
    const theirs = two.call('diagnostics', {});
    const closing = expect(mine).rejects.toMatchObject({ code: 'DISCONNECTED' });
    await one.close();
    await closing;
    const stopping = expect(theirs).rejects.toMatchObject({ code: 'DISCONNECTED' });
    await server.stop();
    await stopping;
    await two.closed;
    await expect(two.call('status', {})).rejects.toMatchObject({ code: 'DISCONNECTED' });
  });

  it('that carry much are carried', async () => {
    await start();
    const text = 'Gärten '.repeat(300_000);
    server.serve('diagnostics', () => ({ text }));
    const tool = await client();
    expect(await tool.call('diagnostics', {})).toEqual({ text });
    server.serveReach('reach.huge', accepted, () => 'x'.repeat(9_000_000));
    await expect(tool.call('reach.huge')).rejects.toThrow('too long');
    expect(await tool.call('status', {})).toBeDefined();
  });
});

describe('subscriptions', () => {
  it('bring what was subscribed to, to who subscribed', async () => {
    await start();
    const [one, two] = [await client(), await client()];
    const [ofOne, ofTwo] = [one.notifications(), two.notifications()];
    expect(await one.call('subscribe', { topics: ['door', 'journal'] })).toEqual({
      topics: ['door', 'journal'],
    });
    await two.call('subscribe', { topics: ['health'] });
    server.publish('door', { current: 'open' });
    server.publish('health', { ok: true });
    server.publish('reach', {});
    expect((await ofOne.next()).value).toEqual({ topic: 'door', data: { current: 'open' } });
    expect((await ofTwo.next()).value).toEqual({ topic: 'health', data: { ok: true } });
    expect(await one.call('unsubscribe', { topics: ['door'] })).toEqual({ topics: ['journal'] });
    server.publish('door', 1);
    server.publish('journal', 2);
    expect((await ofOne.next()).value).toEqual({ topic: 'journal', data: 2 });
    await one.close();
    expect(await ofOne.next()).toEqual({ done: true, value: undefined });
  });

  it('end with the signal of who reads them', async () => {
    await start();
    const tool = await client();
    const controller = new AbortController();
    const events = tool.notifications({ signal: controller.signal });
    controller.abort();
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });
});

describe('the socket', () => {
  it("is its owner's alone, in a folder that is, too", async () => {
    await start();
    expect(statSync(join(storage, 'gatehouse', 'control.sock')).mode & 0o777).toBe(0o600);
    expect(statSync(join(storage, 'gatehouse', 'channel.json')).mode & 0o777).toBe(0o600);
    expect(statSync(join(storage, 'gatehouse')).mode & 0o777).toBe(0o700);
  });

  it('is so also where the folder was there before and the umask is empty', async () => {
    const umask = process.umask(0);
    try {
      mkdirSync(join(storage, 'gatehouse'), { mode: 0o777 });
      await start();
    } finally {
      process.umask(umask);
    }
    expect(statSync(join(storage, 'gatehouse', 'control.sock')).mode & 0o777).toBe(0o600);
  });

  it('leaves nothing on disk, and can be opened again', async () => {
    await start();
    await server.stop();
    await server.stop();
    expect(readdirSync(join(storage, 'gatehouse'))).toEqual([]);
    expect(await server.start()).toBe(true);
    expect(await server.start()).toBe(true);
    expect(await (await client()).call('status', {})).toBeDefined();
  });
});

describe('clients that do not keep to the rules', () => {
  const good = '{"jsonrpc":"2.0","id":"good","method":"status"}\n';

  it.each<[string, string | Buffer, object[]]>([
    ['garbage', 'hello\n', [{ id: null, error: { code: -32700 } }]],
    ['bytes', Buffer.from([0xff, 0xfe, 0x00, 0x0a]), [{ id: null, error: { code: -32700 } }]],
    ['HTTP', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', [{ error: { code: -32700 } }, { error: { code: -32700 } }]],
    ['deep nesting', `${'['.repeat(30_000)}\n`, [{ id: null, error: { code: -32700 } }]],
    [
      'deep nesting that is JSON',
      `{"jsonrpc":"2.0","id":1,"method":"status","params":${'['.repeat(9000)}${']'.repeat(9000)}}\n`,
      [{ id: null, error: { code: -32600 } }],
    ],
    [
      'methods of the prototype',
      ['__proto__', 'constructor', 'toString', 'hasOwnProperty']
        .map((name, id) => `{"jsonrpc":"2.0","id":${id},"method":"${name}"}\n`)
        .join(''),
      [0, 1, 2, 3].map((id) => ({ id, error: { code: -32601 } })),
    ],
    [
      'parameters of the prototype',
      '{"jsonrpc":"2.0","id":1,"method":"subscribe","params":{"__proto__":{"topics":["door"]}}}\n',
      [{ id: 1, error: { code: -32602 } }],
    ],
    [
      'answers and notifications',
      '{"jsonrpc":"2.0","id":1,"result":1}\n{"jsonrpc":"2.0","method":"x"}\n',
      [],
    ],
    ['cancelling what is not there', '{"jsonrpc":"2.0","method":"cancel","params":{"id":9}}\n', []],
    ['batches', '[{"jsonrpc":"2.0","id":1,"method":"status"}]\n', [{ id: null, error: { code: -32600 } }]],
  ])('%s: is told so and may go on', async (_, bytes, expected) => {
    await start();
    const socket = await raw();
    socket.write(bytes);
    socket.write(good);
    const said = await answers(socket, expected.length + 1);
    expect(said).toMatchObject([...expected, { id: 'good', result: {} }]);
    expect(({} as Record<string, unknown>)['topics']).toBeUndefined();
  });

  it('a line without end is cut off', async () => {
    await start();
    const socket = await raw();
    const ended = once(socket, 'close');
    socket.write('x'.repeat(100_000));
    socket.resume();
    await ended;
    expect(await (await client()).call('status', {})).toBeDefined();
    await until(() => server.clients === 1);
  });

  it('too many calls at a time are refused, and the same id twice', async () => {
    await start({ limits: { mostCalls: 2 } });
    server.serveReach('reach.wait', accepted, () => new Promise<never>(() => undefined));
    const socket = await raw();
    for (const id of [1, 1, 2, 3]) socket.write(`{"jsonrpc":"2.0","id":${id},"method":"reach.wait"}\n`);
    expect(await answers(socket, 2)).toMatchObject([
      { id: 1, error: { message: 'this id is in use' } },
      { id: 3, error: { message: 'too many calls at a time' } },
    ]);
  });

  it('calls of a client that left are aborted', async () => {
    await start();
    const heard = new Promise<AbortSignal>((resolve) => {
      server.serve('diagnostics', (_, { signal }) => {
        resolve(signal);
        return new Promise<never>(() => undefined);
      });
    });
    const socket = await raw();
    socket.write('{"jsonrpc":"2.0","id":1,"method":"diagnostics"}\n');
    const signal = await heard;
    socket.destroy();
    await until(() => signal.aborted && server.clients === 0);
  });

  it('too many clients are turned away, the others served', async () => {
    await start({ limits: { mostClients: 2 } });
    const [one] = [await client(), await client()];
    const third = await raw();
    third.resume();
    await until(() => third.destroyed);
    expect(await one.call('status', {})).toBeDefined();
  });
});

describe('clients that do not read', () => {
  it('are dropped as soon as too much waits for them; others hear everything', async () => {
    await start({ limits: { mostWaiting: 256 * 1024 } });
    const slow = await raw();
    slow.write('{"jsonrpc":"2.0","id":1,"method":"subscribe","params":{"topics":["door"]}}\n');
    await once(slow, 'data');
    slow.pause();
    const quick = await client();
    await quick.call('subscribe', { topics: ['door'] });
    const events = quick.notifications();
    const data = 'x'.repeat(64 * 1024);
    let published = 0;
    while (server.clients > 1 && published < 500) {
      server.publish('door', { n: published++, data });
      expect((await events.next()).value).toMatchObject({ data: { n: published - 1 } });
    }
    expect(server.clients).toBe(1);
    expect(published).toBeLessThan(50);
    expect(log.at('debug')).toEqual(['local channel: a client does not read and was dropped']);
  });

  it('are dropped when an answer waits for too long', async () => {
    await start();
    server.serve('diagnostics', () => ({ text: 'x'.repeat(4_000_000) }));
    const slow = await raw();
    slow.pause();
    slow.write('{"jsonrpc":"2.0","id":1,"method":"diagnostics"}\n');
    await until(() => clock.pending === 1);
    await clock.advance(9_999);
    expect(server.clients).toBe(1);
    await clock.advance(1);
    await until(() => server.clients === 0);
  });
});
