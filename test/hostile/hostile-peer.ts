import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createServer as createHttpServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { sealFrame } from '../../src/simulator/cipher.ts';

export const SECRET_KEY = Buffer.from('5e'.repeat(32), 'hex');
export const AUTH_KEY = Buffer.from('a7'.repeat(32), 'hex');
/** The same in every session: what it opens must not depend on chance. */
export const SESSION_KEY = Buffer.from('c3'.repeat(32), 'hex');
export const SERIAL = '0123456789abcdef';
const INITIAL_ACTION_ID = 1000;
/** The id of the QUERY that finishes the authentication. */
export const QUERY_ID = INITIAL_ACTION_ID + 1;

export const SERVER_HELLO = JSON.stringify({
  type: 'SERVER_HELLO',
  apiVersion: 3,
  serialNumber: SERIAL,
  remootioVersion: 'remootio-2',
});

/** A good ENCRYPTED frame around this payload. */
export function sealed(payload: unknown, key = SESSION_KEY): string {
  return JSON.stringify(sealFrame(latin1(JSON.stringify(payload)), key, AUTH_KEY));
}

/** The same JSON in the characters that the protocol has. */
function latin1(text: string): string {
  return text.replace(/[^\x00-\xff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** An ENCRYPTED frame around whatever `data` is, with a MAC that is right. */
export function signed(data: unknown, authKey = AUTH_KEY): string {
  const text = JSON.stringify(data);
  const mac = createHmac('sha256', authKey).update(text).digest('base64');
  return `{"type":"ENCRYPTED","data":${text},"mac":"${mac}"}`;
}

export function challenge(): string {
  const sessionKey = SESSION_KEY.toString('base64');
  return sealed(
    { type: 'CHALLENGE', challenge: { sessionKey, initialActionId: INITIAL_ACTION_ID } },
    SECRET_KEY,
  );
}

const PROBE = Buffer.from('are you there?');

/** One connection of the client, from the device's side. */
export class Conversation {
  /** Every message that the client sent. */
  readonly received: string[] = [];
  /** Resolves when the connection is gone, whoever ended it. */
  readonly closed: Promise<void>;
  readonly #websocket: WebSocket;
  readonly #socket: Duplex;
  #wake: () => void = () => undefined;
  #onPong: ((data: Buffer) => void) | undefined;
  #over = false;

  constructor(websocket: WebSocket, socket: Duplex) {
    this.#websocket = websocket;
    this.#socket = socket;
    websocket.on('message', (data: RawData) => {
      this.received.push((data as Buffer).toString());
      this.#wake();
    });
    websocket.on('pong', (data) => this.#onPong?.(data));
    websocket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#over = true;
        this.#wake();
        resolve();
      });
    });
  }

  get over(): boolean {
    return this.#over;
  }

  /** Waits until the client has sent so many messages. */
  async heard(count: number): Promise<void> {
    while (this.received.length < count) {
      if (this.#over) throw new Error(`it ended after ${this.received.length} messages`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Whether the client is still there after all that was sent to it: only then it answers a ping. */
  probe(): Promise<'alive' | 'closed'> {
    const alive = new Promise<'alive'>((resolve) => {
      this.#onPong = (data) => {
        if (data.equals(PROBE)) resolve('alive');
      };
    });
    this.ping(PROBE);
    return Promise.race([alive, this.closed.then(() => 'closed' as const)]);
  }

  send(text: string | Buffer, options: { fin?: boolean; binary?: boolean } = {}): void {
    this.#websocket.send(text, options, () => undefined);
  }

  ping(data: Buffer): void {
    this.#websocket.ping(data, undefined, () => undefined);
  }

  pong(data: Buffer): void {
    this.#websocket.pong(data, undefined, () => undefined);
  }

  /** Bytes past the websocket. */
  raw(bytes: Buffer): void {
    if (!this.#socket.destroyed) this.#socket.write(bytes);
  }

  /** From now on nothing that the client sends is taken off the wire. */
  deafen(): void {
    this.#socket.pause();
  }

  async end(): Promise<void> {
    this.#socket.destroy();
    await this.closed;
  }
}

/** Something that listens where the device should: it knows the protocol, the keys, and no shame. */
export class HostilePeer {
  /** What it says instead of answering the upgrade of the next connection. */
  insteadOfUpgrade: Buffer | undefined;
  /** Connections at the level of TCP, since the beginning. */
  connections = 0;
  readonly port: number;
  readonly #close: () => Promise<void>;
  readonly #arrived: Conversation[] = [];
  #wake: () => void = () => undefined;

  private constructor(port: number, close: () => Promise<void>) {
    this.port = port;
    this.#close = close;
  }

  static async open(): Promise<HostilePeer> {
    const sockets = new Set<Socket>();
    const http = createHttpServer();
    const websockets = new WebSocketServer({ noServer: true, clientTracking: false, autoPong: false });
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => sockets.delete(socket));
      peer.connections += 1;
      const rubbish = peer.insteadOfUpgrade;
      peer.insteadOfUpgrade = undefined;
      if (rubbish) socket.once('data', () => socket.end(rubbish));
      else http.emit('connection', socket);
    });
    http.on('upgrade', (request, socket, head) =>
      websockets.handleUpgrade(request, socket, head, (websocket) => {
        peer.#arrived.push(new Conversation(websocket, socket));
        peer.#wake();
      }),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const peer = new HostilePeer(typeof address === 'object' && address ? address.port : 0, async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    });
    return peer;
  }

  /** The next client whose websocket is open. */
  async accept(): Promise<Conversation> {
    for (;;) {
      const conversation = this.#arrived.shift();
      if (conversation) return conversation;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  close(): Promise<void> {
    return this.#close();
  }
}
