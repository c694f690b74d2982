import type { KeyObject } from 'node:crypto';
import type { Clock, Timer } from '../base/clock.ts';
import { actionPayload, type Action, type ActionResponse, type ActionType } from '../wire/actions.ts';
import { open, seal } from '../wire/envelope.ts';
import { parseFrame, PING_FRAME, type EncryptedFrame } from '../wire/frames.ts';
import type { ApiKeys } from '../wire/keys.ts';
import { parsePayload, type InboundPayload } from '../wire/payloads.ts';
import { errorFrameReason, type CloseReason, type ReachedStep, type SocketEnd } from './close-reason.ts';
import {
  advanceHandshake,
  INITIAL_HANDSHAKE,
  STEP_LIMITS,
  type ClearFrame,
  type HandshakeEffect,
  type HandshakeInput,
  type HandshakeState,
} from './handshake.ts';
import type { DeviceHello, InboundMessage, RequestOptions } from './link.ts';
import { notConnected, RequestQueue, type RequestSender } from './request-queue.ts';
import { openWebSocket } from './socket.ts';
import type { SessionSocket, SocketFactory, SocketListener, Target } from './transport.ts';
import { Watchdog } from './watchdog.ts';

export type SessionState = HandshakeState['step'];

/** What a session tells, in this order: hello, messages and ready, closed. Nothing comes after `onClosed`. */
export interface SessionListener {
  onHello(hello: DeviceHello): void;
  /** Another device than the expected one answers; `onClosed` follows. */
  onRefused(hello: DeviceHello): void;
  onMessage(message: InboundMessage): void;
  /** Authenticated; the first response was handed out just before. */
  onReady(): void;
  /** @param reached how far it had come. */
  onClosed(reason: CloseReason, reached: ReachedStep): void;
  /** Something harmless came that we do not know. May be called for every frame. */
  onIgnored(what: string): void;
}

export interface SessionOptions {
  readonly target: Target;
  readonly keys: ApiKeys;
  readonly clock: Clock;
  readonly listener: SessionListener;
  /** The serial number that the device must say in SERVER_HELLO; undefined where any will do. */
  readonly expectedSerial?: (() => string | undefined) | undefined;
  /** For tests: something other than a real websocket. */
  readonly openSocket?: SocketFactory | undefined;
}

/**
 * One encrypted connection, used once: it begins to connect when it is made, and ends closed. What its socket
 * and its queue tell it are methods of its own: there are many sessions, and each closure is one more object.
 */
