import { createPrivateKey, type KeyObject } from 'node:crypto';
import { ReachError } from './errors.ts';

/**
 * Decrypts the DeviceKey with the RolloutKey as passphrase. The algorithm is the one that the PEM itself
 * names: the `DEK-Info` of a PKCS#1 key, or the parameters inside a PKCS#8 one. TeamViewer may change it at
 * any time, and all that OpenSSL can read is read.
 * @throws ReachError KEY_NOT_READABLE, also for a key that was not encrypted: whoever saw it pass has it.
 */
export function decryptDeviceKey(encryptedPem: string, rolloutKey: string): KeyObject {
  // Some JSON writers escape the line breaks twice.
  const pem = encryptedPem.includes('\n') ? encryptedPem : encryptedPem.replaceAll('\\n', '\n');
  if (!isEncrypted(pem)) {
    throw notReadable(
      'it is not an encrypted PEM private key, and one that travelled in the clear is not used',
    );
  }
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, format: 'pem', passphrase: rolloutKey });
  } catch {
    // OpenSSL says "bad decrypt", "unsupported" or "interrupted or cancelled" without telling them apart well.
    throw notReadable(`the rollout key does not open it, or ${algorithmOf(pem)} is not supported here`);
  }
  return checked(key);
}

/** The device key as it is kept: PKCS#8, PEM, no longer encrypted. */
export function deviceKeyToPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Reads what {@link deviceKeyToPem} has written. @throws ReachError KEY_NOT_READABLE */
export function deviceKeyFromPem(pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, format: 'pem' });
  } catch {
    throw notReadable('what is kept of it is damaged');
  }
  return checked(key);
}

function checked(key: KeyObject): KeyObject {
  if (key.asymmetricKeyType !== 'rsa') throw notReadable('it is not an RSA key');
  return key;
}

function isEncrypted(pem: string): boolean {
  return (
    pem.includes('-----BEGIN ENCRYPTED PRIVATE KEY-----') ||
    (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem) && /^Proc-Type:\s*4,\s*ENCRYPTED\s*$/m.test(pem))
  );
}

/** The algorithm's name alone: what follows the comma is the initialization vector. */
function algorithmOf(pem: string): string {
  return /^DEK-Info:\s*([A-Za-z0-9-]{1,40})/m.exec(pem)?.[1] ?? 'its encryption';
}

function notReadable(why: string): ReachError {
  return new ReachError('KEY_NOT_READABLE', `The device key cannot be used: ${why}.`);
}
