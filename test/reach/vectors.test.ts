import { execFileSync } from 'node:child_process';
import { createPrivateKey, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it, vi } from 'vitest';
import {
  completeLink,
  decodeBase64Url,
  encodeBase64Url,
  masterSecret,
  newTenantNonce,
} from '../../src/reach/control-link.ts';
import { decryptDeviceKey, deviceKeyFromPem, deviceKeyToPem } from '../../src/reach/device-key.ts';
import { Target } from '../../src/simulator/reach/target.ts';
import { has } from '../helpers/needs.ts';
import { makeTempFolder, removeTempFolder } from '../helpers/temp-folder.ts';

// Real sockets, processes and scrypt take moments on an idle machine, and seconds on a busy one.
vi.setConfig({ testTimeout: 30_000 });

interface Vectors {
  readonly rolloutKey: string;
  readonly deviceKey: { readonly pem: string };
  readonly encryptedDeviceKeys: readonly { readonly command: string; readonly pem: string }[];
  readonly links: readonly {
    readonly deviceSecret: string;
    readonly encryptedDeviceSecret: string;
    readonly tenantNonce: string;
    readonly targetNonce: string;
    readonly tenantId: string;
    readonly remotecontrolId: string;
    readonly masterSecret: string;
    readonly linkTemplate: string;
    readonly link: string;
  }[];
}

const vectors = JSON.parse(
  readFileSync(new URL('../vectors/reach-openssl.json', import.meta.url), 'utf8'),
) as Vectors;

describe('device keys that OpenSSL has encrypted', () => {
  it.each(vectors.encryptedDeviceKeys)('$command', ({ pem }) => {
    const key = decryptDeviceKey(pem, vectors.rolloutKey);
    expect(deviceKeyToPem(key)).toBe(vectors.deviceKey.pem);
  });

  it('covers PKCS#1 with DEK-Info and PKCS#8', () => {
    const pems = vectors.encryptedDeviceKeys.map(({ pem }) => pem);
    expect(pems.filter((pem) => pem.includes('DEK-Info: AES-256-CBC,'))).toHaveLength(1);
    expect(pems.filter((pem) => pem.startsWith('-----BEGIN RSA PRIVATE KEY-----')).length).toBeGreaterThan(4);
    expect(
      pems.filter((pem) => pem.startsWith('-----BEGIN ENCRYPTED PRIVATE KEY-----')).length,
    ).toBeGreaterThan(4);
  });

  it.each(vectors.encryptedDeviceKeys)('refuses a wrong rollout key: $command', ({ pem }) => {
    expect(() => decryptDeviceKey(pem, 'another')).toThrow(
      expect.objectContaining({ code: 'KEY_NOT_READABLE' }) as Error,
    );
  });

  it('reads a PEM whose line breaks were escaped twice', () => {
    const pem = vectors.encryptedDeviceKeys[0]!.pem.replaceAll('\n', '\\n');
    expect(deviceKeyToPem(decryptDeviceKey(pem, vectors.rolloutKey))).toBe(vectors.deviceKey.pem);
  });

  it('names the algorithm that it cannot use, and not the vector', () => {
    const pem = vectors.encryptedDeviceKeys[0]!.pem.replace(
      /DEK-Info: .*/,
      'DEK-Info: ROT-13,0123456789ABCDEF',
    );
    expect(() => decryptDeviceKey(pem, vectors.rolloutKey)).toThrow(/ROT-13 is not supported/);
    expect(() => decryptDeviceKey(pem, vectors.rolloutKey)).not.toThrow(/0123456789ABCDEF/);
  });

  it.each([
    ['a key that was not encrypted', vectors.deviceKey.pem],
    ['something else', 'hello'],
    ['nothing', ''],
  ])('refuses %s', (_what, pem) => {
    expect(() => decryptDeviceKey(pem, vectors.rolloutKey)).toThrow(/not an encrypted PEM private key/);
  });

  it('keeps a key and finds it again', () => {
    expect(deviceKeyToPem(deviceKeyFromPem(vectors.deviceKey.pem))).toBe(vectors.deviceKey.pem);
    expect(() => deviceKeyFromPem('damaged')).toThrow(/damaged/);
  });
});

