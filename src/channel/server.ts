import { createServer, type Server, type Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import {
  Connection,
  DEFAULT_LIMITS,
  type CallContext,
  type ConnectionLimits,
  type RegisteredMethod,
} from './connection.ts';
import { listenAt } from './listen.ts';
import {
  readRecord,
  recordPath,
  removePrivateFolder,
  removeRecord,
  socketPath,
  writeRecord,
} from './location.ts';
import { probe } from './probe.ts';
import {
  PARSERS,
  type Method,
  type Methods,
  type ParamsParser,
  type ReachMethod,
  type Topic,
  type TopicsResult,
} from './protocol.ts';

export interface ChannelServerOptions {
  /** Homebridge's storage. */
  readonly storagePath: string;
  /** Tells this process from others on the same storage: the name or username of the bridge. */
  readonly instance?: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<ConnectionLimits> & { readonly mostClients?: number };
}

/** What serves a call. An error of ours goes to the client as it is, any other one to the log. */
export type Handler<Params, Result> = (
  params: Params,
  context: Pick<CallContext, 'signal'>,
) => Result | Promise<Result>;

const MOST_CLIENTS = 32;

/** The running plugin's end of the local channel. */
export class ChannelServer {
  readonly #options: ChannelServerOptions;
  readonly #methods = new Map<string, RegisteredMethod>();
  readonly #connections = new Set<Connection>();
  #server: Server | undefined;
  #path: string | undefined;

  constructor(options: ChannelServerOptions) {
    this.#options = options;
    this.#register('subscribe', PARSERS.subscribe, (params, { topics }): TopicsResult => {
      for (const topic of params.topics) topics.add(topic);
      return { topics: [...topics] };
    });
    this.#register('unsubscribe', PARSERS.unsubscribe, (params, { topics }): TopicsResult => {
      for (const topic of params.topics) topics.delete(topic);
      return { topics: [...topics] };
    });
  }

  /** Serves one of the standard calls. */
  serve<Name extends Exclude<Method, 'subscribe' | 'unsubscribe'>>(
    name: Name,
    handler: Handler<Methods[Name]['params'], Methods[Name]['result']>,
  ): void {
    const parse: ParamsParser<Methods[Name]['params']> = PARSERS[name];
    this.#register(name, parse, handler);
  }

  /** Serves a call of remote support, with a parser of its own. */
  serveReach<Params>(
    name: ReachMethod,
    parse: ParamsParser<Params>,
    handler: Handler<Params, unknown>,
  ): void {
    this.#register(name, parse, handler);
  }

  /** Tells every client that subscribed to the topic. */
  publish(topic: Topic, data: unknown): void {
    for (const connection of [...this.#connections]) connection.publish({ topic, data });
  }

  /** How many clients are connected. */
  get clients(): number {
    return this.#connections.size;
  }

  /**
   * Begins to listen. Never rejects: without the channel the gate still works, so it is said in one line.
   * @returns whether it listens.
   */
  async start(): Promise<boolean> {
    if (this.#server) return true;
    const { instance, log, storagePath } = this.#options;
    const server = createServer((socket) => this.#accept(socket));
    try {
      if (!(await this.#listen(server))) {
        const name = instance === undefined ? 'without a name' : `of the name "${instance}"`;
        log.warn(
          `Another Homebridge ${name} runs on this storage; the gatehouse command and the settings page reach ` +
            'that one. Give each bridge a name of its own.',
        );
        return false;
      }
      server.on('error', (error) => log.warn(`local channel: ${messageOf(error)}`));
      this.#server = server;
      return true;
    } catch (error) {
      server.close();
      log.warn(
        `The local channel in ${storagePath} cannot be opened (${messageOf(error)}); the gatehouse command and ` +
          'the settings page cannot reach the plugin.',
      );
      return false;
    }
  }

  /** Ends every connection and call; resolves when nothing is left open, on disk either. */
  async stop(): Promise<void> {
    const server = this.#server;
    const path = this.#path;
    if (!server || path === undefined) return;
    this.#server = undefined;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const connection of this.#connections) connection.close();
    await closed;
    const { instance, storagePath } = this.#options;
    await removeRecord(storagePath, { instance, path, pid: process.pid });
    await removePrivateFolder(path);
  }

  async #listen(server: Server): Promise<boolean> {
    const { instance, storagePath } = this.#options;
    const before = await readRecord(recordPath(storagePath, instance)).catch(() => undefined);
    if (before && (await probe(before.path)) === 'live') return false;
    // A process that was killed could not clean up after itself.
    if (before) await removePrivateFolder(before.path);
    const path = await socketPath(storagePath, instance);
    if ((await listenAt(server, path)) === 'in use') return false;
    this.#path = path;
    await writeRecord(storagePath, { instance, path, pid: process.pid });
    return true;
  }

  #register<Params, Result>(
    name: string,
    parse: ParamsParser<Params>,
    handle: (params: Params, context: CallContext) => Result | Promise<Result>,
  ): void {
    // What the parser lets pass is what the handler takes.
    this.#methods.set(name, { parse, handle: (params, context) => handle(params as Params, context) });
  }

  #accept(socket: Socket): void {
    const { clock, limits, log } = this.#options;
    if (this.#connections.size >= (limits?.mostClients ?? MOST_CLIENTS)) {
      log.debug('local channel: too many clients');
      socket.destroy();
      return;
    }
    const connection = new Connection({
      socket,
      methods: this.#methods,
      limits: { ...DEFAULT_LIMITS, ...limits },
      clock,
      log,
      onClosed: () => this.#connections.delete(connection),
    });
    this.#connections.add(connection);
  }
}
