import { createPrivateKey, randomUUID, webcrypto } from 'node:crypto';
import { writeFileAtomic } from '../../base/atomic-file.ts';
import { refusal, type Answer } from './answers.ts';

export interface TargetSettings {
  readonly remotecontrolId: string;
  /** Where the client writes its rollout data; without it, the data is had by {@link Target.rolloutData} alone. */
  readonly rolloutFile?: string;
  readonly rolloutFormat?: 'json' | 'key=value';
  /** How the private key is written: PKCS#1 with `DEK-Info`, as in the guide, or PKCS#8. */
  readonly keyFormat?: 'pkcs1' | 'pkcs8';
  readonly cipher?: string;
  readonly keyBits?: number;
  /** What this platform's client can grant. */
  readonly permissions?: readonly string[];
  readonly online?: boolean;
}

export interface RolloutValues {
  readonly RolloutKey: string;
  readonly RequestID: string;
  readonly RemotecontrolID: string;
}

interface DeviceKey {
  readonly publicKey: webcrypto.CryptoKey;
  readonly permissions: readonly string[];
  readonly decommissionToken: string;
  readonly tenantId: string;
}

/** A connection that the target waits for. */
interface Awaited {
  readonly deviceKeyId: string;
  readonly controlType: string;
  readonly secret: Buffer;
  opened: boolean;
}

export type LinkVerdict =
  | { readonly accepted: true; readonly remotecontrolId: string; readonly controlType: string }
  | { readonly accepted: false; readonly reason: string };

const { subtle } = webcrypto;
const DEFAULT_PERMISSIONS = ['attended', 'unattended'];

/**
 * The TeamViewer client on a computer that is supported: it makes the key pairs, keeps their public halves,
 * and knows which links it has to let in. Its cryptography is WebCrypto's, so that it shares no code with the
 * client that it is there to test.
 */
export class Target {
  readonly settings: TargetSettings;
  online: boolean;
  readonly #keys = new Map<string, DeviceKey>();
  readonly #nonces = new Set<string>();
  readonly #awaited = new Map<string, Awaited>();
  #rollout: RolloutValues;

  constructor(settings: TargetSettings) {
    this.settings = settings;
    this.online = settings.online ?? true;
    this.#rollout = this.#newRollout();
  }

  /** The client starts: it writes its rollout file. */
  async start(): Promise<void> {
    this.#rollout = this.#newRollout();
    await this.#writeRolloutFile();
  }

  get rolloutData(): RolloutValues {
    return this.#rollout;
  }

