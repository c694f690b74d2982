import type { Socket } from 'node:net';
import { systemClock, type Clock, type Timer } from '../base/clock.ts';
import { Signal } from '../base/emitter.ts';
import { valuesOf } from '../base/signal-values.ts';
import { ChannelError, RemoteError } from './errors.ts';
import {
  INTERNAL_ERROR,
  INVALID_PARAMS,
  METHOD_NOT_FOUND,
  notificationLine,
  parseMessage,
  requestLine,
  type Response,
  type RpcError,
} from './json-rpc.ts';
import { LineReader } from './lines.ts';
import { parseEvent, type ChannelEvent, type Method, type Methods, type ReachMethod } from './protocol.ts';

export interface CallOptions {
  /** Gives the call up; the plugin is told. */
  readonly signal?: AbortSignal;
  /** Milliseconds to wait for the answer; 10 s by default. */
  readonly timeout?: number;
}

/** What may be left out where a call has no parameters of its own, or only such that have a default. */
type ParamsOf<Name extends Method> = Name extends 'journal'
  ? Partial<Methods['journal']['params']>
  : Methods[Name]['params'];

const DEFAULT_TIMEOUT = 10_000;
/** Longer than the longest answer of a plugin of this version. */
const LONGEST_LINE = 16 * 1024 * 1024;

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A tool's end of the local channel; `connectChannel` makes one. */
export class ChannelClient {
  /** Resolves when the connection is gone, whoever ended it. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #reader = new LineReader(LONGEST_LINE);
  readonly #events = new Signal<ChannelEvent>();
  readonly #ended = new AbortController();
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;

  /** @param socket connected already. */
  constructor(socket: Socket, clock: Clock = systemClock) {
    this.#socket = socket;
    this.#clock = clock;
    socket.on('data', (chunk) => this.#onData(chunk));
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#end(
          new ChannelError('DISCONNECTED', 'The plugin ended the connection; is Homebridge restarting?'),
        );
        resolve();
      });
    });
  }

  /**
   * Calls the plugin.
   * @throws {@link RemoteError} when the plugin refuses or fails, {@link ChannelError} when it cannot be asked.
   */
  call<Name extends Method>(
    method: Name,
    params: ParamsOf<Name>,
    options?: CallOptions,
  ): Promise<Methods[Name]['result']>;
  call(method: ReachMethod, params?: unknown, options?: CallOptions): Promise<unknown>;
  call(method: string, params?: unknown, options: CallOptions = {}): Promise<unknown> {
    const { signal, timeout = DEFAULT_TIMEOUT } = options;
    if (signal?.aborted) return Promise.reject(aborted(signal));
    if (this.#ended.signal.aborted) {
      return Promise.reject(new ChannelError('DISCONNECTED', 'The connection to the plugin is closed.'));
    }
    const id = ++this.#lastId;
    let timer: Timer | undefined;
    let onAbort: (() => void) | undefined;
    const answer = new Promise<unknown>((resolve, reject) => {
      const giveUp = (error: Error): void => {
        reject(error);
        this.#socket.write(notificationLine('cancel', { id }));
      };
      this.#pending.set(id, { resolve, reject });
      timer = this.#clock.after(timeout, () =>
        giveUp(new ChannelError('TIMEOUT', `The plugin did not answer "${method}" in time.`)),
      );
      onAbort = () => giveUp(aborted(signal));
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#socket.write(requestLine(id, method, params));
    });
    return answer.finally(() => {
      this.#pending.delete(id);
      timer?.cancel();
      if (onAbort) signal?.removeEventListener('abort', onAbort);
    });
  }

  /**
   * What comes for the topics that were subscribed to, gathered from this call on; ends with the connection
   * or the signal.
   */
  notifications(options: { readonly signal?: AbortSignal } = {}): AsyncGenerator<ChannelEvent> {
    const { signal } = options;
    const until = signal ? AbortSignal.any([signal, this.#ended.signal]) : this.#ended.signal;
    return valuesOf(this.#events, { until });
  }

  /** Resolves when the socket is closed. Calls that are under way fail. */
  async close(): Promise<void> {
    this.#end(new ChannelError('DISCONNECTED', 'The connection to the plugin was closed.'));
    this.#socket.destroy();
    await this.closed;
  }

  #onData(chunk: Buffer): void {
    const lines = this.#reader.push(chunk);
    if (!lines) {
      this.#end(new ChannelError('NOT_UNDERSTOOD', 'What the plugin says is too long to be meant.'));
      this.#socket.destroy();
      return;
    }
    for (const line of lines) this.#onLine(line);
  }

  #onLine(line: string): void {
    const message = parseMessage(line);
    if (message.kind === 'notification' && message.method === 'event') {
      const event = parseEvent(message.params);
      if (event) this.#events.emit(event);
    } else if (message.kind === 'result' || message.kind === 'error') {
      this.#onAnswer(message);
    } else if (message.kind === 'invalid') {
      this.#end(new ChannelError('NOT_UNDERSTOOD', 'What listens there does not speak as Gatehouse does.'));
      this.#socket.destroy();
    }
  }

  #onAnswer(answer: Response): void {
    // Of a call that was given up there is nobody left to tell.
    const pending = typeof answer.id === 'number' ? this.#pending.get(answer.id) : undefined;
    if (answer.kind === 'result') pending?.resolve(answer.result);
    else pending?.reject(toRemoteError(answer.error));
  }

  #end(error: ChannelError): void {
    this.#ended.abort();
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}

function toRemoteError({ code, message, data }: RpcError): RemoteError {
  if (data) return new RemoteError(message, data);
  const names: Readonly<Record<number, string>> = {
    [METHOD_NOT_FOUND]: 'METHOD_NOT_FOUND',
    [INVALID_PARAMS]: 'INVALID_PARAMS',
    [INTERNAL_ERROR]: 'INTERNAL_ERROR',
  };
  return new RemoteError(message, { code: names[code] ?? 'INVALID_REQUEST', retry: false });
}

function aborted(signal: AbortSignal | undefined): ChannelError {
  return new ChannelError('ABORTED', 'The call was given up.', { cause: signal?.reason });
}
