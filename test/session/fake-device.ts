import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { parseApiKey, type ApiKeys } from '../../src/wire/keys.ts';

/** Hex digits as the app shows them. */
export const SECRET_KEY = '12b3f03211c384736b8a1906635f4abc90074e680138a689caf03485a971efb3';
export const AUTH_KEY = '74ca13b56b3c898670a67e8f36f8b8a61340738c82617ba1398ae7ca62f1670a';
export const KEYS = keysOf(SECRET_KEY, AUTH_KEY);

export function keysOf(secret: string, auth: string): ApiKeys {
  return { secretKey: parseApiKey(secret)!, authKey: parseApiKey(auth)! };
}

export interface ActionFrame {
  readonly type: string;
  readonly id: number;
  readonly duration?: number;
}

/**
 * A Remootio device in little, with a cipher of its own: nothing here is shared with what it tests, so that a
 * mistake cannot hide on both sides. Its fields may be changed at any time.
 */
export class FakeDevice {
  secretKey = Buffer.from(SECRET_KEY, 'hex');
  authKey = Buffer.from(AUTH_KEY, 'hex');
  /** Always the same, so that a frame which must not decrypt never does by chance. */
  sessionKey = Buffer.from('9c'.repeat(32), 'hex');
  initialActionId = 0x7ffffffc;
  hello: Record<string, unknown> = {
    apiVersion: 3,
    serialNumber: 'A1B2C3D4E5F60001',
    remootioVersion: 'remootio-2',
  };
  state: 'open' | 'closed' | 'no sensor' = 'closed';
  /** Frame types and action types that it does not answer. */
  readonly mute = new Set<string>();
  /** ERROR frames in place of the answer, by frame type or action type. */
  readonly errors = new Map<string, string>();
  /** Everything that it was sent: frame types in the clear, action types with their id. */
  readonly received: string[] = [];
  readonly actions: ActionFrame[] = [];
  /** What a real device would have choked on. */
  readonly violations: string[] = [];

  /** A session with this device over anything that carries text. */
  accept(send: (text: string) => void, end: () => void): DeviceSession {
    return new DeviceSession(this, send, end);
  }

  seal(payload: unknown, key = this.sessionKey): string {
    const iv = randomBytes(16);
    const cipher = createCipheriv('aes-256-cbc', key, iv);
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
    const encrypted = Buffer.concat([cipher.update(text, 'latin1'), cipher.final()]);
    return this.sign({ iv: iv.toString('base64'), payload: encrypted.toString('base64') });
  }

  sign(data: unknown): string {
    const mac = createHmac('sha256', this.authKey).update(JSON.stringify(data)).digest('base64');
    return JSON.stringify({ type: 'ENCRYPTED', data, mac });
  }

  challenge(): string {
    const sessionKey = this.sessionKey.toString('base64');
    const challenge = { sessionKey, initialActionId: this.initialActionId };
    return this.seal({ type: 'CHALLENGE', challenge }, this.secretKey);
  }

  response(action: ActionFrame, more: Record<string, unknown> = {}): string {
    const { type, id } = action;
    const response = { type, id, success: true, state: this.state, t100ms: 8985, relayTriggered: false };
    return this.seal({ response: { ...response, errorCode: '', ...more } });
  }

  event(type: string, more: Record<string, unknown> = {}): string {
    return this.seal({ event: { cnt: 7, type, state: this.state, t100ms: 9000, ...more } });
  }
}

/** The device's side of one connection. */
export class DeviceSession {
  readonly #device: FakeDevice;
  readonly #send: (text: string) => void;
  readonly #end: () => void;
  #lastActionId: number;
  /** The action that was received last: a test may answer it late. */
  lastAction: ActionFrame | undefined;

  constructor(device: FakeDevice, send: (text: string) => void, end: () => void) {
    this.#device = device;
    this.#send = send;
    this.#end = end;
    this.#lastActionId = device.initialActionId;
  }

  say(text: string): void {
    this.#send(text);
  }

  receive(text: string): void {
    const frame = JSON.parse(text) as { type: string; data: { iv: string; payload: string }; mac: string };
    if (frame.type === 'ENCRYPTED') this.#onAction(frame);
    else this.#onBasic(frame.type);
  }

  #onBasic(type: string): void {
    const device = this.#device;
    device.received.push(type);
    this.#answer(type, () => {
      switch (type) {
        case 'HELLO':
          return JSON.stringify({
            type: 'SERVER_HELLO',
            ...device.hello,
            message: 'This is the Remootio Websocket API',
          });
        case 'AUTH':
          return device.challenge();
        case 'PING':
          return '{"type":"PONG"}';
        default:
          return '{"type":"ERROR","errorMessage":"input error"}';
      }
    });
  }

  #onAction({ data, mac }: { data: { iv: string; payload: string }; mac: string }): void {
    const device = this.#device;
    const macBase = `{"iv":"${data.iv}","payload":"${data.payload}"}`;
    const expected = createHmac('sha256', device.authKey).update(macBase).digest('base64');
    if (mac !== expected) {
      this.#fail('a wrong MAC');
      return;
    }
    const decipher = createDecipheriv('aes-256-cbc', device.sessionKey, Buffer.from(data.iv, 'base64'));
    const text = decipher.update(data.payload, 'base64', 'latin1') + decipher.final('latin1');
    const { action } = JSON.parse(text) as { action: ActionFrame };
    device.received.push(action.type);
    device.actions.push(action);
    const id = (this.#lastActionId + 1) % 0x7fffffff;
    if (action.id !== id) {
      this.#fail(`id ${action.id} instead of ${id}`);
      return;
    }
    this.#lastActionId = id;
    this.lastAction = action;
    this.#answer(action.type, () => device.response(action));
  }

  #answer(type: string, frame: () => string): void {
    const error = this.#device.errors.get(type);
    if (error !== undefined) this.#send(JSON.stringify({ type: 'ERROR', errorMessage: error }));
    else if (!this.#device.mute.has(type)) this.#send(frame());
  }

  #fail(violation: string): void {
    this.#device.violations.push(violation);
    this.#send('{"type":"ERROR","errorMessage":"authentication error"}');
    this.#end();
  }
}
