import type { Clock } from '../base/clock.ts';
import { isObject, parseJson, type JsonObject } from '../base/json.ts';
import { API_PATHS, callAddress, UNREGISTER_PATHS, type UnregisterRevision } from './api-address.ts';
import { ReachError } from './errors.ts';
import { AnswerReader, type AnswerField, APP_KEY_REQUEST_FIELD, type FieldNames } from './field-names.ts';
import { exchange } from './http-exchange.ts';
import { appKeyDigits, remotecontrolIdProblem, tenantIdProblem } from './ids.ts';
import { fieldNamesOf, refusalOf } from './refusal.ts';

export interface ReachClientOptions {
  /** An address that `apiBaseProblem` has passed. */
  readonly apiBase: string;
  readonly unregisterRevision: UnregisterRevision;
  /** Asked for at each call, so that a token that is replaced in its file needs no restart. */
  readonly token: () => Promise<string>;
  readonly clock: Clock;
  readonly fieldNames?: FieldNames;
  /** Milliseconds for each call. */
  readonly timeout?: number;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface CreateDeviceKeyRequest {
  readonly tenantId: string;
  readonly remotecontrolId: string;
  /** The GUID of the rollout data, in braces. */
  readonly requestId: string;
  /** One is sent as a text, as the guide has it; several as an array. */
  readonly permissions: readonly string[];
}

/** The answer to a rollout. What is missing is missing: the key exists all the same, and must be dealt with. */
export interface CreatedDeviceKey {
  /** PEM, encrypted with the RolloutKey. */
  readonly deviceKey: string | undefined;
  readonly deviceKeyId: string | undefined;
  readonly decommissionToken: string | undefined;
  /** Names the fields that the answer lacks. */
  readonly incomplete: ReachError | undefined;
}

export interface RequestControlRequest {
  readonly tenantId: string;
  readonly remotecontrolId: string;
  readonly deviceKeyId: string;
  readonly controlType: string;
  /** 32 hex digits, random, used once. */
  readonly tenantNonce: string;
}

export interface ControlAnswer {
  readonly encryptedDeviceSecret: string;
  readonly targetNonce: string;
  readonly linkTemplate: string;
}

export interface UnregisterRequest {
  readonly tenantId: string;
  readonly remotecontrolId: string;
  readonly deviceKeyId: string;
  readonly decommissionToken: string;
}

export interface RegisteredApp {
  readonly appKey: string;
  readonly appKeyId: string;
}

/** RSA keys are made on the target while the call waits, and targets are slow. */
const DEFAULT_TIMEOUT = 60_000;

interface Call {
  readonly name: string;
  readonly method: 'POST' | 'DELETE';
  readonly path: string;
  readonly body: JsonObject;
  readonly success: number | 'any 2xx';
  readonly secrets?: readonly string[];
  readonly options: CallOptions | undefined;
}

/**
 * The four calls of the REACH API, each made once: whether a repeat is safe is for the caller to know
 * (`unregister` is, the others are not: a RolloutKey serves one request and a nonce one use). Every method
 * rejects with a ReachError, which never holds a value that was sent or received.
 */
export class ReachClient {
  readonly #options: ReachClientOptions;
  readonly #reader: AnswerReader;
  #quietUntil = -Infinity;

  constructor(options: ReachClientOptions) {
    this.#options = options;
    this.#reader = new AnswerReader(options.fieldNames);
  }

