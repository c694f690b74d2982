import multicastDns, { type MulticastDNS } from 'multicast-dns';
import { Signal } from '../base/emitter.ts';
import { messageOf, systemCode } from '../base/errors.ts';

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
  /** A response, whoever it was meant for; nothing is known of it yet. */
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

export type MdnsFactory = (options: MdnsOptions) => Mdns;

/** A browser on top of it, as other libraries have one, would hand out an address once and overlook that it changes. */
export const openMdns: MdnsFactory = (options) => new MulticastSocket(options);

class MulticastSocket implements Mdns {
  readonly response = new Signal<unknown>();
  readonly failed = new Signal<string>();
  readonly ready = new Signal<void>();
  readonly trouble = new Signal<string>();
  readonly #mdns: MulticastDNS;
  /** Settled once it is known whether the socket could be opened. */
  readonly #opened: Promise<boolean>;
  #closing: Promise<void> | undefined;

  constructor(options: MdnsOptions) {
    this.#mdns = multicastDns({ ...options });
    // Without a listener an error would end the process.
    this.#mdns.on('error', (error: unknown) => this.failed.emit(systemCode(error) ?? messageOf(error)));
    this.#mdns.on('warning', (error: unknown) => this.#warn(error));
    this.#mdns.on('response', (packet: unknown) => this.response.emit(packet));
    this.#opened = new Promise((resolve) => {
      this.#mdns.once('ready', () => resolve(true));
      this.#mdns.once('error', () => resolve(false));
    });
    void this.#opened.then((open) => {
      if (open && !this.#closing) this.ready.emit();
    });
  }

  query(questions: readonly Question[]): void {
    if (this.#closing) return;
    this.#mdns.query([...questions], (error) => {
      if (error) this.#warn(error);
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Packets that cannot be decoded are no trouble of ours: anybody can send one. */
  #warn(error: unknown): void {
    const code = systemCode(error);
    if (code !== undefined && !this.#closing) this.trouble.emit(code);
  }

  async #close(): Promise<void> {
    for (const signal of [this.response, this.failed, this.ready, this.trouble]) signal.clear();
    // Destroyed while it is being opened, it would start its timer afterwards and never stop it.
    await this.#opened;
    await new Promise<void>((resolve) => {
      try {
        this.#mdns.destroy(resolve);
      } catch {
        // A socket that never opened cannot be closed either.
        resolve();
      }
    });
  }
}
