import type { Clock, Timer } from '../base/clock.ts';
import { Signal } from '../base/emitter.ts';
import type { Log } from '../base/log.ts';
import { Announcements } from './announcements.ts';
import { readAnswers, SERVICE, type AddressRecord } from './answers.ts';
import { hostNameOf } from './candidates.ts';
import { openMdns, type Mdns, type MdnsFactory, type MdnsOptions, type Question } from './mdns-socket.ts';
import { resolveHost, systemLookup, type HostLookup } from './resolve.ts';
import { ServiceCache, type Discovered } from './service-cache.ts';

export interface DiscoveryOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly mdns?: MdnsOptions;
  /** For tests: something other than a real socket, or than the system's resolver. */
  readonly openMdns?: MdnsFactory;
  readonly lookup?: HostLookup;
}

/** Packets get lost, so the first questions come in short order; each is a delay after the one before. */
const FIRST_QUERIES = [0, 1000, 3000, 9000, 27_000];
/** Well within the time for which an answer is kept. */
const QUERY_INTERVAL = 8 * 60 * 1000;
/** {@link Discovery.refresh} and answers that lack something ask no more often than this. */
const SHORTEST_GAP = 1000;
/** A port that is taken may be free later. */
const REOPEN_AFTER = 10 * 60 * 1000;
const RESOLVE_TIMEOUT = 3000;

/**
 * The Remootio devices on this network, as they advertise themselves by mDNS. A help, never a need: devices
 * may have stopped advertising, and networks may not carry multicast. Nothing here ever throws.
 */
export class Discovery {
  /** A device is new, or is somewhere else than before. */
  readonly found = new Signal<Discovered>();
  /** A device said good-bye, or was not heard of for a long time. */
  readonly gone = new Signal<Discovered>();
  /**
   * A device is new, is somewhere else, or spoke up: by itself, or after it had been silent. Worth trying to
   * connect at once. A mere answer to a question is none.
   */
  readonly announced = new Signal<Discovered>();

  readonly #options: DiscoveryOptions;
  readonly #cache = new ServiceCache();
  readonly #announcements = new Announcements();
  readonly #addresses = new Signal<readonly AddressRecord[]>();
  readonly #said = new Set<string>();
  /** Sockets that are being closed. */
  #closing = new Set<Promise<void>>();
  #mdns: Mdns | undefined;
  #started = false;
  #queries = 0;
  #nextQuery: Timer | undefined;
  #nextExpiry: Timer | undefined;
  #reopen: Timer | undefined;
  #refreshedAt: number | undefined;
  /** When what a device's record lacked was last asked for, by serial number. */
  readonly #askedAt = new Map<string, number>();

  constructor(options: DiscoveryOptions) {
    this.#options = options;
  }

  get devices(): readonly Discovered[] {
    return this.#cache.devices;
  }

  /** @param serialNumber in any case. */
  lookup(serialNumber: string): Discovered | undefined {
    return this.#cache.lookup(serialNumber);
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#open();
  }