describe('links whose secrets OpenSSL has made', () => {
  const deviceKey = deviceKeyFromPem(vectors.deviceKey.pem);

  it.each(vectors.links)('device secret $deviceSecret', (vector) => {
    const secret = masterSecret({ ...vector, deviceKey });
    expect(secret).toBe(vector.masterSecret);
    expect(completeLink(vector.linkTemplate, secret)).toBe(vector.link);
  });

  it('reads the device secret padded and with the plain alphabet too', () => {
    const vector = vectors.links[0]!;
    const plain = Buffer.from(vector.encryptedDeviceSecret, 'base64url').toString('base64');
    expect(plain.endsWith('=')).toBe(true);
    expect(masterSecret({ ...vector, encryptedDeviceSecret: plain, deviceKey })).toBe(vector.masterSecret);
  });

  it('does not pad the master secret: 64 bytes are 86 digits', () => {
    const secret = masterSecret({ ...vectors.links[0]!, deviceKey });
    expect(secret).toMatch(/^[\w-]{86}$/);
    expect(encodeBase64Url(randomBytes(64), true)).toMatch(/^[\w-]{86}==$/);
  });

  it.each(['', '***', 'AAAA', 'A'.repeat(343)])('refuses the device secret "%s"', (encryptedDeviceSecret) => {
    expect(() => masterSecret({ ...vectors.links[0]!, encryptedDeviceSecret, deviceKey })).toThrow(
      expect.objectContaining({ code: 'KEY_NOT_READABLE' }) as Error,
    );
  });

  it.each([
    'https://example.com/?YOURMASTERSECRET',
    'javascript:YOURMASTERSECRET',
    'teamviewerapi://a b YOURMASTERSECRET',
  ])('refuses the template %s', (template) => {
    expect(() => completeLink(template, 'secret')).toThrow(
      expect.objectContaining({ code: 'BAD_ANSWER' }) as Error,
    );
  });
});

describe('base64url', () => {
  it('comes back as it went, padded or not', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), fc.boolean(), (array, padded) => {
        const bytes = Buffer.from(array);
        expect(decodeBase64Url(encodeBase64Url(bytes, padded))).toEqual(bytes);
      }),
    );
  });
});

describe('the tenant nonce', () => {
  it('is 32 hex digits, another each time', () => {
    const nonces = Array.from({ length: 100 }, newTenantNonce);
    expect(nonces.every((nonce) => /^[0-9a-f]{32}$/.test(nonce))).toBe(true);
    expect(new Set(nonces).size).toBe(100);
  });
});

describe.skipIf(!has('openssl'))('the OpenSSL command line itself', () => {
  const folder = makeTempFolder('openssl');
  afterAll(() => removeTempFolder(folder));

  const openssl = (args: readonly string[], input?: Buffer): Buffer =>
    execFileSync('openssl', args, {
      cwd: folder,
      stdio: ['pipe', 'pipe', 'ignore'],
      ...(input ? { input } : {}),
    });
  const file = (name: string, content: string | Buffer): string => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return name;
  };

  it('makes a new set of vectors that hold', () => {
    const script = new URL('../tools/make-reach-vectors.sh', import.meta.url).pathname;
    const fresh = JSON.parse(execFileSync('sh', [script], { encoding: 'utf8' })) as Vectors;
    expect(fresh.deviceKey.pem).not.toBe(vectors.deviceKey.pem);
    for (const { pem } of fresh.encryptedDeviceKeys) {
      expect(deviceKeyToPem(decryptDeviceKey(pem, fresh.rolloutKey))).toBe(fresh.deviceKey.pem);
    }
    const deviceKey = deviceKeyFromPem(fresh.deviceKey.pem);
    expect(fresh.links.map((vector) => masterSecret({ ...vector, deviceKey }))).toEqual(
      fresh.links.map((vector) => vector.masterSecret),
    );
  });

  it.each(['pkcs1', 'pkcs8'] as const)(
    'opens what the simulated client has encrypted (%s), and its link lets in',
    async (keyFormat) => {
      const target = new Target({ remotecontrolId: 'r124124124', keyFormat });
      const { RolloutKey, RequestID } = target.rolloutData;
      const created = (await target.createDeviceKey(RequestID, ['attended'], 't0001')).body!;
      file('rollout-key', RolloutKey);
      file('encrypted.pem', created['device_key'] as string);
      const pem = openssl(['pkey', '-in', 'encrypted.pem', '-passin', 'file:rollout-key']);
      file('device.pem', pem);
      expect(createPrivateKey(pem).asymmetricKeyType).toBe('rsa');

      const tenantNonce = newTenantNonce();
      const control = await target.requestControl({
        deviceKeyId: created['device_key_id'] as string,
        controlType: 'attended',
        tenantId: 't0001',
        tenantNonce,
      });
      const answer = control.body as Record<string, string>;
      const secret = openssl(
        'pkeyutl -decrypt -inkey device.pem -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha1'.split(
          ' ',
        ),
        Buffer.from(answer['encrypted_device_secret']!, 'base64url'),
      );
      const digest = openssl(
        ['dgst', '-sha512', '-mac', 'HMAC', '-macopt', `hexkey:${secret.toString('hex')}`, '-binary'],
        Buffer.from(`${tenantNonce}${answer['target_nonce']!}0001124124124`),
      );
      const link = answer['link']!.replace('YOURMASTERSECRET', digest.toString('base64url'));
      expect(target.verifyLink(link)).toEqual({
        accepted: true,
        remotecontrolId: 'r124124124',
        controlType: 'attended',
      });

      // And ours is the same.
      const ours = masterSecret({
        deviceKey: decryptDeviceKey(created['device_key'] as string, RolloutKey),
        encryptedDeviceSecret: answer['encrypted_device_secret']!,
        tenantNonce,
        targetNonce: answer['target_nonce']!,
        tenantId: 't0001',
        remotecontrolId: 'r124124124',
      });
      expect(ours).toBe(digest.toString('base64url'));
    },
  );
});
