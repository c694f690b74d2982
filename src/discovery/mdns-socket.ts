import type { Socket } from 'node:dgram';
import type { MulticastDNS } from 'multicast-dns';
import { Signal } from '../base/emitter.ts';
import { messageOf, systemCode } from '../base/errors.ts';
import { WantedPackets } from './wanted-packet.ts';

/** Options of `multicast-dns`; left out, they are those of every mDNS socket. For tests on loopback. */
export interface MdnsOptions {
  /** Address of the one interface to use; all of them by default. */
  readonly interface?: string;
  /** Address to bind to, where it is another than that of the interface. */
  readonly bind?: string;
  /** 5353 by default. */
  readonly port?: number;
  /** The multicast group; 224.0.0.251 by default. */
  readonly ip?: string;
  readonly loopback?: boolean;
  readonly ttl?: number;
}

export interface Question {
  readonly name: string;
  readonly type: 'PTR' | 'SRV' | 'A' | 'AAAA';
}

/** One socket for multicast DNS, used once. */
export interface Mdns {
  /** A response that may be of use, whoever it was meant for; nothing else is known of it yet. */
  readonly response: Signal<unknown>;
  /** It can never be used: the port is taken, or the system does not allow it. In words. */
  readonly failed: Signal<string>;
  /** The socket is open. */
  readonly ready: Signal<void>;
  /** Something went wrong that may pass: no network yet, for example. The system's code. */
  readonly trouble: Signal<string>;
  query(questions: readonly Question[]): void;
  /** Resolves when nothing is left open. */
  close(): Promise<void>;
}

/** Never throws: what goes wrong is said by {@link Mdns.failed}, later. */
export type MdnsFactory = (options: MdnsOptions) => Mdns;

/** A browser on top of it, as other libraries have one, would hand out an address once and overlook that it changes. */
export const openMdns: MdnsFactory = (options) => new MulticastSocket(options);

/** The types of the package lack what joins the group on networks that are new. */
type Multicast = MulticastDNS & { update(): void };

/** As RFC 6762 has it (chapter 11). */
const MULTICAST_TTL = 255;

class MulticastSocket implements Mdns {
  readonly response = new Signal<unknown>();
  readonly failed = new Signal<string>();
  readonly ready = new Signal<void>();
  readonly trouble = new Signal<string>();
  /** Settled once it is known whether it could be opened. */
  readonly #opened: Promise<Multicast | undefined>;
  readonly #wanted = new WantedPackets();
  #closing: Promise<void> | undefined;

  constructor(options: MdnsOptions) {
    this.#opened = this.#open(options);
  }

  /** What is asked before the socket is open is asked when it is, on every network that is there by then. */
  query(questions: readonly Question[]): void {
    for (const { name } of questions) this.#wanted.ask(name);
    this.#opened
      .then((mdns) => {
        if (this.#closing) return;
        mdns?.update();
        mdns?.query([...questions], (error) => {
          if (error) this.#warn(error);
        });
      })
      // Some systems do not tell which networks they have.
      .catch((error: unknown) => this.#warn(error));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Never rejects. Undefined where there is nothing that would have to be closed. */
  async #open(options: MdnsOptions): Promise<Multicast | undefined> {
    try {
      // Loaded when it is wanted: it would be a good part of the time that the whole plugin takes to load.
      const [{ default: multicastDns }, { createSocket }] = await Promise.all([
        import('multicast-dns'),
        import('node:dgram'),
      ]);
      const socket = createSocket({ type: 'udp4', reuseAddr: true });
      this.#pass(socket);
      // It would look for new networks every 5 s, which is more than everything else that an idle plugin does.
      const mdns = multicastDns({ ...options, socket, multicast: false }) as Multicast;
      // Without a listener an error would end the process.
      mdns.on('error', (error: unknown) => this.#fail(error));
      mdns.on('warning', (error: unknown) => this.#warn(error));
      mdns.on('response', (packet: unknown) => this.response.emit(packet));
      const isOpen = await new Promise<boolean>((resolve) => {
        mdns.once('ready', () => resolve(true));
        mdns.once('error', () => resolve(false));
      });
      if (isOpen && !this.#closing) {
        socket.setMulticastTTL(options.ttl ?? MULTICAST_TTL);
        socket.setMulticastLoopback(options.loopback ?? true);
        mdns.update();
        this.ready.emit();
      }
      return mdns;
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  /** Of messages only what is wanted: the library would decode them all. */
  #pass(socket: Socket): void {
    const emit = socket.emit.bind(socket) as (name: string, ...rest: unknown[]) => boolean;
    socket.emit = (name: string, ...rest: unknown[]) => {
      const [packet] = rest;
      const isWanted = name !== 'message' || (Buffer.isBuffer(packet) && this.#wanted.includes(packet));
      return isWanted && emit(name, ...rest);
    };
  }

  #fail(error: unknown): void {
    this.failed.emit(systemCode(error) ?? messageOf(error));
  }

  /** Packets that cannot be decoded are no trouble of ours: anybody can send one. */
  #warn(error: unknown): void {
    const code = systemCode(error);
    if (code !== undefined && !this.#closing) this.trouble.emit(code);
  }

  async #close(): Promise<void> {
    for (const signal of [this.response, this.failed, this.ready, this.trouble]) signal.clear();
    // Destroyed while it is being opened, it would start its timer afterwards and never stop it.
    const mdns = await this.#opened;
    await new Promise<void>((resolve) => {
      try {
        if (mdns) mdns.destroy(resolve);
        else resolve();
      } catch {
        // A socket that never opened cannot be closed either.
        resolve();
      }
    });
  }
}
