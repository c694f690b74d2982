import { constants, createHmac, privateDecrypt, randomBytes, type KeyObject } from 'node:crypto';
import { ReachError } from './errors.ts';
import { LINK_PLACEHOLDER, LINK_SCHEME } from './field-names.ts';

/**
 * Whether `ToBase64SafeUrl` of the guide's example leaves the `=` at the end. It is not printed; in a URL the
 * sign has another meaning, and such functions drop it as a rule.
 */
const PADDED = false;

/** 128 random bits as 32 hex digits: the tenant nonce, good for one requestcontrol. */
export function newTenantNonce(): string {
  return randomBytes(16).toString('hex');
}

export interface ControlSecretInput {
  readonly deviceKey: KeyObject;
  /** Base64, URL-safe, padded or not. */
  readonly encryptedDeviceSecret: string;
  readonly tenantNonce: string;
  readonly targetNonce: string;
  /** With their `t` and `r`, which the signed text drops. */
  readonly tenantId: string;
  readonly remotecontrolId: string;
}

/**
 * The master secret of one connection: base64url(HMAC-SHA512(device secret, nonces and IDs)), as in the
 * guide's "Decrypt PreMasterSecret" and "Generate Mastersecret".
 * @throws ReachError KEY_NOT_READABLE when the device secret was not made for this device key.
 */
export function masterSecret(input: ControlSecretInput): string {
  const secret = decryptDeviceSecret(input.deviceKey, input.encryptedDeviceSecret);
  const text = `${input.tenantNonce}${input.targetNonce}${input.tenantId.slice(1)}${input.remotecontrolId.slice(1)}`;
  const digest = createHmac('sha512', secret).update(text, 'utf8').digest();
  secret.fill(0);
  return encodeBase64Url(digest);
}

/**
 * Puts the master secret into the link template.
 * @throws ReachError BAD_ANSWER when the template is no TeamViewer link: whatever opens it would do as it says.
 */
export function completeLink(template: string, secret: string): string {
  if (!template.startsWith(LINK_SCHEME) || !/^[\x21-\x7e]+$/.test(template)) {
    throw new ReachError('BAD_ANSWER', `The link template does not begin with ${LINK_SCHEME}.`, {
      outcome: 'unknown',
    });
  }
  return template.replaceAll(LINK_PLACEHOLDER, () => secret);
}

/** BouncyCastle's `OaepEncoding` without arguments: SHA-1 for the hash and for MGF1, empty label. */
function decryptDeviceSecret(key: KeyObject, encrypted: string): Buffer {
  const bytes = decodeBase64Url(encrypted);
  try {
    if (bytes === undefined) throw new Error('not base64url');
    return privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, bytes);
  } catch {
    throw new ReachError('KEY_NOT_READABLE', 'The device secret cannot be decrypted with the device key.', {
      outcome: 'unknown',
    });
  }
}

export function encodeBase64Url(bytes: Buffer, padded = PADDED): string {
  const text = bytes.toString('base64url');
  return padded ? text.padEnd(Math.ceil(text.length / 4) * 4, '=') : text;
}

/** Padded or not, and the plain alphabet too. @returns undefined for anything that is not base64. */
export function decodeBase64Url(text: string): Buffer | undefined {
  const plain = text
    .trim()
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/={1,2}$/, '');
  const bytes = Buffer.from(plain, 'base64url');
  return plain !== '' && bytes.toString('base64url') === plain ? bytes : undefined;
}