  /** Resolves when no socket and no timer is left. It can be started again. */
  async stop(): Promise<void> {
    this.#started = false;
    for (const timer of [this.#nextExpiry, this.#reopen]) timer?.cancel();
    this.#letGo();
    this.#cache.clear();
    this.#askedAt.clear();
    this.#refreshedAt = undefined;
    await Promise.all(this.#closing);
  }

  /** Asks who is there now, at most once a second. */
  refresh(): void {
    const now = this.#options.clock.monotonic();
    if (this.#refreshedAt !== undefined && now - this.#refreshedAt < SHORTEST_GAP) return;
    this.#refreshedAt = now;
    this.#announcements.asked(
      this.devices.map(({ serialNumber }) => serialNumber),
      now,
    );
    this.#mdns?.query([{ name: SERVICE, type: 'PTR' }]);
  }

  /**
   * The addresses of a host, IPv4 first, with names in `.local` asked for by mDNS as well. No address where
   * nobody answers within `timeout` milliseconds (3 s by default). Works, less well, while stopped.
   */
  resolve(
    host: string,
    { timeout = RESOLVE_TIMEOUT, signal }: { readonly timeout?: number; readonly signal?: AbortSignal } = {},
  ): Promise<readonly string[]> {
    return resolveHost(host, {
      clock: this.#options.clock,
      lookup: this.#options.lookup ?? systemLookup,
      ask: (name) => this.#mdns?.query(addressQuestions(name)),
      listen: (listener) => this.#addresses.on(listener),
      timeout,
      signal,
    });
  }

  #open(): void {
    const { mdns = {}, openMdns: open = openMdns } = this.#options;
    const socket = open(mdns);
    this.#mdns = socket;
    socket.failed.on((problem) => this.#onFailed(problem));
    socket.trouble.on((code) => this.#say(code, `mDNS: ${code}`));
    socket.response.on((packet) => this.#onResponse(packet));
    socket.ready.on(() => this.#query());
  }

  #onFailed(problem: string): void {
    const { clock, log } = this.#options;
    this.#letGo();
    if (!this.#said.has('failed')) {
      this.#said.add('failed');
      log.info(`mDNS cannot be used here (${problem}): devices are found by their configured address alone.`);
    }
    this.#reopen = clock.after(REOPEN_AFTER, () => this.#open());
  }

  #letGo(): void {
    this.#nextQuery?.cancel();
    this.#queries = 0;
    const closing = this.#mdns?.close();
    this.#mdns = undefined;
    if (!closing) return;
    this.#closing.add(closing);
    void closing.finally(() => this.#closing.delete(closing));
  }

  #query(): void {
    this.#said.delete('failed');
    this.refresh();
    this.#queries += 1;
    const delay = FIRST_QUERIES[this.#queries] ?? QUERY_INTERVAL;
    this.#nextQuery = this.#options.clock.after(delay, () => this.#query());
  }

  #onResponse(packet: unknown): void {
    const { clock } = this.#options;
    const now = clock.monotonic();
    const answers = readAnswers(packet);
    if (answers.services.length === 0 && answers.addresses.length === 0) return;
    const { found, heard, gone, incomplete } = this.#cache.take(answers, now, clock.now());
    this.#addresses.emit(answers.addresses);
    for (const serialNumber of incomplete) this.#complete(serialNumber);
    const announced = heard.filter(
      (device) => this.#announcements.heard(device.serialNumber, now) || found.includes(device),
    );
    this.#tell(found, gone);
    for (const device of announced) this.announced.emit(device);
    this.#scheduleExpiry();
  }

  #complete(serialNumber: string): void {
    const now = this.#options.clock.monotonic();
    const key = serialNumber.toLowerCase();
    if (now - (this.#askedAt.get(key) ?? -Infinity) < SHORTEST_GAP) return;
    // Whoever invents serial numbers must not fill the memory with them.
    if (this.#askedAt.size >= 100) this.#askedAt.clear();
    this.#askedAt.set(key, now);
    const hostName = hostNameOf(serialNumber);
    this.#mdns?.query([{ name: `${serialNumber}.${SERVICE}`, type: 'SRV' }, ...addressQuestions(hostName)]);
  }

  #tell(found: readonly Discovered[], gone: readonly Discovered[]): void {
    const { log } = this.#options;
    for (const device of found) {
      const { serialNumber, addresses, port } = device;
      log.debug(`mDNS: device ${serialNumber} is at ${addresses.join(', ')}, port ${port}`);
      this.found.emit(device);
    }
    for (const device of gone) {
      log.debug(`mDNS: device ${device.serialNumber} is gone`);
      this.#announcements.forget(device.serialNumber);
      this.gone.emit(device);
    }
  }

  #scheduleExpiry(): void {
    const { clock } = this.#options;
    this.#nextExpiry?.cancel();
    const next = this.#cache.nextExpiry;
    if (next === undefined || !this.#started) return;
    this.#nextExpiry = clock.after(next - clock.monotonic(), () => {
      const { found, gone } = this.#cache.expire(clock.monotonic());
      this.#tell(found, gone);
      this.#scheduleExpiry();
    });
  }

  #say(what: string, line: string): void {
    if (this.#said.has(what)) return;
    this.#said.add(what);
    this.#options.log.debug(line);
  }
}

function addressQuestions(name: string): Question[] {
  return [
    { name, type: 'A' },
    { name, type: 'AAAA' },
  ];
}
