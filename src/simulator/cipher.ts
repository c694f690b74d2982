import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { isObject, own, parseJson } from '../base/json.ts';

/**
 * The device's side of the encryption. Written apart from `wire/envelope.ts` on purpose, with plain buffers and
 * padding by hand: a mistake in one of the two shows against the other.
 */
const BLOCK = 16;

export interface SealedFrame {
  readonly type: 'ENCRYPTED';
  readonly data: { readonly iv: string; readonly payload: string };
  readonly mac: string;
}

/** Encrypts `text` (Latin-1) with `key` and authenticates it with `authKey`. */
export function sealFrame(text: string, key: Buffer, authKey: Buffer): SealedFrame {
  const iv = randomBytes(BLOCK);
  const cipher = createCipheriv('aes-256-cbc', key, iv).setAutoPadding(false);
  const encrypted = Buffer.concat([cipher.update(pad(Buffer.from(text, 'latin1'))), cipher.final()]);
  const data = { iv: iv.toString('base64'), payload: encrypted.toString('base64') };
  return { type: 'ENCRYPTED', data, mac: macOf(data, authKey) };
}

/** @returns the text inside; undefined when MAC, format or padding is wrong. */
export function openFrame(frame: unknown, key: Buffer, authKey: Buffer): string | undefined {
  if (!isObject(frame)) return undefined;
  const data = own(frame, 'data');
  if (!isObject(data) || own(frame, 'mac') !== macOf(data, authKey)) return undefined;
  const iv = bytesOf(own(data, 'iv'));
  const encrypted = bytesOf(own(data, 'payload'));
  if (iv?.length !== BLOCK || !encrypted || encrypted.length === 0 || encrypted.length % BLOCK !== 0) {
    return undefined;
  }
  const decipher = createDecipheriv('aes-256-cbc', key, iv).setAutoPadding(false);
  return unpad(Buffer.concat([decipher.update(encrypted), decipher.final()]))?.toString('latin1');
}

/** As {@link openFrame}, and the JSON in it. */
export function openPayload(frame: unknown, key: Buffer, authKey: Buffer): unknown {
  const text = openFrame(frame, key, authKey);
  return text === undefined ? undefined : parseJson(text);
}

function macOf(data: object, authKey: Buffer): string {
  return createHmac('sha256', authKey)
    .update(Buffer.from(JSON.stringify(data)))
    .digest('base64');
}

function bytesOf(value: unknown): Buffer | undefined {
  return typeof value === 'string' ? Buffer.from(value, 'base64') : undefined;
}

/** PKCS#7: as many bytes as are missing to a whole block, each saying how many they are. */
function pad(bytes: Buffer): Buffer {
  const missing = BLOCK - (bytes.length % BLOCK);
  return Buffer.concat([bytes, Buffer.alloc(missing, missing)]);
}

function unpad(bytes: Buffer): Buffer | undefined {
  const added = bytes.at(-1) ?? 0;
  if (added < 1 || added > BLOCK) return undefined;
  const end = bytes.length - added;
  return bytes.subarray(end).every((byte) => byte === added) ? bytes.subarray(0, end) : undefined;
}
