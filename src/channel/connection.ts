import type { Socket } from 'node:net';
import type { Clock, Timer } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { isObject, own } from '../base/json.ts';
import type { Log } from '../base/log.ts';
import { redact } from '../base/redact.ts';
import {
  errorLine,
  INTERNAL_ERROR,
  INVALID_PARAMS,
  INVALID_REQUEST,
  METHOD_NOT_FOUND,
  notificationLine,
  parseMessage,
  resultLine,
  toRpcError,
  type Id,
  type Request,
  type RpcError,
} from './json-rpc.ts';
import { LineReader } from './lines.ts';
import type { ChannelEvent, Parsed, Topic } from './protocol.ts';

export interface CallContext {
  /** Aborted when the client cancels the call, or leaves. */
  readonly signal: AbortSignal;
  readonly topics: Set<Topic>;
}

/** A method as a connection calls it. */
export interface RegisteredMethod {
  readonly parse: (value: unknown) => Parsed<unknown>;
  readonly handle: (params: unknown, context: CallContext) => unknown;
}

export interface ConnectionLimits {
  /** Bytes of one request. */
  readonly longestLine: number;
  /** Bytes that may wait for a client before something more is sent to it. */
  readonly mostWaiting: number;
  /** Milliseconds for which a client may leave something waiting. */
  readonly longestStall: number;
  /** Calls of one client that are being carried out at a time. */
  readonly mostCalls: number;
  /** Bytes of one answer. */
  readonly longestAnswer: number;
}

export const DEFAULT_LIMITS: ConnectionLimits = {
  longestLine: 64 * 1024,
  mostWaiting: 4 * 1024 * 1024,
  longestStall: 10_000,
  mostCalls: 32,
  longestAnswer: 8 * 1024 * 1024,
};

export interface ConnectionOptions {
  readonly socket: Socket;
  readonly methods: ReadonlyMap<string, RegisteredMethod>;
  readonly limits: ConnectionLimits;
  readonly clock: Clock;
  readonly log: Log;
  readonly onClosed: () => void;
}

interface PreparedCall {
  readonly handle: (context: CallContext) => unknown;
}

/** One client. Whatever it sends or does not read, it costs bounded memory and harms nobody else. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #reader: LineReader;
  readonly #calls = new Map<Id, AbortController>();
  readonly #topics = new Set<Topic>();
  #stall: Timer | undefined;
  #deaf = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#reader = new LineReader(options.limits.longestLine);
    const { socket } = options;
    socket.on('data', (chunk) => this.#onData(chunk));
    socket.on('drain', () => this.#onDrain());
    socket.on('error', () => undefined);
    socket.once('close', () => this.#onClose());
  }

  publish(event: ChannelEvent): void {
    if (this.#topics.has(event.topic)) this.#send(notificationLine('event', event));
  }

  close(): void {
    this.#options.socket.destroy();
  }

  #onData(chunk: Buffer): void {
    if (this.#deaf) return;
    const lines = this.#reader.push(chunk);
    if (!lines) {
      this.#hangUp('the line is too long');
      return;
    }
    for (const line of lines) if (!this.#options.socket.destroyed) this.#onLine(line);
  }

  #onLine(line: string): void {
    const message = parseMessage(line);
    if (message.kind === 'invalid') {
      this.#send(errorLine(message.id, { code: message.code, message: message.message }));
    } else if (message.kind === 'request') {
      void this.#call(message);
    } else if (message.kind === 'notification' && message.method === 'cancel') {
      this.#cancel(message.params);
    }
    // Other notifications, and answers to calls that we never made, need none.
  }

  async #call(request: Request): Promise<void> {
    const { id, method } = request;
    const call = this.#prepare(request);
    if ('code' in call) {
      this.#send(errorLine(id, call));
      return;
    }
    const controller = new AbortController();
    this.#calls.set(id, controller);
    try {
      const result = await call.handle({ signal: controller.signal, topics: this.#topics });
      this.#answer(id, resultLine(id, result));
    } catch (error) {
      const answer = toRpcError(error);
      if (answer.code === INTERNAL_ERROR && !controller.signal.aborted) {
        this.#options.log.error(`local channel: "${method}" failed: ${redact(messageOf(error))}`);
      }
      this.#send(errorLine(id, answer));
    } finally {
      this.#calls.delete(id);
    }
  }

  #prepare({ id, method, params }: Request): PreparedCall | RpcError {
    const { limits, methods } = this.#options;
    const registered = methods.get(method);
    if (!registered) return { code: METHOD_NOT_FOUND, message: 'no such method' };
    if (this.#calls.has(id)) return { code: INVALID_REQUEST, message: 'this id is in use' };
    if (this.#calls.size >= limits.mostCalls) {
      return { code: INVALID_REQUEST, message: 'too many calls at a time' };
    }
    const parsed = registered.parse(params);
    if (!parsed.ok) return { code: INVALID_PARAMS, message: parsed.problem };
    return { handle: (context) => registered.handle(parsed.params, context) };
  }

  #answer(id: Id, line: string): void {
    const tooLong = line.length > this.#options.limits.longestAnswer;
    this.#send(tooLong ? errorLine(id, { code: INTERNAL_ERROR, message: 'the answer is too long' }) : line);
  }

  #cancel(params: unknown): void {
    const id = isObject(params) ? own(params, 'id') : undefined;
    if (typeof id === 'string' || typeof id === 'number') {
      this.#calls.get(id)?.abort(new Error('cancelled by the client'));
    }
  }

  #send(line: string): void {
    const { clock, limits, socket } = this.#options;
    if (!socket.writable) return;
    if (socket.writableLength > limits.mostWaiting) {
      this.#drop('does not read');
      return;
    }
    if (!socket.write(line))
      this.#stall ??= clock.after(limits.longestStall, () => this.#drop('does not read'));
  }

  #onDrain(): void {
    if (this.#deaf) return;
    this.#stall?.cancel();
    this.#stall = undefined;
  }

  #drop(why: string): void {
    this.#options.log.debug(`local channel: a client ${why} and was dropped`);
    this.close();
  }

  /** Says a last word to a client that is not listened to any more. */
  #hangUp(message: string): void {
    const { clock, limits, log, socket } = this.#options;
    log.debug(`local channel: hung up on a client: ${message}`);
    this.#deaf = true;
    this.#stall?.cancel();
    this.#stall = clock.after(limits.longestStall, () => this.close());
    socket.end(errorLine(null, { code: INVALID_REQUEST, message }));
  }

  #onClose(): void {
    this.#stall?.cancel();
    for (const controller of this.#calls.values()) controller.abort(new Error('the client left'));
    this.#options.onClosed();
  }
}