export class Session implements SocketListener, RequestSender {
  readonly #options: SessionOptions;
  readonly #socket: SessionSocket;
  readonly #watchdog: Watchdog;
  #handshake: HandshakeState = INITIAL_HANDSHAKE;
  /** The furthest step that was reached. */
  #reached: ReachedStep = 'connecting';
  #sessionKey: KeyObject | undefined;
  #queue: RequestQueue | undefined;
  #limit: Timer | undefined;
  #closed = false;
  #lastInboundAt: number | undefined;
  /** When the QUERY of the handshake was sent; undefined when it is not, or was answered. */
  #verifyingSince: number | undefined;
  #keepAliveOutstanding = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#watchdog = new Watchdog(options.clock, () => this.#keepAlive());
    const openSocket = options.openSocket ?? openWebSocket;
    this.#socket = openSocket(options.target, this, options.clock);
  }

  get state(): SessionState {
    return this.#closed ? 'closed' : this.#handshake.step;
  }

  /** Monotonic time of the last inbound frame of any kind; undefined before the first. */
  get lastInboundAt(): number | undefined {
    return this.#lastInboundAt;
  }

  /** Resolves when the system has let go of the connection, a second after `closed` at most. */
  get gone(): Promise<void> {
    return this.#socket.gone;
  }

  /** Sends one action when its turn comes. Rejects with a `SessionError`, at once if this session is not ready. */
  request(action: Action, options?: RequestOptions): Promise<ActionResponse> {
    return this.#queue ? this.#queue.request(action, options) : Promise.reject(notConnected());
  }

  /** Sends a PING when its turn comes and resolves with its PONG. Rejects like {@link request}. */
  ping(options?: RequestOptions): Promise<void> {
    return this.#queue ? this.#queue.ping(options) : Promise.reject(notConnected());
  }

  /** Ends the session; resolves when its connection is gone. */
  close(): Promise<void> {
    this.#close({ code: 'stopped' });
    return this.gone;
  }

  /** Called by the socket. */
  onOpen(): void {
    this.#advance({ kind: 'open' });
  }

  /** Called by the socket. */
  onEnded(end: SocketEnd): void {
    this.#close(end);
  }

  /** Called by the socket. */
  onMessage(text: string): void {
    if (this.#closed) return;
    this.#lastInboundAt = this.#options.clock.monotonic();
    const frame = parseFrame(text);
    if (frame.type === 'ENCRYPTED') this.#onEncrypted(frame);
    else if (this.#handshake.step === 'ready') this.#onClearFrame(frame);
    else this.#advance({ kind: 'frame', frame });
  }

  #onEncrypted(frame: EncryptedFrame): void {
    const { secretKey, authKey } = this.#options.keys;
    const opened = open(frame, this.#sessionKey ?? secretKey, authKey);
    const ready = this.#handshake.step === 'ready';
    if (!opened.ok) {
      if (ready) this.#close({ code: 'bad-frame', failure: opened.failure });
      else this.#advance({ kind: 'unopened', failure: opened.failure });
      return;
    }
    const payload = parsePayload(opened.payload);
    if (ready) this.#onPayload(payload);
    else this.#advance({ kind: 'payload', payload });
  }

  #onClearFrame(frame: ClearFrame): void {
    switch (frame.type) {
      case 'ERROR': {
        this.#close(errorFrameReason(frame.errorMessage, true));
        return;
      }
      case 'MALFORMED': {
        this.#close({ code: 'bad-frame', failure: 'malformed' });
        return;
      }
      case 'PONG':
        if (!this.#queue?.onPong()) this.#ignored('a PONG that nobody asked for');
        return;
      case 'SERVER_HELLO': {
        this.#ignored('a SERVER_HELLO that nobody asked for');
        return;
      }
      case 'UNKNOWN': {
        this.#ignored('a frame of an unknown type');
        return;
      }
    }
  }

  #onPayload(payload: InboundPayload): void {
    const { listener } = this.#options;
    const at = this.#lastInboundAt ?? 0;
    switch (payload.kind) {
      case 'event': {
        listener.onMessage({ kind: 'event', event: payload.event, at });
        return;
      }
      case 'response': {
        const sent = this.#queue?.onResponse(payload.response);
        if (sent)
          listener.onMessage({ kind: 'response', response: payload.response, at, sentAt: sent.sentAt });
        else this.#ignored('a response that nobody asked for');
        return;
      }
      case 'challenge': {
        this.#close({ code: 'unexpected-frame', step: 'ready', frame: 'another challenge' });
        return;
      }
      case 'unknown': {
        this.#ignored(`a payload that ${payload.problem}`);
        return;
      }
    }
  }

  #advance(input: HandshakeInput): void {
    if (this.#closed) return;
    const expectedSerial = this.#options.expectedSerial?.();
    const { state, effects } = advanceHandshake(this.#handshake, input, { expectedSerial });
    this.#handshake = state;
    if (state.step !== 'closed') this.#reached = state.step;
    this.#performAll(effects);
  }

  #performAll(effects: readonly HandshakeEffect[]): void {
    for (const effect of effects) {
      // Whoever was told something may have closed the session.
      if (this.#closed) return;
      this.#perform(effect);
    }
  }

  #perform(effect: HandshakeEffect): void {
    const { clock, listener } = this.#options;
    const at = this.#lastInboundAt ?? 0;
    switch (effect.kind) {
      case 'send':
        this.#send(effect.frame);
        return;
      case 'query':
        this.#verifyingSince = clock.monotonic();
        this.#sessionKey = effect.challenge.sessionKey;
        this.sendAction({ type: 'QUERY' }, effect.id);
        return;
      case 'limit':
        this.#limit?.cancel();
        this.#limit = clock.after(STEP_LIMITS[effect.step], () => this.#advance({ kind: 'timeout' }));
        return;
      case 'hello': {
        listener.onHello(effect.hello);
        return;
      }
      case 'refuse': {
        listener.onRefused(effect.hello);
        return;
      }
      case 'event': {
        listener.onMessage({ kind: 'event', event: effect.event, at });
        return;
      }
      case 'ready': {
        this.#onReady(effect.response, at);
        return;
      }
      case 'ignored': {
        this.#ignored(effect.what);
        return;
      }
      case 'close': {
        this.#close(effect.reason);
        return;
      }
    }
  }

  #onReady(response: ActionResponse, at: number): void {
    const { clock, listener } = this.#options;
    const sentAt = this.#verifyingSince ?? at;
    this.#verifyingSince = undefined;
    this.#endLimit();
    this.#queue = new RequestQueue(this, clock, response.id);
    listener.onMessage({ kind: 'response', response, at, sentAt });
    if (!this.#closed) listener.onReady();
  }

  /** Called by the queue, which alone knows what may be sent. */
  sendAction(action: Action, id: number): boolean {
    const payload = actionPayload(action, id);
    return (
      this.#sessionKey !== undefined &&
      this.#send(seal(payload, this.#sessionKey, this.#options.keys.authKey))
    );
  }

  /** Called by the queue. */
  sendPing(): boolean {
    return this.#send(PING_FRAME);
  }

  /** Called by the queue. */
  onUnanswered(to: ActionType | 'PING'): void {
    this.#close(this.#keepAliveOutstanding ? { code: 'silent' } : { code: 'no-answer', to });
  }

  #send(text: string): boolean {
    this.#watchdog.sent();
    return this.#socket.send(text);
  }

  /** A QUERY is as harmless as a PING, and tells a state that was missed. It is due in a ready session only. */
  #keepAlive(): void {
    this.#keepAliveOutstanding = true;
    const done = (): void => {
      this.#keepAliveOutstanding = false;
    };
    // If it is not answered, the queue ends the session.
    this.request({ type: 'QUERY' }).then(done, done);
  }

  #endLimit(): void {
    this.#limit?.cancel();
    this.#limit = undefined;
  }

  #ignored(what: string): void {
    this.#options.listener.onIgnored(what);
  }

  #close(reason: CloseReason): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#endLimit();
    this.#watchdog.stop();
    // What was sent and is still under way must not arrive later: a gate would open out of the blue.
    if (this.#verifyingSince !== undefined || this.#queue?.unanswered !== undefined) this.#socket.reset();
    else this.#socket.close();
    this.#queue?.close();
    this.#options.listener.onClosed(reason, this.#reached);
  }
}
