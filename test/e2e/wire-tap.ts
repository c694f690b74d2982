import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { isObject, own, parseJson, type JsonObject } from '../../src/base/json.ts';
import { openPayload } from '../../src/simulator/cipher.ts';
import type { SimulatedDevice } from '../../src/simulator/index.ts';
import type { Secret } from './secret-forms.ts';

/** Lets through everything between a client and a device, resets too, and keeps what is secret in it. */
export class WireTap {
  readonly port: number;
  readonly #server: Server;
  readonly #device: SimulatedDevice;
  readonly #sockets = new Set<Socket>();
  readonly #secrets = new Map<string, Secret>();
  readonly #name: string;

  private constructor(name: string, device: SimulatedDevice, server: Server, port: number) {
    this.#name = name;
    this.#device = device;
    this.#server = server;
    this.port = port;
    server.on('connection', (client) => this.#connect(client));
  }

  /** @param name stands in what is said of its secrets */
  static async open(name: string, device: SimulatedDevice): Promise<WireTap> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return new WireTap(name, device, server, typeof address === 'object' && address ? address.port : 0);
  }

  /** Session keys, challenges, MACs and what was encrypted, of all sessions so far. */
  get secrets(): readonly Secret[] {
    return [...this.#secrets.values()];
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #connect(client: Socket): void {
    const device = connect(this.#device.port, this.#device.host);
    this.#join(client, device);
    this.#join(device, client);
    const listen = (): MessageReader => new MessageReader((text) => this.#heard(parseJson(text)));
    const [up, down] = [listen(), listen()];
    client.on('data', (chunk) => up.take(chunk));
    device.on('data', (chunk) => down.take(chunk));
  }

  #join(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.on('data', (chunk) => to.write(chunk));
    from.on('end', () => to.end());
    from.on('error', () => to.resetAndDestroy());
    from.once('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }

  #heard(frame: unknown): void {
    if (!isObject(frame) || own(frame, 'type') !== 'ENCRYPTED') return;
    const data = own(frame, 'data');
    this.#keep('a MAC', own(frame, 'mac'));
    if (isObject(data)) this.#keep('an encrypted payload', own(data, 'payload'));
    const key = Buffer.from(this.#device.secretKey, 'hex');
    const payload = openPayload(frame, key, Buffer.from(this.#device.authKey, 'hex'));
    const challenge = isObject(payload) ? own(payload, 'challenge') : undefined;
    if (isObject(challenge)) this.#keepChallenge(challenge);
  }

  #keepChallenge(challenge: JsonObject): void {
    this.#keep('a session key', own(challenge, 'sessionKey'));
    const id = String(own(challenge, 'initialActionId'));
    // Shorter numbers stand in logs for all sorts of reasons.
    if (id.length >= 9) this.#add('an initial action id', Buffer.from(id));
  }

  #keep(what: string, base64: unknown): void {
    if (typeof base64 === 'string') this.#add(what, Buffer.from(base64, 'base64'));
  }

  #add(what: string, bytes: Buffer): void {
    if (bytes.length >= 9) {
      this.#secrets.set(bytes.toString('hex'), { what: `${what} of ${this.#name}`, bytes });
    }
  }
}

/** The text messages in one direction of a websocket connection, the HTTP before it left out. */
class MessageReader {
  readonly #onText: (text: string) => void;
  #buffer = Buffer.alloc(0);
  #upgraded = false;

  constructor(onText: (text: string) => void) {
    this.#onText = onText;
  }

  take(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    if (!this.#upgraded) {
      const end = this.#buffer.indexOf('\r\n\r\n');
      if (end < 0) return;
      this.#buffer = this.#buffer.subarray(end + 4);
      this.#upgraded = true;
    }
    while (this.#readFrame());
  }

  #readFrame(): boolean {
    const bytes = this.#buffer;
    if (bytes.length < 2) return false;
    const short = bytes[1]! & 0x7f;
    const masked = (bytes[1]! & 0x80) !== 0;
    const wide = short === 126 ? 2 : short === 127 ? 8 : 0;
    const start = 2 + wide + (masked ? 4 : 0);
    if (bytes.length < start) return false;
    const length = wide === 2 ? bytes.readUInt16BE(2) : wide === 8 ? Number(bytes.readBigUInt64BE(2)) : short;
    if (bytes.length < start + length) return false;
    const payload = Buffer.from(bytes.subarray(start, start + length));
    if (masked) payload.forEach((byte, index) => (payload[index] = byte ^ bytes[start - 4 + (index % 4)]!));
    this.#buffer = bytes.subarray(start + length);
    if ((bytes[0]! & 0x0f) === 1) this.#onText(payload.toString());
    return true;
  }
}
