import { createCipheriv, createDecipheriv, randomBytes, scrypt, type ScryptOptions } from 'node:crypto';
import * as v from 'valibot';
import { isObject, own, parseJson } from '../base/json.ts';

/** 32 MiB and about a tenth of a second on a small computer, once at the start. */
const SCRYPT = { N: 32_768, r: 8, p: 1 } as const;
/** A file that asks for more than this was not written by us. */
const MOST_MEMORY = 256 * 1024 * 1024;
const FORMAT = 'gatehouse-reach-vault';
const VERSION = 1;

const scryptParameters = v.object({
  N: v.pipe(v.number(), v.integer(), v.minValue(2)),
  r: v.pipe(v.number(), v.integer(), v.minValue(1)),
  p: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(16)),
  salt: v.string(),
});
const sealedFile = v.object({
  scrypt: scryptParameters,
  iv: v.string(),
  tag: v.string(),
  data: v.string(),
});

type ScryptParameters = v.InferOutput<typeof scryptParameters>;

/** A key that was derived from the passphrase, with what it takes to derive it again. */
export interface SealingKey {
  readonly parameters: ScryptParameters;
  readonly key: Buffer;
}

export type OpenedVault =
  | { readonly value: unknown; readonly sealingKey: SealingKey | undefined }
  | { readonly trouble: 'broken' | 'newer' | 'no passphrase' | 'wrong passphrase' };

/** A sealing key with a salt of its own, for a vault that had none. */
export async function newSealingKey(passphrase: string): Promise<SealingKey> {
  return derive(passphrase, { ...SCRYPT, salt: randomBytes(16).toString('base64') });
}

/** The text of the file: plain JSON without a key, else AES-256-GCM over it. */
export function sealVault(value: unknown, sealingKey: SealingKey | undefined): string {
  const head = { format: FORMAT, version: VERSION };
  if (!sealingKey) return `${JSON.stringify({ ...head, value })}\n`;
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', sealingKey.key, iv);
  cipher.setAAD(associated(sealingKey.parameters));
  const data = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
  const sealed = {
    scrypt: sealingKey.parameters,
    iv: iv.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    data: data.toString('base64'),
  };
  return `${JSON.stringify({ ...head, sealed })}\n`;
}

/** Reads what {@link sealVault} has written; the passphrase is not needed for a plain file. */
export async function openVault(text: string, passphrase: string | undefined): Promise<OpenedVault> {
  const file = parseJson(text);
  if (!isObject(file) || own(file, 'format') !== FORMAT) return { trouble: 'broken' };
  const version = own(file, 'version');
  if (typeof version === 'number' && version > VERSION) return { trouble: 'newer' };
  if (Object.hasOwn(file, 'value')) return { value: own(file, 'value'), sealingKey: undefined };
  const sealed = v.safeParse(sealedFile, own(file, 'sealed'));
  if (!sealed.success || 128 * sealed.output.scrypt.N * sealed.output.scrypt.r > MOST_MEMORY / 2) {
    return { trouble: 'broken' };
  }
  if (passphrase === undefined) return { trouble: 'no passphrase' };
  const { scrypt: parameters, iv, tag, data } = sealed.output;
  try {
    const sealingKey = await derive(passphrase, parameters);
    const decipher = createDecipheriv('aes-256-gcm', sealingKey.key, Buffer.from(iv, 'base64'), {
      authTagLength: 16,
    });
    decipher.setAAD(associated(parameters));
    decipher.setAuthTag(Buffer.from(tag, 'base64'));
    const plain = Buffer.concat([decipher.update(Buffer.from(data, 'base64')), decipher.final()]);
    return { value: parseJson(plain.toString('utf8')), sealingKey };
  } catch {
    return { trouble: 'wrong passphrase' };
  }
}

function derive(passphrase: string, parameters: ScryptParameters): Promise<SealingKey> {
  const { N, r, p, salt } = parameters;
  const options: ScryptOptions = { N, r, p, maxmem: MOST_MEMORY };
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFC'), Buffer.from(salt, 'base64'), 32, options, (error, key) => {
      if (error) reject(error);
      else resolve({ parameters, key });
    });
  });
}

function associated(parameters: ScryptParameters): Buffer {
  const { N, r, p, salt } = parameters;
  return Buffer.from(`${FORMAT}/${VERSION}/scrypt/${N}/${r}/${p}/${salt}`, 'utf8');
}