  /** Rollout: has the target make a key pair, and gets its private half. */
  async createDeviceKey(request: CreateDeviceKeyRequest, options?: CallOptions): Promise<CreatedDeviceKey> {
    checkIds(request);
    const [first, ...more] = request.permissions;
    if (first === undefined) throw new ReachError('INVALID', 'A rollout must ask for a permission.');
    const answer = await this.#call({
      name: 'createdevicekey',
      method: 'POST',
      path: API_PATHS.createDeviceKey,
      body: {
        key_permissions: more.length === 0 ? first : [...request.permissions],
        remotecontrol_id: request.remotecontrolId,
        request_id: request.requestId,
        tenant_id: request.tenantId,
      },
      success: 'any 2xx',
      options,
    });
    const deviceKey = this.#reader.text(answer, 'deviceKey');
    const deviceKeyId = this.#reader.text(answer, 'deviceKeyId');
    const decommissionToken = this.#reader.text(answer, 'decommissionToken');
    const missing = [
      ...(deviceKey === undefined ? (['deviceKey'] as const) : []),
      ...(deviceKeyId === undefined ? (['deviceKeyId'] as const) : []),
      ...(decommissionToken === undefined ? (['decommissionToken'] as const) : []),
    ];
    const incomplete =
      missing.length === 0 ? undefined : incompleteAnswer('createdevicekey', missing, answer);
    return { deviceKey, deviceKeyId, decommissionToken, incomplete };
  }

  /** Control: has the target make a device secret, which opens one connection. */
  async requestControl(request: RequestControlRequest, options?: CallOptions): Promise<ControlAnswer> {
    checkIds(request);
    const answer = await this.#call({
      name: 'requestcontrol',
      method: 'POST',
      path: API_PATHS.requestControl,
      body: {
        control_type: request.controlType,
        device_key_id: request.deviceKeyId,
        remotecontrol_id: request.remotecontrolId,
        tenant_id: request.tenantId,
        tenant_nonce: request.tenantNonce,
      },
      success: 'any 2xx',
      secrets: [request.tenantNonce],
      options,
    });
    const linkTemplate = this.#reader.linkTemplate(answer);
    if (linkTemplate === undefined) {
      throw badAnswer('requestcontrol', 'it holds no link template', answer);
    }
    return {
      encryptedDeviceSecret: this.#required('requestcontrol', answer, 'encryptedDeviceSecret'),
      targetNonce: this.#required('requestcontrol', answer, 'targetNonce'),
      linkTemplate,
    };
  }

  /** Unregister: resolves on 204 alone. A repeat is safe: the key is gone, or the target says so. */
  async unregister(request: UnregisterRequest, options?: CallOptions): Promise<void> {
    checkIds(request);
    await this.#call({
      name: 'unregister',
      method: 'DELETE',
      path: UNREGISTER_PATHS[this.#options.unregisterRevision],
      body: {
        tenant_id: request.tenantId,
        remotecontrol_id: request.remotecontrolId,
        device_key_id: request.deviceKeyId,
        decommission_token: request.decommissionToken,
      },
      success: 204,
      secrets: [request.decommissionToken],
      options,
    });
  }

  /**
   * Android, once for each signing key: tells TeamViewer the SHA-256 of the agent app's signing key, so that
   * the app's `verify` call succeeds.
   */
  async registerApp(signingKeySha256: string, options?: CallOptions): Promise<RegisteredApp> {
    const appKey = appKeyDigits(signingKeySha256);
    if (appKey === undefined) {
      throw new ReachError('INVALID', "The SHA-256 of the app's signing key is 64 hex digits.");
    }
    const answer = await this.#call({
      name: 'appregistrations',
      method: 'POST',
      path: API_PATHS.registerApp,
      body: { [this.#options.fieldNames?.appKeyRequest ?? APP_KEY_REQUEST_FIELD]: appKey },
      success: 'any 2xx',
      options,
    });
    return {
      appKey: this.#reader.text(answer, 'appKey') ?? appKey,
      appKeyId: this.#required('appregistrations', answer, 'appKeyId'),
    };
  }

  async #call(call: Call): Promise<JsonObject> {
    const { apiBase, clock, fieldNames, timeout = DEFAULT_TIMEOUT } = this.#options;
    this.#respectWait(call.name);
    const token = await this.#options.token();
    const answer = await exchange(
      {
        method: call.method,
        url: callAddress(apiBase, call.path),
        token,
        body: JSON.stringify(call.body),
        timeout,
        ...(call.options?.signal ? { signal: call.options.signal } : {}),
      },
      clock,
    );
    const { status, text } = answer;
    const good = call.success === 'any 2xx' ? status >= 200 && status < 300 : status === call.success;
    if (!good) {
      const refusal = refusalOf({
        name: call.name,
        answer,
        reader: this.#reader,
        ...(fieldNames?.unknownKeyErrors ? { unknownKeyErrors: fieldNames.unknownKeyErrors } : {}),
        secrets: [token, ...(call.secrets ?? [])],
        now: clock.now(),
      });
      if (refusal.retryAfter !== undefined) this.#quietUntil = clock.monotonic() + refusal.retryAfter;
      throw refusal;
    }
    if (status === 204) return {};
    const body = parseJson(text);
    if (!isObject(body)) {
      throw new ReachError('BAD_ANSWER', `TeamViewer's answer to ${call.name} is not a JSON object.`, {
        outcome: 'unknown',
        status,
      });
    }
    return body;
  }

  /** While the backend wants to be left alone, no call goes out: it would only make the wait longer. */
  #respectWait(name: string): void {
    const wait = this.#quietUntil - this.#options.clock.monotonic();
    if (wait <= 0) return;
    throw new ReachError(
      'RATE_LIMITED',
      `TeamViewer asked to wait: ${name} can be called again in ${Math.ceil(wait / 1000)} s.`,
      { retryAfter: wait },
    );
  }

  #required(name: string, answer: JsonObject, field: AnswerField): string {
    const value = this.#reader.text(answer, field);
    if (value === undefined) throw incompleteAnswer(name, [field], answer);
    return value;
  }
}

function checkIds(request: { readonly tenantId: string; readonly remotecontrolId: string }): void {
  const tenant = tenantIdProblem(request.tenantId);
  if (tenant !== undefined) throw new ReachError('INVALID', `The tenant ID ${tenant}.`);
  const remotecontrol = remotecontrolIdProblem(request.remotecontrolId);
  if (remotecontrol !== undefined) throw new ReachError('INVALID', `The RemotecontrolID ${remotecontrol}.`);
}

function incompleteAnswer(name: string, missing: readonly AnswerField[], answer: JsonObject): ReachError {
  const fields = missing.map((field) => AnswerReader.expected(field)).join(', ');
  return badAnswer(name, `it lacks ${fields}`, answer);
}

function badAnswer(name: string, what: string, answer: JsonObject): ReachError {
  return new ReachError(
    'BAD_ANSWER',
    `TeamViewer's answer to ${name} cannot be used: ${what}. Received: ${fieldNamesOf(answer)}.`,
    { outcome: 'unknown' },
  );
}
