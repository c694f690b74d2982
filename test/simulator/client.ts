import type { KeyObject } from 'node:crypto';
import { nextActionId } from '../../src/wire/action-id.ts';
import { actionPayload, type Action, type ActionResponse } from '../../src/wire/actions.ts';
import { open, seal } from '../../src/wire/envelope.ts';
import type { RemootioEvent } from '../../src/wire/events.ts';
import { parseFrame, type InboundFrame } from '../../src/wire/frames.ts';
import { parseApiKey } from '../../src/wire/keys.ts';
import { parsePayload, type InboundPayload } from '../../src/wire/payloads.ts';

/**
 * What a client sees of a simulated device, with the encryption of `src/wire`: texts go in and out by two
 * functions, so that it works with a socket and without. It does nothing by itself.
 */
export class TestClient {
  readonly frames: InboundFrame[] = [];
  readonly payloads: InboundPayload[] = [];
  /** The same before they were read. */
  readonly contents: unknown[] = [];
  /** Why frames could not be read, or opened. */
  readonly failures: string[] = [];
  lastActionId: number | undefined;
  readonly #send: (text: string) => void;
  readonly #secretKey: KeyObject;
  readonly #authKey: KeyObject;
  #sessionKey: KeyObject | undefined;

  constructor(keys: { secretKey: string; authKey: string }, send: (text: string) => void) {
    this.#send = send;
    this.#secretKey = parseApiKey(keys.secretKey)!;
    this.#authKey = parseApiKey(keys.authKey)!;
  }

  receive(text: string): void {
    const frame = parseFrame(text);
    if (frame.type === 'MALFORMED') {
      this.failures.push(frame.problem);
      return;
    }
    this.frames.push(frame);
    if (frame.type !== 'ENCRYPTED') return;
    const opened = open(frame, this.#sessionKey ?? this.#secretKey, this.#authKey);
    if (!opened.ok) {
      this.failures.push(opened.failure);
      return;
    }
    this.contents.push(opened.payload);
    const payload = parsePayload(opened.payload);
    this.payloads.push(payload);
    if (payload.kind === 'challenge') {
      this.#sessionKey = payload.challenge.sessionKey;
      this.lastActionId = payload.challenge.initialActionId;
    }
  }

  hello(): void {
    this.#send('{"type":"HELLO"}');
  }

  auth(): void {
    this.#sessionKey = undefined;
    this.#send('{"type":"AUTH"}');
  }

  ping(): void {
    this.#send('{"type":"PING"}');
  }

  /** Sends an action with the next id, or with any other. */
  act(action: Action, id = nextActionId(this.lastActionId!)): void {
    this.lastActionId = id;
    this.sendPayload(actionPayload(action, id));
  }

  /** Sends an ENCRYPTED frame with any text in it. */
  sendPayload(text: string): void {
    this.#send(seal(text, this.#sessionKey ?? this.#secretKey, this.#authKey));
  }

  get responses(): readonly ActionResponse[] {
    return this.payloads.flatMap((payload) => (payload.kind === 'response' ? [payload.response] : []));
  }

  get lastResponse(): ActionResponse {
    return this.responses.at(-1)!;
  }

  get events(): readonly RemootioEvent[] {
    return this.payloads.flatMap((payload) => (payload.kind === 'event' ? [payload.event] : []));
  }

  get eventTypes(): readonly string[] {
    return this.events.map(({ type }) => type);
  }

  get errors(): readonly string[] {
    return this.frames.flatMap((frame) => (frame.type === 'ERROR' ? [frame.errorMessage] : []));
  }
}
