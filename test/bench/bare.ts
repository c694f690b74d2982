import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  randomBytes,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto';

/** What stands in an ENCRYPTED frame as JSON. */
export interface SealedFrame {
  readonly data: { readonly iv: string; readonly payload: string };
  readonly mac: string;
}

/** `node:crypto` and JSON with nothing around them: the least that puts a text into an ENCRYPTED frame. */
export function sealBare(plaintext: string, key: KeyObject, auth: KeyObject): string {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  const payload = cipher.update(plaintext, 'latin1', 'base64') + cipher.final('base64');
  const data = { iv: iv.toString('base64'), payload };
  const mac = createHmac('sha256', auth).update(JSON.stringify(data)).digest('base64');
  return JSON.stringify({ type: 'ENCRYPTED', data, mac });
}

/** The least that takes it out again: no validation of shapes, no types, no errors but the MAC's. */
export function openBare(frame: SealedFrame, key: KeyObject, auth: KeyObject): unknown {
  const computed = createHmac('sha256', auth).update(JSON.stringify(frame.data)).digest();
  if (!timingSafeEqual(computed, Buffer.from(frame.mac, 'base64'))) throw new Error('bench: MAC');
  const decipher = createDecipheriv('aes-256-cbc', key, Buffer.from(frame.data.iv, 'base64'));
  const text = decipher.update(frame.data.payload, 'base64', 'latin1') + decipher.final('latin1');
  return JSON.parse(text) as unknown;
}

/** Milliseconds of the machine's monotonic clock, which is the same in every process of it. */
export function machineTime(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