  get keyIds(): readonly string[] {
    return [...this.#keys.keys()];
  }

  /** One request for each RolloutKey: whatever comes of it, the client then has a new one. */
  async createDeviceKey(
    requestId: string,
    permissions: readonly string[],
    tenantId: string,
  ): Promise<Answer> {
    const { RolloutKey, RequestID } = this.#rollout;
    await this.start();
    if (requestId !== RequestID) {
      return refusal(
        400,
        'invalid_request_id',
        20,
        'The request ID is not that of the current rollout data.',
      );
    }
    const offered = this.settings.permissions ?? DEFAULT_PERMISSIONS;
    if (permissions.length === 0 || permissions.some((permission) => !offered.includes(permission))) {
      return refusal(400, 'invalid_key_permissions', 21, 'The client does not offer these permissions.');
    }
    const { publicKey, pem } = await this.#makeKeyPair(RolloutKey);
    const deviceKeyId = `{${randomUUID()}}`;
    const decommissionToken = randomHex(32);
    this.#keys.set(deviceKeyId, { publicKey, permissions, decommissionToken, tenantId });
    return {
      status: 200,
      body: { device_key: pem, device_key_id: deviceKeyId, decommission_token: decommissionToken },
    };
  }

  async requestControl(request: {
    readonly deviceKeyId: string;
    readonly controlType: string;
    readonly tenantId: string;
    readonly tenantNonce: string;
  }): Promise<Answer> {
    const { deviceKeyId, controlType, tenantId, tenantNonce } = request;
    const key = this.#keys.get(deviceKeyId);
    if (key?.tenantId !== tenantId) return unknownKey();
    if (!/^[0-9a-f]{32}$/i.test(tenantNonce)) {
      return refusal(400, 'invalid_tenant_nonce', 22, 'The nonce is not 32 hex digits.');
    }
    if (this.#nonces.has(tenantNonce)) {
      return refusal(400, 'tenant_nonce_used', 23, 'The nonce was used before.');
    }
    this.#nonces.add(tenantNonce);
    if (!key.permissions.includes(controlType)) {
      return refusal(
        400,
        'control_type_not_permitted',
        24,
        'The device key was not made for this control type.',
      );
    }
    const deviceSecret = webcrypto.getRandomValues(new Uint8Array(32));
    const targetNonce = randomHex(16);
    const message = [
      tenantNonce,
      targetNonce,
      tenantId.substring(1),
      this.settings.remotecontrolId.substring(1),
    ];
    const secret = await hmacSha512(deviceSecret, message.join(''));
    const session = randomHex(8);
    this.#awaited.set(session, { deviceKeyId, controlType, secret, opened: false });
    const encrypted = await subtle.encrypt({ name: 'RSA-OAEP' }, key.publicKey, deviceSecret);
    return {
      status: 200,
      body: {
        encrypted_device_secret: Buffer.from(encrypted).toString('base64url'),
        target_nonce: targetNonce,
        link: `teamviewerapi://remotecontrol?session=${session}&secret=YOURMASTERSECRET`,
      },
    };
  }

  unregister(deviceKeyId: string, decommissionToken: string, tenantId: string): Answer {
    const key = this.#keys.get(deviceKeyId);
    if (key?.tenantId !== tenantId) return unknownKey();
    if (key.decommissionToken !== decommissionToken) {
      return refusal(403, 'invalid_decommission_token', 25, 'The decommission token is not that of the key.');
    }
    this.#keys.delete(deviceKeyId);
    return { status: 204 };
  }

  /** What the client does when somebody connects with a link: the secret must be right, and the first use. */
  verifyLink(link: string): LinkVerdict {
    const parts = /^teamviewerapi:\/\/remotecontrol\?session=([0-9a-f]+)&secret=([\w-]+=*)$/.exec(link);
    const awaited = this.#awaited.get(parts?.[1] ?? '');
    if (!awaited) return { accepted: false, reason: 'no such session' };
    if (!this.#keys.has(awaited.deviceKeyId))
      return { accepted: false, reason: 'the device key is unregistered' };
    if (awaited.opened) return { accepted: false, reason: 'the link was used before' };
    const secret = Buffer.from((parts?.[2] ?? '').replaceAll('-', '+').replaceAll('_', '/'), 'base64');
    if (!secret.equals(awaited.secret)) return { accepted: false, reason: 'the master secret is wrong' };
    awaited.opened = true;
    const { remotecontrolId } = this.settings;
    return { accepted: true, remotecontrolId, controlType: awaited.controlType };
  }

  async #makeKeyPair(
    rolloutKey: string,
  ): Promise<{ readonly publicKey: webcrypto.CryptoKey; readonly pem: string }> {
    const { keyBits = 2048, keyFormat = 'pkcs1', cipher = 'aes-256-cbc' } = this.settings;
    const algorithm = {
      name: 'RSA-OAEP',
      modulusLength: keyBits,
      publicExponent: new Uint8Array([1, 0, 1]),
      hash: 'SHA-1',
    };
    const pair = await subtle.generateKey(algorithm, true, ['encrypt', 'decrypt']);
    const der = Buffer.from(await subtle.exportKey('pkcs8', pair.privateKey));
    const pem = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
      .export({ type: keyFormat, format: 'pem', cipher, passphrase: rolloutKey })
      .toString();
    return { publicKey: pair.publicKey, pem };
  }

  #newRollout(): RolloutValues {
    return {
      RolloutKey: randomHex(32),
      RequestID: `{${randomUUID()}}`,
      RemotecontrolID: this.settings.remotecontrolId,
    };
  }

  async #writeRolloutFile(): Promise<void> {
    const { rolloutFile, rolloutFormat = 'json' } = this.settings;
    if (rolloutFile === undefined) return;
    const lines = Object.entries(this.#rollout).map(([name, value]) => `${name}=${String(value)}\r\n`);
    const text = rolloutFormat === 'json' ? `${JSON.stringify(this.#rollout)}\n` : lines.join('');
    await writeFileAtomic(rolloutFile, text);
  }
}

function unknownKey(): Answer {
  return refusal(404, 'unknown_device_key', 26, 'The client has no device key of this ID.');
}

async function hmacSha512(key: Uint8Array<ArrayBuffer>, message: string): Promise<Buffer> {
  const algorithm = { name: 'HMAC', hash: 'SHA-512' };
  const imported = await subtle.importKey('raw', key, algorithm, false, ['sign']);
  return Buffer.from(await subtle.sign('HMAC', imported, new TextEncoder().encode(message)));
}

function randomHex(bytes: number): string {
  return Buffer.from(webcrypto.getRandomValues(new Uint8Array(bytes))).toString('hex');
}
