import { isObject, own, parseJson, type JsonObject } from '../base/json.ts';

/** The API versions that exist. A later one is treated as the latest, since each is a superset. */
export type ApiVersion = 1 | 2 | 3;

/** Frames that the client sends in the clear. */
export const HELLO_FRAME = '{"type":"HELLO"}';
export const AUTH_FRAME = '{"type":"AUTH"}';
export const PING_FRAME = '{"type":"PING"}';

/** The frame around everything that is encrypted. `macBase` is what its MAC is computed over. */
export interface EncryptedFrame {
  readonly type: 'ENCRYPTED';
  readonly iv: string;
  readonly payload: string;
  readonly mac: string;
  /** The compact JSON of `data`, its keys in the order received. */
  readonly macBase: string;
}

export interface ServerHelloFrame {
  readonly type: 'SERVER_HELLO';
  /** As the device says it; {@link supportedVersion} tells what that means for us. */
  readonly apiVersion: number;
  /** Version 2 and later. */
  readonly serialNumber?: string;
  /** Version 2 and later: "remootio-1", "remootio-2", "remootio-3". */
  readonly remootioVersion?: string;
}

export interface ErrorFrame {
  readonly type: 'ERROR';
  readonly errorMessage: string;
}

export interface PongFrame {
  readonly type: 'PONG';
}

/** A frame of a type that no version of the specification knows: kept, so that it can be said. */
export interface UnknownFrame {
  readonly type: 'UNKNOWN';
  readonly name: string;
}

export type InboundFrame = EncryptedFrame | ServerHelloFrame | ErrorFrame | PongFrame | UnknownFrame;

/** What is wrong with a frame that could not be read. Never quotes the frame. */
export interface MalformedFrame {
  readonly type: 'MALFORMED';
  readonly problem: string;
}

/** Texts that the device chooses are cut to this length before they can reach a log. */
const LONGEST_TEXT = 120;

/** Reads one websocket text message. Never throws. */
export function parseFrame(text: string): InboundFrame | MalformedFrame {
  const frame = parseJson(text);
  if (!isObject(frame)) return malformed('is not a JSON object');
  const type = own(frame, 'type');
  if (typeof type !== 'string') return malformed('has no type');
  switch (type) {
    case 'ENCRYPTED':
      return parseEncrypted(frame);
    case 'SERVER_HELLO':
      return parseServerHello(frame);
    case 'ERROR':
      return { type, errorMessage: shortText(own(frame, 'errorMessage')) ?? 'unknown error' };
    case 'PONG':
      return { type };
    default:
      return { type: 'UNKNOWN', name: shortText(type) ?? '' };
  }
}

/** The version that we speak with a device that says this one. */
export function supportedVersion(apiVersion: number): ApiVersion {
  return apiVersion >= 3 ? 3 : apiVersion === 2 ? 2 : 1;
}

function parseEncrypted(frame: JsonObject): EncryptedFrame | MalformedFrame {
  const data = own(frame, 'data');
  const mac = own(frame, 'mac');
  if (!isObject(data)) return malformed('of type ENCRYPTED has no data');
  const iv = own(data, 'iv');
  const payload = own(data, 'payload');
  if (typeof iv !== 'string' || typeof payload !== 'string' || typeof mac !== 'string') {
    return malformed('of type ENCRYPTED lacks iv, payload or mac');
  }
  // JSON.parse takes any depth, JSON.stringify runs out of stack: what no device sends is not written out again.
  if (Object.values(data).some((value) => typeof value === 'object')) {
    return malformed('of type ENCRYPTED holds more than texts');
  }
  // JSON.stringify keeps the order in which JSON.parse met the keys, which is what the MAC is over.
  return { type: 'ENCRYPTED', iv, payload, mac, macBase: JSON.stringify(data) };
}

function parseServerHello(frame: JsonObject): ServerHelloFrame | MalformedFrame {
  const apiVersion = own(frame, 'apiVersion');
  if (typeof apiVersion !== 'number' || !Number.isInteger(apiVersion) || apiVersion < 1) {
    return malformed('of type SERVER_HELLO has no apiVersion');
  }
  const serialNumber = identifier(own(frame, 'serialNumber'));
  const remootioVersion = identifier(own(frame, 'remootioVersion'));
  return {
    type: 'SERVER_HELLO',
    apiVersion,
    ...(serialNumber !== undefined && { serialNumber }),
    ...(remootioVersion !== undefined && { remootioVersion }),
  };
}

/** These end up in file names, logs and Apple Home, so only what devices really send passes. */
function identifier(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w.:-]{1,64}$/.test(value) ? value : undefined;
}

function shortText(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  return value.replace(/[^\x20-\x7e]/g, '?').slice(0, LONGEST_TEXT);
}

function malformed(problem: string): MalformedFrame {
  return { type: 'MALFORMED', problem };
}
