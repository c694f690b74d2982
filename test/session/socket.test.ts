import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { connect, createServer, Socket, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { systemClock, type Clock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import type { SocketEnd } from '../../src/session/close-reason.ts';
import {
  CONNECT_LIMIT,
  MAX_MESSAGE_BYTES,
  openWebSocket,
  UPGRADE_LIMIT,
  type ConnectTcp,
} from '../../src/session/socket.ts';
import { Supervisor } from '../../src/session/supervisor.ts';
import type { SessionSocket, Target } from '../../src/session/transport.ts';
import { FakeClock, settle } from '../helpers/fake-clock.ts';
import { deferred } from './deferred.ts';
import { FakeDevice, KEYS } from './fake-device.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function listen(server: Server, host = '127.0.0.1'): Promise<Target> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.listen(0, host);
  await once(server, 'listening');
  cleanups.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return { host, port: (server.address() as AddressInfo).port };
}

/** A websocket server; resolves with its connections as they come. */
async function websocketServer(host?: string): Promise<{
  target: Target;
  connection: Promise<readonly [WebSocket, IncomingMessage]>;
}> {
  const http = createHttpServer();
  const server = new WebSocketServer({ server: http, perMessageDeflate: true });
  const connection = new Promise<readonly [WebSocket, IncomingMessage]>((resolve) =>
    server.once('connection', (websocket, request) => resolve([websocket, request])),
  );
  return { target: await listen(http, host), connection };
}

/** A socket, what it told, and promises for it. */
class Client {
  readonly messages: string[] = [];
  readonly ends: SocketEnd[] = [];
  readonly opened: Promise<void>;
  readonly ended: Promise<SocketEnd>;
  readonly socket: SessionSocket;
  onMessage: () => void = () => undefined;

  constructor(target: Target, clock: Clock = systemClock, connectTcp?: ConnectTcp) {
    const opened = deferred();
    const ended = deferred<SocketEnd>();
    this.opened = opened.promise;
    this.ended = ended.promise;
    const listener = {
      onOpen: () => opened.resolve(),
      onMessage: (text: string) => {
        this.messages.push(text);
        this.onMessage();
      },
      onEnded: (end: SocketEnd) => {
        this.ends.push(end);
        ended.resolve(end);
      },
    };
    this.socket = openWebSocket(target, listener, clock, connectTcp);
    cleanups.push(() => {
      this.socket.close();
      return this.socket.gone;
    });
  }

  nextMessage(): Promise<void> {
    return new Promise((resolve) => (this.onMessage = resolve));
  }
}

/** TCP that never gets anywhere. */
const nowhere: ConnectTcp = () => {
  const socket = new Socket();
  return Object.defineProperty(socket, 'connecting', { value: true, writable: true });
};

const withLookup =
  (lookup: (answer: (error: Error | null) => void) => void): ConnectTcp =>
  ({ port }) =>
    connect({
      host: 'gate.test',
      port,
      autoSelectFamily: false,
      lookup: (_host, _options, callback) => lookup((error) => callback(error, '', 4)),
    });

const systemError = (code: string): Error => Object.assign(new Error(code), { code });

describe('socket', () => {
  it('carries text both ways, and offers no compression', async () => {
    const { target, connection } = await websocketServer();
    const client = new Client(target);
    const [server, request] = await connection;
    await client.opened;
    expect(request.headers['sec-websocket-extensions']).toBeUndefined();
    expect(request.headers.host).toBe(`127.0.0.1:${target.port}`);
    const heard = once(server, 'message');
    expect(client.socket.send('{"type":"HELLO"}')).toBe(true);
    expect(String((await heard)[0])).toBe('{"type":"HELLO"}');
    const answered = client.nextMessage();
    server.send('{"type":"SERVER_HELLO"}');
    await answered;
    expect(client.messages).toEqual(['{"type":"SERVER_HELLO"}']);
  });

  it('answers websocket pings of the device, and passes a message of 64 KiB', async () => {
    const { target, connection } = await websocketServer();
    const client = new Client(target);
    const [server] = await connection;
    await client.opened;
    const pong = once(server, 'pong');
    server.ping('hi');
    expect(String((await pong)[0])).toBe('hi');
    const answered = client.nextMessage();
    server.send('x'.repeat(MAX_MESSAGE_BYTES));
    await answered;
    expect(client.messages[0]).toHaveLength(MAX_MESSAGE_BYTES);
  });

  it('connects without delay of small packets', async () => {
    const { target } = await websocketServer();
    const seen: boolean[] = [];
    const client = new Client(target, systemClock, ({ host, port }) => {
      const socket = connect({ host, port });
      socket.setNoDelay = (noDelay?: boolean) => {
        seen.push(noDelay ?? true);
        return socket;
      };
      return socket;
    });
    await client.opened;
    expect(seen).toContain(true);
  });

  it.each(['::1', '::1%1'])('connects to the IPv6 address %s', async (host) => {
    const { target, connection } = await websocketServer('::1');
    const client = new Client({ host, port: target.port }, systemClock, () => connect(target.port, '::1'));
    const [, request] = await connection;
    await client.opened;
    expect(request.headers.host).toBe(`[::1]:${target.port}`);
  });

  it('needs no host name that can stand in a URL', async () => {
    const { target } = await websocketServer();
    const client = new Client({ host: 'my gate', port: 1 }, systemClock, () =>
      connect(target.port, '127.0.0.1'),
    );
    await client.opened;
    expect(client.ends).toEqual([]);
  });
});

describe('closing', () => {
  it('is in good order, and tells nothing more', async () => {
    const { target, connection } = await websocketServer();
    const client = new Client(target);
    const [server] = await connection;
    await client.opened;
    const closed = once(server, 'close');
    server.send('too late');
    client.socket.close();
    expect((await closed)[0]).toBe(1000);
    await client.socket.gone;
    expect(client.socket.send('{}')).toBe(false);
    expect([client.messages, client.ends]).toEqual([[], []]);
  });

  it('does not wait longer than a second for a device that does not close', async () => {
    const { target, connection } = await websocketServer();
    const client = new Client(target);
    const [, request] = await connection;
    await client.opened;
    request.socket.pause();
    const start = systemClock.monotonic();
    client.socket.close();
    await client.socket.gone;
    expect(systemClock.monotonic() - start).toBeLessThan(2500);
  });

  it('by reset is a TCP reset', async () => {
    const { target, connection } = await websocketServer();
    const client = new Client(target);
    const [, request] = await connection;
    await client.opened;
    const broken = new Promise<Error>((resolve) => request.socket.once('error', resolve));
    client.socket.reset();
    await client.socket.gone;
    expect(await broken).toMatchObject({ code: 'ECONNRESET' });
    client.socket.reset();
    client.socket.close();
    expect(client.ends).toEqual([]);
  });

  it('works at every stage of connecting', async () => {
    const { target } = await websocketServer();
    const clock = new FakeClock();
    for (const connectTcp of [undefined, nowhere, withLookup(() => undefined)]) {
      const client = new Client(target, clock, connectTcp);
      client.socket.close();
      await client.socket.gone;
      expect(client.ends).toEqual([]);
    }
    expect(clock.pending).toBe(0);
  });
});

describe('the end of a socket', () => {
  it('is "dropped" when the device closes it', async () => {
    const { target, connection } = await websocketServer();
    const client = new Client(target);
    const [server] = await connection;
    await client.opened;
    server.close(1001);
    expect(await client.ended).toEqual({ code: 'dropped', detail: 'websocket code 1001' });
    expect(client.socket.send('{}')).toBe(false);
  });

  it('comes after a closing device has taken its last frame', async () => {
    const { target, connection } = await websocketServer();
    const client = new Client(target);
    const [, request] = await connection;
    await client.opened;
    // A closing frame, and then neither a word nor the end of the connection.
    request.socket.pause();
    request.socket.write(Buffer.from([0x88, 0x00]));
    while (client.socket.send('{}')) await settle();
    expect(client.ends).toEqual([]);
    expect(await client.ended).toEqual({ code: 'dropped', detail: 'websocket code 1005' });
  });

  it('is "dropped" when the network breaks it', async () => {
    const { target, connection } = await websocketServer();
    const client = new Client(target);
    const [, request] = await connection;
    await client.opened;
    request.socket.resetAndDestroy();
    expect(await client.ended).toEqual({ code: 'dropped', detail: 'ECONNRESET' });
  });

  it.each<[string, (server: WebSocket, request: IncomingMessage) => void]>([
    ['a binary message', (server) => server.send(Buffer.from('{}'))],
    ['a message of more than 64 KiB', (server) => server.send('x'.repeat(MAX_MESSAGE_BYTES + 1))],
    [
      'a frame with reserved bits',
      (_server, request) => request.socket.write(Buffer.from([0xf1, 0x02, 0x7b, 0x7d])),
    ],
    ['text that is not UTF-8', (_server, request) => request.socket.write(Buffer.from([0x81, 0x01, 0xff]))],
  ])('is "bad-message" after %s', async (_name, say) => {
    const { target, connection } = await websocketServer();
    const client = new Client(target);
    const [server, request] = await connection;
    await client.opened;
    say(server, request);
    expect(await client.ended).toEqual({ code: 'bad-message' });
    expect(client.messages).toEqual([]);
    client.socket.close();
    await client.socket.gone;
    expect(client.ends).toHaveLength(1);
  });

  it('is "refused" where nothing listens', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const client = new Client({ host: '127.0.0.1', port });
    expect(await client.ended).toEqual({ code: 'refused' });
    await client.socket.gone;
  });

  it.each<[string, ConnectTcp, SocketEnd]>([
    [
      'a name without an address',
      withLookup((answer) => answer(systemError('ENOTFOUND'))),
      { code: 'host-not-found' },
    ],
    [
      'a name server that is away',
      withLookup((answer) => answer(systemError('EAI_AGAIN'))),
      { code: 'host-not-found' },
    ],
  ])('is told for %s', async (_name, connectTcp, end) => {
    const client = new Client({ host: 'gate.test', port: 8080 }, systemClock, connectTcp);
    expect(await client.ended).toEqual(end);
    await client.socket.gone;
  });

  it.each<[string, SocketEnd]>([
    ['EHOSTUNREACH', { code: 'unreachable', error: 'EHOSTUNREACH' }],
    ['ETIMEDOUT', { code: 'connect-timeout' }],
  ])('is told for the system error %s', async (code, end) => {
    let tcp: Socket | undefined;
    const client = new Client(
      { host: '127.0.0.1', port: 8080 },
      systemClock,
      (target) => (tcp = nowhere(target)),
    );
    tcp!.destroy(systemError(code));
    expect(await client.ended).toEqual(end);
  });

  it('is told for a port that is none', async () => {
    const clock = new FakeClock();
    const client = new Client({ host: '127.0.0.1', port: 70_000 }, clock);
    expect(client.socket.send('{}')).toBe(false);
    await clock.advance(0);
    expect(client.ends).toEqual([{ code: 'unreachable', error: 'ERR_SOCKET_BAD_PORT' }]);
    const other = new Client({ host: '127.0.0.1', port: 70_000 }, clock);
    other.socket.close();
    await clock.advance(0);
    expect(other.ends).toEqual([]);
  });

  it.each<[string, string, ConnectTcp, SocketEnd]>([
    ['looking up the name', 'gate.test', withLookup(() => undefined), { code: 'host-not-found' }],
    ['connecting', '127.0.0.1', nowhere, { code: 'connect-timeout' }],
  ])('comes when %s takes longer than 3 s', async (_name, host, connectTcp, end) => {
    const clock = new FakeClock();
    const client = new Client({ host, port: 8080 }, clock, connectTcp);
    await clock.advance(CONNECT_LIMIT - 1);
    expect(client.ends).toEqual([]);
    await clock.advance(1);
    expect(client.ends).toEqual([end]);
    await client.socket.gone;
    expect(clock.pending).toBe(0);
  });

  it('tells a name that was found from one that was not when connecting takes too long', async () => {
    const clock = new FakeClock();
    const client = new Client({ host: 'gate.test', port: 8080 }, clock, (target) => {
      const socket = nowhere(target);
      queueMicrotask(() => socket.emit('lookup', null, '192.0.2.1', 4, 'gate.test'));
      return socket;
    });
    await clock.advance(CONNECT_LIMIT);
    expect(client.ends).toEqual([{ code: 'connect-timeout' }]);
  });

  it('comes when the upgrade takes longer than 3 s', async () => {
    const target = await listen(createServer());
    const clock = new FakeClock();
    let tcp: Socket | undefined;
    const client = new Client(target, clock, ({ host, port }) => (tcp = connect(port, host)));
    await once(tcp!, 'connect');
    await clock.advance(UPGRADE_LIMIT - 1);
    expect(client.ends).toEqual([]);
    await clock.advance(1);
    expect(client.ends).toEqual([{ code: 'upgrade-timeout' }]);
    await client.socket.gone;
    expect(clock.pending).toBe(0);
  });

  it.each<[string, (socket: Socket) => void, SocketEnd]>([
    [
      'an HTTP status',
      (socket) => socket.end('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n'),
      { code: 'upgrade-refused', status: 503 },
    ],
    [
      'a redirection',
      (socket) =>
        socket.end('HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n'),
      { code: 'upgrade-refused', status: 302 },
    ],
    ['a hang-up', (socket) => socket.end(), { code: 'upgrade-dropped' }],
    ['a reset', (socket) => socket.resetAndDestroy(), { code: 'upgrade-dropped' }],
    ['another protocol', (socket) => socket.end('SSH-2.0-dropbear\r\n'), { code: 'upgrade-invalid' }],
    [
      'a handshake that does not fit',
      (socket) =>
        socket.end(
          'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: no\r\n\r\n',
        ),
      { code: 'upgrade-invalid' },
    ],
  ])('is told when the upgrade is answered by %s', async (_name, answer, end) => {
    const target = await listen(createServer((socket) => socket.once('data', () => answer(socket))));
    const client = new Client(target);
    expect(await client.ended).toEqual(end);
    await client.socket.gone;
    await settle();
    expect(client.ends).toHaveLength(1);
  });
});

