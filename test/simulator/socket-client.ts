import { once } from 'node:events';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { SimulatedDevice } from '../../src/simulator/simulator.ts';
import { Tape } from '../helpers/tape.ts';
import { TestClient } from './client.ts';

/** A client of a simulated device over a real socket. */
export class SocketClient {
  readonly client: TestClient;
  readonly texts = new Tape<string>('the client', (text) => text);
  /** The code with which the connection ended: 1006 for a TCP reset. */
  readonly closed: Promise<number>;
  readonly #socket: WebSocket;

  private constructor(device: SimulatedDevice, socket: WebSocket) {
    this.#socket = socket;
    this.client = new TestClient(device, (text) => socket.send(text));
    socket.on('message', (data: Buffer) => {
      const text = data.toString();
      this.client.receive(text);
      this.texts.push(text);
    });
    this.closed = new Promise((resolve) => socket.once('close', resolve));
  }

  /** Rejects when the device does not let it in. */
  static async connect(device: SimulatedDevice): Promise<SocketClient> {
    const socket = new WebSocket(`ws://127.0.0.1:${device.port}/`, { perMessageDeflate: true });
    const client = new SocketClient(device, socket);
    await once(socket, 'open');
    socket.on('error', () => undefined);
    return client;
  }

  /** Hello, challenge and the first QUERY. */
  static async ready(device: SimulatedDevice): Promise<SocketClient> {
    const ready = await SocketClient.connect(device);
    const { client, texts } = ready;
    client.hello();
    await texts.waitFor('SERVER_HELLO', () => client.frames.length === 1);
    client.auth();
    await texts.waitFor('the challenge', () => client.payloads.length === 1);
    client.act({ type: 'QUERY' });
    await texts.waitFor('the first response', () => client.responses.length === 1);
    return ready;
  }

  /** Everything that `send` sends leaves in one piece, as one TCP segment. */
  inOneSegment(send: () => void): void {
    const { _socket: socket } = this.#socket as unknown as { _socket: Socket };
    socket.cork();
    send();
    socket.uncork();
  }

  websocketPing(): void {
    this.#socket.ping();
  }

  onWebsocketPong(listener: () => void): void {
    this.#socket.on('pong', listener);
  }

  get extensions(): string {
    return this.#socket.extensions;
  }

  async close(): Promise<void> {
    this.#socket.close();
    await this.closed;
  }
}
