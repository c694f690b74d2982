import { Signal } from '../../src/base/emitter.ts';
import type { Diagnosis } from '../../src/session/diagnosis.ts';
import { SessionError } from '../../src/session/errors.ts';
import type {
  DeviceHello,
  InboundMessage,
  Link,
  LinkDown,
  LinkState,
  RequestOptions,
} from '../../src/session/link.ts';
import type { Action, ActionResponse } from '../../src/wire/actions.ts';
import type { EventBase, RemootioEvent } from '../../src/wire/events.ts';
import type { FakeClock } from '../helpers/fake-clock.ts';

interface Request {
  readonly action: Action;
  readonly options: RequestOptions;
  readonly sentAt: number;
  readonly resolve: (response: ActionResponse) => void;
  readonly reject: (error: unknown) => void;
}

/** A link without a network: a test plays the device, word for word. */
export class FakeLink implements Link {
  state: LinkState = 'stopped';
  lastInboundAt: number | undefined;
  diagnosis: Diagnosis | undefined;
  readonly hello = new Signal<DeviceHello>();
  readonly ready = new Signal<void>();
  readonly message = new Signal<InboundMessage>();
  readonly down = new Signal<LinkDown>();
  readonly diagnosed = new Signal<Diagnosis | undefined>();

  /** Every action that was sent. */
  readonly sent: Action[] = [];
  /** The options of each of them. */
  readonly options: RequestOptions[] = [];
  woken = 0;
  readonly #clock: FakeClock;
  #open: Request[] = [];

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  start(): void {
    this.state = 'connecting';
  }

  stop(): Promise<void> {
    const wasReady = this.state === 'ready';
    this.state = 'stopped';
    if (wasReady) this.#end('stopped', true);
    return Promise.resolve();
  }

  wake(): void {
    this.woken++;
  }

  request(action: Action, options: RequestOptions = {}): Promise<ActionResponse> {
    if (this.state !== 'ready') {
      return Promise.reject(new SessionError('NOT_CONNECTED', 'there is no connection'));
    }
    this.sent.push(action);
    this.options.push(options);
    return new Promise((resolve, reject) => {
      this.#open.push({ action, options, sentAt: this.#clock.monotonic(), resolve, reject });
    });
  }

  /** How many actions have no answer yet. */
  get unanswered(): number {
    return this.#open.length;
  }

  /** SERVER_HELLO of a new session. */
  greet(hello: DeviceHello = { apiVersion: 3, serialNumber: 'AABBCCDDEEFF0001' }): void {
    this.state = 'connecting';
    this.lastInboundAt = this.#clock.monotonic();
    this.hello.emit(hello);
  }

  /** The response to the handshake's QUERY; the session is ready. */
  welcome(response: Partial<ActionResponse> = {}): void {
    const at = this.#clock.monotonic();
    this.state = 'ready';
    this.#hear({ kind: 'response', response: responseOf('QUERY', response), at, sentAt: at });
    this.ready.emit();
  }

  connect(response: Partial<ActionResponse> = {}, hello?: DeviceHello): void {
    this.greet(hello);
    this.welcome(response);
  }

  /** Answers the action that has waited longest. */
  answer(response: Partial<ActionResponse> = {}): void {
    const { action, sentAt, resolve } = this.#next();
    const full = responseOf(action.type, response);
    this.#hear({ kind: 'response', response: full, at: this.#clock.monotonic(), sentAt });
    resolve(full);
  }

  /** The action that has waited longest fails. */
  fail(error: unknown): void {
    this.#next().reject(error);
  }

  tell(event: RemootioEvent): void {
    this.#hear({ kind: 'event', event, at: this.#clock.monotonic() });
  }

  drop(state: LinkState = 'waiting'): void {
    const wasReady = this.state === 'ready';
    this.state = state;
    this.#end('dropped', wasReady);
  }

  diagnose(diagnosis: Diagnosis | undefined): void {
    this.diagnosis = diagnosis;
    this.diagnosed.emit(diagnosis);
  }

  #next(): Request {
    const request = this.#open.shift();
    if (!request) throw new Error('nothing was asked');
    return request;
  }

  #hear(message: InboundMessage): void {
    this.lastInboundAt = message.at;
    this.message.emit(message);
  }

  #end(reason: string, wasReady: boolean): void {
    for (const { reject } of this.#open.splice(0)) reject(new SessionError('CONNECTION_LOST', reason));
    this.down.emit({ reason, wasReady });
  }
}

export function responseOf(type: Action['type'], response: Partial<ActionResponse> = {}): ActionResponse {
  return {
    type,
    id: 1,
    success: true,
    state: 'closed',
    t100ms: 10_000,
    relayTriggered: false,
    errorCode: '',
    ...response,
  };
}

type Plain = Exclude<RemootioEvent, { readonly data: unknown }>['type'];

export function plain(type: Plain, cnt: number, t100ms: number, state: EventBase['state'] = 'closed') {
  return { type, cnt, t100ms, state } satisfies RemootioEvent;
}

export function relayTrigger(cnt: number, t100ms: number, state: EventBase['state'] = 'closed') {
  const data = { keyNr: 0, keyType: 'api key', via: 'wifi' } as const;
  return { type: 'RelayTrigger', cnt, t100ms, state, data } satisfies RemootioEvent;
}