describe('a supervisor over real sockets', () => {
  it('connects, commands, survives a drop, and stops', async () => {
    const device = new FakeDevice();
    const http = createHttpServer();
    const server = new WebSocketServer({ server: http });
    const connections: WebSocket[] = [];
    server.on('connection', (websocket) => {
      connections.push(websocket);
      const session = device.accept(
        (text) => websocket.send(text),
        () => websocket.close(),
      );
      websocket.on('message', (data) => session.receive((data as Buffer).toString()));
    });
    const target = await listen(http);
    const link = new Supervisor({ target: () => target, keys: KEYS, clock: systemClock, log: silentLog });
    cleanups.push(() => link.stop());
    const nextReady = (): Promise<void> => new Promise((resolve) => link.ready.on(resolve));

    let ready = nextReady();
    link.start();
    await ready;
    await expect(link.request({ type: 'OPEN' })).resolves.toMatchObject({ success: true, state: 'closed' });
    ready = nextReady();
    connections[0]!.terminate();
    await ready;
    await expect(link.request({ type: 'CLOSE' })).resolves.toMatchObject({ type: 'CLOSE' });
    expect(device.received).toEqual(['HELLO', 'AUTH', 'QUERY', 'OPEN', 'HELLO', 'AUTH', 'QUERY', 'CLOSE']);
    expect(device.violations).toEqual([]);

    const closed = once(connections[1]!, 'close');
    await link.stop();
    expect((await closed)[0]).toBe(1000);
    expect(connections).toHaveLength(2);
  });
});
