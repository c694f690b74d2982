import type { Timer } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { ChannelClient } from '../channel/client.ts';
import type { ChannelEvent } from '../channel/protocol.ts';
import type { StatusView } from './protocol.ts';
import type { PageContext } from './request.ts';
import { closeAll, connectPlugins } from './running-plugins.ts';
import { deviceView } from './views.ts';

/** How soon a plugin that is not running is looked for again. */
const LOOK_AGAIN = 2000;
/** Several changes in a row are told as one. */
const GATHER = 60;
/** The journal tells of an entry before it is on disk, where the page reads it. */
const JOURNAL_DELAY = 250;
/** So that "offline for 3 min" does not stand still. */
const RENEW = 20_000;

type Delayed = 'status' | 'journal' | 'reach' | 'renewal' | 'search';

/** Tells the page how the devices are, for as long as it looks. */
export class LiveStatus {
  readonly #context: PageContext;
  readonly #timers = new Map<Delayed, Timer>();
  #clients: readonly ChannelClient[] = [];
  #running = false;
  #connecting: Promise<void> | undefined;

  constructor(context: PageContext) {
    this.#context = context;
  }

  /** @returns how things are now; what changes is pushed from now on. */
  async start(): Promise<StatusView> {
    this.#running = true;
    await this.#connect();
    return this.#view();
  }

  async stop(): Promise<void> {
    this.#running = false;
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    const clients = this.#clients;
    this.#clients = [];
    await closeAll(clients);
  }

  /** Connects to the plugins unless that is done. Never rejects: {@link #view} says how it went. */
  #connect(): Promise<void> {
    this.#connecting ??= this.#open().finally(() => (this.#connecting = undefined));
    return this.#connecting;
  }

  async #open(): Promise<void> {
    if (this.#clients.length > 0) return;
    let clients: readonly ChannelClient[] = [];
    try {
      clients = await connectPlugins(this.#context);
      for (const client of clients) {
        const events = client.notifications();
        await client.call('subscribe', { topics: ['door', 'device', 'health', 'journal', 'reach'] });
        void this.#listen(events);
        void client.closed.then(() => this.#lost(client));
      }
    } catch {
      await closeAll(clients);
      clients = [];
    }
    if (!this.#running) {
      await closeAll(clients);
      return;
    }
    this.#clients = clients;
    if (clients.length === 0) this.#later('search', LOOK_AGAIN, () => void this.#search());
    else this.#renewLater();
  }

  async #search(): Promise<void> {
    await this.#connect();
    if (this.#running && this.#clients.length > 0) await this.#tell();
  }

  #lost(client: ChannelClient): void {
    if (!this.#running || !this.#clients.includes(client)) return;
    const others = this.#clients.filter((other) => other !== client);
    this.#clients = [];
    // Those of other bridges are asked anew as well, which is simpler than to keep count.
    void closeAll(others);
    void this.#connect().then(() => this.#tell());
  }

  async #listen(events: AsyncIterable<ChannelEvent>): Promise<void> {
    for await (const { topic } of events) {
      if (!this.#running) return;
      if (topic === 'journal') this.#later('journal', JOURNAL_DELAY, () => this.#context.push('journal', {}));
      else if (topic === 'reach') this.#later('reach', GATHER, () => this.#context.push('reach', {}));
      else this.#later('status', GATHER, () => void this.#tell());
    }
  }

  #renewLater(): void {
    this.#later('renewal', RENEW, () => void this.#tell().then(() => this.#renewLater()));
  }

  async #tell(): Promise<void> {
    const view = await this.#view();
    if (this.#running) this.#context.push('status', view);
  }

  async #view(): Promise<StatusView> {
    if (this.#clients.length === 0) return this.#viewWithout();
    try {
      const answers = await Promise.all(this.#clients.map((client) => client.call('status', {})));
      const devices = answers
        .flatMap((answer) => answer.devices)
        .map(deviceView)
        .filter((device) => device !== undefined);
      return { plugin: 'running', devices };
    } catch (error) {
      return { plugin: 'unreachable', problem: messageOf(error), devices: [] };
    }
  }

  /** Nothing runs, or what runs cannot be talked to. */
  async #viewWithout(): Promise<StatusView> {
    try {
      await closeAll(await connectPlugins(this.#context));
      return { plugin: 'absent', devices: [] };
    } catch (error) {
      return { plugin: 'unreachable', problem: messageOf(error), devices: [] };
    }
  }

  /** One timer of each kind: what is due already is not put off by what comes after it. */
  #later(what: Delayed, delay: number, then: () => void): void {
    if (!this.#running || this.#timers.has(what)) return;
    const timer = this.#context.clock.after(delay, () => {
      this.#timers.delete(what);
      then();
    });
    this.#timers.set(what, timer);
  }
}
