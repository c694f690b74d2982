import { randomUUID } from 'node:crypto';
import { own, type JsonObject } from '../../base/json.ts';
import { refusal, type Answer } from './answers.ts';
import type { Call } from './faults.ts';
import type { Target } from './target.ts';

/** What a script token may do, as the TeamViewer Management Console grants it. */
export const TOKEN_PERMISSIONS = [
  'create device key',
  'request control',
  'delete device key',
  'register app',
] as const;
export type TokenPermission = (typeof TOKEN_PERMISSIONS)[number];

/** A script token of a tenant account. */
export interface ScriptToken {
  readonly token: string;
  readonly tenantId: string;
  /** All of them, unless said otherwise. */
  readonly permissions?: readonly TokenPermission[];
}

const NEEDED: Readonly<Record<Call, TokenPermission>> = {
  createdevicekey: 'create device key',
  requestcontrol: 'request control',
  unregister: 'delete device key',
  appregistrations: 'register app',
};

export interface RuledCall {
  readonly call: Call;
  readonly authorization: string | undefined;
  readonly body: JsonObject;
}

/** The rules of the guides, applied to calls whose path, method and JSON are right already. */
export class Rules {
  readonly #tokens: readonly ScriptToken[];
  readonly #targets: ReadonlyMap<string, Target>;
  readonly #apps = new Map<string, string>();

  constructor(tokens: readonly ScriptToken[], targets: ReadonlyMap<string, Target>) {
    this.#tokens = tokens;
    this.#targets = targets;
  }

  async answer({ call, authorization, body }: RuledCall): Promise<Answer> {
    const token = this.#tokens.find((known) => authorization === `Bearer ${known.token}`);
    if (!token) return refusal(401, 'invalid_token', 1, 'The access token is not valid.');
    if (!(token.permissions ?? TOKEN_PERMISSIONS).includes(NEEDED[call])) {
      return refusal(
        403,
        'missing_permission',
        2,
        `The script token lacks the permission to ${NEEDED[call]}.`,
      );
    }
    if (call === 'appregistrations') return this.#registerApp(body);
    const tenantId = text(body, 'tenant_id');
    const remotecontrolId = text(body, 'remotecontrol_id');
    if (tenantId === undefined) return missing('tenant_id');
    if (remotecontrolId === undefined) return missing('remotecontrol_id');
    if (tenantId !== token.tenantId) {
      return refusal(403, 'wrong_tenant', 3, 'The script token is not that of the tenant.');
    }
    const target = this.#targets.get(remotecontrolId);
    if (!target) return refusal(400, 'invalid_remotecontrol_id', 4, 'There is no such device.');
    if (!target.online) return refusal(400, 'device_offline', 5, 'The device is not online.');
    switch (call) {
      case 'createdevicekey':
        return createDeviceKey(target, tenantId, body);
      case 'requestcontrol':
        return requestControl(target, tenantId, body);
      case 'unregister':
        return unregister(target, tenantId, body);
    }
  }

  #registerApp(body: JsonObject): Answer {
    const appKey = text(body, 'app_key');
    if (appKey === undefined) return missing('app_key');
    if (!/^[0-9a-f]{64}$/i.test(appKey)) {
      return refusal(400, 'invalid_app_key', 6, 'The app key is not the SHA-256 of a signing key in hex.');
    }
    const appKeyId = this.#apps.get(appKey.toLowerCase()) ?? randomUUID();
    this.#apps.set(appKey.toLowerCase(), appKeyId);
    return { status: 200, body: { app_key: appKey, app_key_id: appKeyId } };
  }
}

async function createDeviceKey(target: Target, tenantId: string, body: JsonObject): Promise<Answer> {
  const requestId = text(body, 'request_id');
  const asked = own(body, 'key_permissions');
  const permissions = (Array.isArray(asked) ? (asked as readonly unknown[]) : [asked]).filter(
    (permission): permission is string => typeof permission === 'string',
  );
  if (requestId === undefined) return missing('request_id');
  if (permissions.length === 0) return missing('key_permissions');
  return target.createDeviceKey(requestId, permissions, tenantId);
}

async function requestControl(target: Target, tenantId: string, body: JsonObject): Promise<Answer> {
  const deviceKeyId = text(body, 'device_key_id');
  const controlType = text(body, 'control_type');
  const tenantNonce = text(body, 'tenant_nonce');
  if (deviceKeyId === undefined) return missing('device_key_id');
  if (controlType === undefined) return missing('control_type');
  if (tenantNonce === undefined) return missing('tenant_nonce');
  return target.requestControl({ deviceKeyId, controlType, tenantId, tenantNonce });
}

function unregister(target: Target, tenantId: string, body: JsonObject): Answer {
  const deviceKeyId = text(body, 'device_key_id');
  const decommissionToken = text(body, 'decommission_token');
  if (deviceKeyId === undefined) return missing('device_key_id');
  if (decommissionToken === undefined) return missing('decommission_token');
  return target.unregister(deviceKeyId, decommissionToken, tenantId);
}

function text(body: JsonObject, name: string): string | undefined {
  const value = own(body, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function missing(name: string): Answer {
  return refusal(400, 'invalid_request', 7, `The parameter ${name} is missing.`);
}
