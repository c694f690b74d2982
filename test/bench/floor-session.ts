import { createSecretKey, type KeyObject } from 'node:crypto';
import WebSocket, { type RawData } from 'ws';
import { openBare, sealBare, type SealedFrame } from './bare.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly secretKey: string;
  readonly authKey: string;
}

type Inbound = { readonly type: string } & SealedFrame;

interface Payload {
  readonly challenge?: { readonly sessionKey: string; readonly initialActionId: number };
  readonly response?: { readonly id: number };
  readonly event?: object;
}

/**
 * The floor that the library is measured against: one session in the frames that the specification asks for,
 * made of bare `ws` and `node:crypto`. It checks nothing but the MAC, has no time limits, and connects again
 * at once and for ever.
 */
export class FloorSession {
  onReady: () => void = () => undefined;
  onEvent: (event: object) => void = () => undefined;
  readonly #url: string;
  readonly #secret: KeyObject;
  readonly #auth: KeyObject;
  readonly #waiting = new Map<number, () => void>();
  #key: KeyObject;
  #id = 0;
  #socket!: WebSocket;
  #ended = false;

  constructor({ host, port, secretKey, authKey }: Address) {
    this.#url = `ws://${host}:${port}/`;
    this.#secret = createSecretKey(Buffer.from(secretKey, 'hex'));
    this.#auth = createSecretKey(Buffer.from(authKey, 'hex'));
    this.#key = this.#secret;
  }

  connect(): void {
    this.#key = this.#secret;
    this.#socket = new WebSocket(this.#url, { perMessageDeflate: false });
    this.#socket.on('open', () => this.#socket.send('{"type":"HELLO"}'));
    this.#socket.on('message', (data) => this.#read(data));
    this.#socket.on('close', () => {
      if (!this.#ended) this.connect();
    });
    this.#socket.on('error', () => undefined);
  }

  query(): Promise<void> {
    this.#id = (this.#id + 1) % 0x7fffffff;
    const text = JSON.stringify({ action: { type: 'QUERY', id: this.#id } });
    return new Promise((resolve) => {
      this.#waiting.set(this.#id, resolve);
      this.#socket.send(sealBare(text, this.#key, this.#auth));
    });
  }

  close(): void {
    this.#ended = true;
    this.#socket.terminate();
  }

  #read(data: RawData): void {
    const frame = JSON.parse((data as Buffer).toString()) as Inbound;
    if (frame.type === 'SERVER_HELLO') this.#socket.send('{"type":"AUTH"}');
    if (frame.type !== 'ENCRYPTED') return;
    const { challenge, response, event } = openBare(frame, this.#key, this.#auth) as Payload;
    if (challenge) {
      this.#key = createSecretKey(Buffer.from(challenge.sessionKey, 'base64'));
      this.#id = challenge.initialActionId;
      void this.query().then(() => this.onReady());
    }
    if (response) {
      this.#waiting.get(response.id)?.();
      this.#waiting.delete(response.id);
    }
    if (event) this.onEvent(event);
  }
}
