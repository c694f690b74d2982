import { isIPv4, isIPv6 } from 'node:net';
import { isObject, own } from '../base/json.ts';

/** The DNS-SD name that devices of API version 2 and later are advertised under. */
export const SERVICE = '_remootio._tcp.local';

/** A device says that it is there: a PTR or SRV record. A lifetime of 0 says good-bye. */
export interface ServiceRecord {
  /** The instance name, which is the serial number. */
  readonly serialNumber: string;
  /** Where a SRV record said them. */
  readonly hostName?: string;
  readonly port?: number;
  /** Seconds. */
  readonly ttl: number;
}

export interface AddressRecord {
  /** In lower case. */
  readonly hostName: string;
  readonly address: string;
  /** Seconds. */
  readonly ttl: number;
  /** What was known of the name before is to be forgotten. */
  readonly flush: boolean;
}

export interface Answers {
  readonly services: readonly ServiceRecord[];
  readonly addresses: readonly AddressRecord[];
}

/** No honest packet has more. */
const MOST_RECORDS = 100;

/**
 * Reads what an mDNS response says of devices and of host addresses. Anybody on the network can send one, so
 * whatever does not look as it must is passed over without a word. Never throws.
 */
export function readAnswers(packet: unknown): Answers {
  const services: ServiceRecord[] = [];
  const addresses: AddressRecord[] = [];
  for (const record of recordsOf(packet)) {
    const service = readService(record);
    if (service) services.push(service);
    const address = readAddress(record);
    if (address) addresses.push(address);
  }
  return { services, addresses };
}

interface Record {
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  readonly flush: boolean;
  readonly data: unknown;
}

function recordsOf(packet: unknown): Record[] {
  if (!isObject(packet)) return [];
  const sections = ['answers', 'additionals'].flatMap((section) => {
    const list = own(packet, section);
    return Array.isArray(list) ? (list as unknown[]).slice(0, MOST_RECORDS) : [];
  });
  return sections.map(readRecord).filter((record) => record !== undefined);
}

function readRecord(value: unknown): Record | undefined {
  if (!isObject(value)) return undefined;
  const name = own(value, 'name');
  const type = own(value, 'type');
  const ttl = own(value, 'ttl');
  if (typeof name !== 'string' || typeof type !== 'string' || typeof ttl !== 'number') return undefined;
  return { name, type, ttl, flush: own(value, 'flush') === true, data: own(value, 'data') };
}

function readService({ name, type, ttl, data }: Record): ServiceRecord | undefined {
  if (type === 'PTR' && name.toLowerCase() === SERVICE) {
    const serialNumber = instanceOf(data);
    return serialNumber === undefined ? undefined : { serialNumber, ttl };
  }
  if (type !== 'SRV' || !isObject(data)) return undefined;
  const serialNumber = instanceOf(name);
  const hostName = hostOf(own(data, 'target'));
  const port = own(data, 'port');
  if (serialNumber === undefined || hostName === undefined || !isPort(port)) return undefined;
  return { serialNumber, hostName, port, ttl };
}

function readAddress({ name, type, ttl, flush, data }: Record): AddressRecord | undefined {
  if (type !== 'A' && type !== 'AAAA') return undefined;
  const hostName = hostOf(name);
  if (hostName === undefined || typeof data !== 'string' || !isUsable(data)) return undefined;
  return { hostName, address: data, ttl, flush };
}

/** The first part of `<instance>._remootio._tcp.local`; it reaches logs and pages, so only what devices really send. */
function instanceOf(name: unknown): string | undefined {
  if (typeof name !== 'string' || !name.toLowerCase().endsWith(`.${SERVICE}`)) return undefined;
  const instance = name.slice(0, -SERVICE.length - 1);
  return /^[\w.:-]{1,64}$/.test(instance) ? instance : undefined;
}

function hostOf(name: unknown): string | undefined {
  if (typeof name !== 'string' || name.length > 253) return undefined;
  return /^[\w-]{1,63}(\.[\w-]{1,63})*\.?$/.test(name) ? name.toLowerCase().replace(/\.$/, '') : undefined;
}

function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65_536;
}

/**
 * An address that one can connect to: not the unspecified one, no multicast, and no link-local IPv6, which
 * would need the interface to be named.
 */
function isUsable(address: string): boolean {
  if (isIPv4(address)) {
    const first = Number(address.split('.')[0]);
    return first > 0 && first < 224;
  }
  return isIPv6(address) && !/^(::$|ff|fe[89ab])/i.test(address);
}
