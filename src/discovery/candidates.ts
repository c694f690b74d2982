import { isIP } from 'node:net';

/** What the Remootio API says where nobody says anything else. */
export const DEFAULT_PORT = 8080;

/** What is configured for a device, and what is known of it since it first answered. */
export interface Place {
  readonly host?: string | undefined;
  /** 8080 by default. */
  readonly port?: number | undefined;
  /** Undefined for a device of API version 1, and before the first connection. */
  readonly serialNumber?: string | undefined;
}

/** What the network has told so far. */
export interface Known {
  /** From the mDNS record of the device's serial number. */
  readonly discovered?: { readonly addresses: readonly string[]; readonly port: number } | undefined;
  /** Addresses that mDNS gave for names in `.local`, which the system itself often cannot resolve. */
  readonly resolved?: ReadonlyMap<string, readonly string[]> | undefined;
}

export interface Candidate {
  /** Host name or IP address; an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
  readonly source: 'configured' | 'discovered' | 'host name';
}

/** A device has one address, rarely a second one while it moves. */
const MOST_ADDRESSES = 2;

/** The name under which a device of API version 2 and later answers, as the specification gives it. */
export function hostNameOf(serialNumber: string): string {
  return `remootio_${serialNumber}.local`;
}

/** Names that only mDNS can be relied upon to resolve. */
export function isLocalName(host: string): boolean {
  return isIP(host) === 0 && /\.local\.?$/i.test(host);
}

/** Where the device may be found, the likeliest first, each place once. */
export function candidatesFor(place: Place, known: Known): Candidate[] {
  const { host, port = DEFAULT_PORT, serialNumber } = place;
  const name = serialNumber === undefined ? undefined : hostNameOf(serialNumber);
  const resolved = (of: string | undefined): readonly string[] =>
    (of === undefined ? undefined : known.resolved?.get(of))?.slice(0, MOST_ADDRESSES) ?? [];
  const { discovered } = known;
  const list: Candidate[] = [
    ...(host === undefined ? [] : [{ host, port, source: 'configured' as const }]),
    ...resolved(host).map((address) => ({ host: address, port, source: 'configured' as const })),
    ...(discovered?.addresses.slice(0, MOST_ADDRESSES) ?? []).map((address) => ({
      host: address,
      port: discovered?.port ?? port,
      source: 'discovered' as const,
    })),
    ...resolved(name).map((address) => ({ host: address, port, source: 'host name' as const })),
  ];
  // As a name it is for the system to resolve, which can only be a last resort.
  if (list.length === 0 && name !== undefined) list.push({ host: name, port, source: 'host name' });
  return list.filter((one, index) => list.findIndex((other) => isSamePlace(one, other)) === index);
}

export interface Attempts {
  /** Attempts in a row that failed. */
  readonly failures: number;
  /** Where it was found last; it stays the first choice. */
  readonly lastGood?: { readonly host: string; readonly port: number } | undefined;
  /** The device was just heard on the network, where it says that it is. */
  readonly announced?: boolean | undefined;
}

/**
 * Which candidate the next attempt goes to: the first choice, and after each failure in turn one of the
 * others and the first choice again, so that neither a wrong address in the settings nor a wrong answer from
 * the network can keep the device away.
 */
export function chooseCandidate(candidates: readonly Candidate[], attempts: Attempts): Candidate | undefined {
  const { failures, lastGood, announced } = attempts;
  if (announced && failures > 0) {
    const heard = candidates.find(({ source }) => source === 'discovered');
    if (heard) return heard;
  }
  const first = candidates.find((one) => lastGood && isSamePlace(one, lastGood)) ?? candidates[0];
  const others = candidates.filter((one) => one !== first);
  if (failures % 2 === 0 || others.length === 0) return first;
  return others[((failures - 1) / 2) % others.length];
}

function isSamePlace(
  a: { readonly host: string; readonly port: number },
  b: { readonly host: string; readonly port: number },
): boolean {
  return a.host.toLowerCase() === b.host.toLowerCase() && a.port === b.port;
}
