import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { sleep, type Clock } from '../base/clock.ts';
import type { AddressRecord } from './answers.ts';
import { isLocalName } from './candidates.ts';

/** Asks the system for the addresses of a host. */
export type HostLookup = (host: string) => Promise<readonly string[]>;

export const systemLookup: HostLookup = async (host) => {
  const addresses = await lookup(host, { all: true, order: 'ipv4first' });
  return addresses.map(({ address }) => address);
};

export interface ResolveOptions {
  readonly clock: Clock;
  readonly lookup: HostLookup;
  /** Asks the network by mDNS; may be called again when nobody answered. */
  readonly ask: (host: string) => void;
  /** Calls the listener for each answer; returns what takes it off again. */
  readonly listen: (listener: (answers: readonly AddressRecord[]) => void) => () => void;
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
}

const ASK_AGAIN = 1000;

/**
 * The addresses of a host, IPv4 first. A name in `.local` is asked for by mDNS, and of the system too, which
 * can resolve it only where it has a module for that: who answers first is believed.
 * @returns no address when nobody answered in time. Never rejects.
 */
export async function resolveHost(host: string, options: ResolveOptions): Promise<readonly string[]> {
  if (isIP(host)) return [host];
  if (options.signal?.aborted) return [];
  const { clock, timeout, signal } = options;
  const ended = new AbortController();
  const end = signal ? AbortSignal.any([signal, ended.signal]) : ended.signal;
  const nothing = sleep(clock, timeout, end).then(
    () => [],
    () => [],
  );
  const ways = [askSystem(host, options)];
  if (isLocalName(host)) ways.push(askNetwork(host.replace(/\.$/, ''), options, end));
  try {
    return await Promise.race([nothing, firstAnswer(ways)]);
  } finally {
    ended.abort();
  }
}

/** The first list that is not empty; the empty one when all are. */
async function firstAnswer(ways: readonly Promise<readonly string[]>[]): Promise<readonly string[]> {
  return Promise.any(
    ways.map(async (way) => {
      const addresses = await way;
      if (addresses.length === 0) throw new Error('no address');
      return addresses;
    }),
  ).catch(() => []);
}

async function askSystem(host: string, options: ResolveOptions): Promise<readonly string[]> {
  try {
    return await options.lookup(host);
  } catch {
    return [];
  }
}

function askNetwork(host: string, options: ResolveOptions, end: AbortSignal): Promise<readonly string[]> {
  const { ask, clock, listen } = options;
  return new Promise((resolve) => {
    const name = host.toLowerCase();
    const off = listen((records) => {
      const mine = records.filter(({ hostName, ttl }) => hostName === name && ttl > 0);
      if (mine.length > 0) resolve(ipv4First(mine.map(({ address }) => address)));
    });
    const again = clock.after(ASK_AGAIN, () => ask(host));
    end.addEventListener('abort', () => {
      off();
      again.cancel();
      resolve([]);
    });
    ask(host);
  });
}

function ipv4First(addresses: readonly string[]): readonly string[] {
  return addresses.toSorted((a, b) => isIP(a) - isIP(b));
}
