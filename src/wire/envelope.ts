import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import { decodeBase64 } from './base64.ts';
import { freshIv } from './fresh-iv.ts';
import type { EncryptedFrame } from './frames.ts';

const CIPHER = 'aes-256-cbc';
const BLOCK_BYTES = 16;
const MAC_BYTES = 32;

/** Why a frame was not opened. `mac`: nothing in it can be trusted. The others come behind a valid MAC. */
export type OpenFailure = 'mac' | 'format' | 'decrypt' | 'json';

export type Opened =
  { readonly ok: true; readonly payload: unknown } | { readonly ok: false; readonly failure: OpenFailure };

/**
 * An ENCRYPTED frame as text, ready to be sent: AES-256-CBC with PKCS#7 over the Latin-1 bytes of
 * `plaintext`, HMAC-SHA256 over the compact JSON of `data` with `iv` first (v1 specification, chapter 7).
 * @param iv only for tests on recorded frames; otherwise fresh for every frame.
 */
export function seal(
  plaintext: string,
  encryptionKey: KeyObject,
  authKey: KeyObject,
  iv: Buffer = freshIv(),
): string {
  const cipher = createCipheriv(CIPHER, encryptionKey, iv);
  // Base64 of the whole at once: in pieces it takes a decoder, which costs as much as the encryption.
  const payload = Buffer.concat([cipher.update(plaintext, 'latin1'), cipher.final()]).toString('base64');
  // Base64 needs no escaping in JSON, so the text is put together as it is.
  const data = `{"iv":"${iv.toString('base64')}","payload":"${payload}"}`;
  const mac = createHmac('sha256', authKey).update(data, 'latin1').digest('base64');
  return `{"type":"ENCRYPTED","data":${data},"mac":"${mac}"}`;
}

/**
 * The JSON inside an ENCRYPTED frame. The MAC is checked first and in constant time; nothing of a frame whose
 * MAC is wrong is ever decrypted. Never throws.
 */
export function open(frame: EncryptedFrame, encryptionKey: KeyObject, authKey: KeyObject): Opened {
  const received = decodeBase64(frame.mac);
  const computed = createHmac('sha256', authKey).update(frame.macBase).digest();
  if (received?.length !== MAC_BYTES || !timingSafeEqual(received, computed)) return failed('mac');

  const iv = decodeBase64(frame.iv);
  const ciphertext = decodeBase64(frame.payload);
  if (iv?.length !== BLOCK_BYTES) return failed('format');
  if (!ciphertext || ciphertext.length === 0 || ciphertext.length % BLOCK_BYTES !== 0)
    return failed('format');

  const plaintext = decrypt(ciphertext, iv, encryptionKey);
  if (plaintext === undefined) return failed('decrypt');
  try {
    return { ok: true, payload: JSON.parse(plaintext) as unknown };
  } catch {
    return failed('json');
  }
}

function decrypt(ciphertext: Buffer, iv: Buffer, key: KeyObject): string | undefined {
  const decipher = createDecipheriv(CIPHER, key, iv);
  try {
    return decipher.update(ciphertext).toString('latin1') + decipher.final().toString('latin1');
  } catch {
    // The padding is wrong: behind a valid MAC this means the wrong key, not an attack.
    return undefined;
  }
}

function failed(failure: OpenFailure): Opened {
  return { ok: false, failure };
}
