import { isIP, isIPv4 } from 'node:net';
import type { AddressRecord, Answers, ServiceRecord } from './answers.ts';
import { DEFAULT_PORT, hostNameOf } from './candidates.ts';

/** A device as the network shows it. */
export interface Discovered {
  readonly serialNumber: string;
  readonly hostName: string;
  /** IPv4 first, then the one that was heard last. Never empty. */
  readonly addresses: readonly string[];
  readonly port: number;
  /** Wall time at which it was last heard. */
  readonly at: number;
}

/** What {@link ServiceCache.take} made of a packet. */
export interface Taken {
  /** New, or somewhere else than before. */
  readonly found: readonly Discovered[];
  /** Everything that was heard of and is complete. */
  readonly heard: readonly Discovered[];
  readonly gone: readonly Discovered[];
  /** Serial numbers that were heard of, while nobody knows yet where they are. */
  readonly incomplete: readonly string[];
}

interface Service {
  readonly serialNumber: string;
  readonly hostName: string;
  readonly port: number;
  readonly at: number;
  readonly expires: number;
}

interface Address {
  readonly address: string;
  readonly heard: number;
  readonly expires: number;
}

/**
 * Records live two minutes as a rule, and are asked for much less often than that: for a hint where to try,
 * an old address is better than none. A good-bye still counts at once.
 */
const SHORTEST_LIFE = 20 * 60 * 1000;
const LONGEST_LIFE = 75 * 60 * 1000;
/** What somebody with bad intentions can make us remember. */
const MOST_SERVICES = 64;
const MOST_ADDRESSES = 8;

/** Puts the records of many packets together into devices. All times but `at` are monotonic. */
export class ServiceCache {
  readonly #services = new Map<string, Service>();
  readonly #addresses = new Map<string, Address[]>();

  get devices(): Discovered[] {
    return [...this.#services.values()]
      .map((service) => this.#view(service))
      .filter((one) => one !== undefined);
  }

  lookup(serialNumber: string): Discovered | undefined {
    const service = this.#services.get(keyOf(serialNumber));
    return service && this.#view(service);
  }

  /** When the next record expires; undefined while there is none. */
  get nextExpiry(): number | undefined {
    const times = [
      ...[...this.#services.values()].map(({ expires }) => expires),
      ...[...this.#addresses.values()].flat().map(({ expires }) => expires),
    ];
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** @param now monotonic; @param wall what stands as `at` in the result. */
  take(answers: Answers, now: number, wall: number): Taken {
    const before = this.#views();
    const heard = new Set<string>();
    for (const record of answers.services) {
      const key = keyOf(record.serialNumber);
      if (record.ttl > 0) heard.add(key);
      this.#takeService(key, record, now, wall);
    }
    for (const record of answers.addresses) if (record.flush) this.#flush(record);
    for (const record of answers.addresses) {
      const owner = this.#ownerOf(record.hostName);
      if (!owner) continue;
      if (record.ttl > 0) heard.add(keyOf(owner.serialNumber));
      this.#takeAddress(record, now);
    }
    return this.#compare(before, heard);
  }

  /** Forgets what has expired. @returns the devices that are gone, or found elsewhere, by it. */
  expire(now: number): Pick<Taken, 'found' | 'gone'> {
    const before = this.#views();
    for (const [key, service] of this.#services) if (service.expires <= now) this.#services.delete(key);
    for (const [name, list] of this.#addresses) {
      const left = list.filter(({ expires }) => expires > now);
      if (left.length === 0 || !this.#ownerOf(name)) this.#addresses.delete(name);
      else this.#addresses.set(name, left);
    }
    return this.#compare(before, new Set());
  }

  clear(): void {
    this.#services.clear();
    this.#addresses.clear();
  }

  #takeService(key: string, record: ServiceRecord, now: number, wall: number): void {
    if (record.ttl === 0) {
      this.#services.delete(key);
      return;
    }
    const known = this.#services.get(key);
    if (!known && this.#services.size >= MOST_SERVICES) this.#forgetOldest();
    this.#services.set(key, {
      serialNumber: record.serialNumber,
      // The specification says where it is when no SRV record has said it yet.
      hostName: record.hostName ?? known?.hostName ?? hostNameOf(record.serialNumber).toLowerCase(),
      port: record.port ?? known?.port ?? DEFAULT_PORT,
      at: wall,
      expires: now + lifeOf(record.ttl),
    });
  }

  #takeAddress({ hostName, address, ttl }: AddressRecord, now: number): void {
    const others = (this.#addresses.get(hostName) ?? []).filter((known) => known.address !== address);
    const kept = others.slice(0, MOST_ADDRESSES - 1);
    const list = ttl === 0 ? others : [{ address, heard: now, expires: now + lifeOf(ttl) }, ...kept];
    this.#addresses.set(hostName, list);
  }

  /** Of the same family alone: the other one may come in a packet of its own. */
  #flush({ hostName, address }: AddressRecord): void {
    const known = this.#addresses.get(hostName);
    const others = known?.filter((other) => isIP(other.address) !== isIP(address));
    if (others) this.#addresses.set(hostName, others);
  }

  #forgetOldest(): void {
    const oldest = [...this.#services].toSorted(([, a], [, b]) => a.expires - b.expires)[0];
    if (oldest) this.#services.delete(oldest[0]);
  }

  #ownerOf(hostName: string): Service | undefined {
    return [...this.#services.values()].find((service) => service.hostName === hostName);
  }

  #view({ serialNumber, hostName, port, at }: Service): Discovered | undefined {
    const known = this.#addresses.get(hostName) ?? [];
    if (known.length === 0) return undefined;
    const newestFirst = known.toSorted((a, b) => b.heard - a.heard).map(({ address }) => address);
    const addresses = [
      ...newestFirst.filter((one) => isIPv4(one)),
      ...newestFirst.filter((one) => !isIPv4(one)),
    ];
    return { serialNumber, hostName, addresses, port, at };
  }

  #views(): Map<string, Discovered> {
    return new Map(this.devices.map((device) => [keyOf(device.serialNumber), device]));
  }

  #compare(before: ReadonlyMap<string, Discovered>, heard: ReadonlySet<string>): Taken {
    const after = this.#views();
    return {
      found: [...after]
        .filter(([key, device]) => !isSame(before.get(key), device))
        .map(([, device]) => device),
      heard: [...heard].map((key) => after.get(key)).filter((device) => device !== undefined),
      gone: [...before].filter(([key]) => !after.has(key)).map(([, device]) => device),
      incomplete: [...heard]
        .filter((key) => !after.has(key))
        .map((key) => this.#services.get(key)?.serialNumber)
        .filter((serial) => serial !== undefined),
    };
  }
}

function isSame(a: Discovered | undefined, b: Discovered): boolean {
  return a?.hostName === b.hostName && a.port === b.port && a.addresses.toString() === b.addresses.toString();
}

function keyOf(serialNumber: string): string {
  return serialNumber.toLowerCase();
}

function lifeOf(ttl: number): number {
  return Math.min(Math.max(ttl * 1000, SHORTEST_LIFE), LONGEST_LIFE);
}
