import { GatehouseError } from '../base/errors.ts';
import { isObject, own, parseJson, type JsonObject } from '../base/json.ts';
import { redact } from '../base/redact.ts';

/** The codes of JSON-RPC 2.0, and those of our own range. */
export const PARSE_ERROR = -32700;
export const INVALID_REQUEST = -32600;
export const METHOD_NOT_FOUND = -32601;
export const INVALID_PARAMS = -32602;
export const INTERNAL_ERROR = -32603;
/** The call was understood and could not be carried out; `data` says why. */
export const FAILED = -32000;

export type Id = string | number;

export interface Request {
  readonly kind: 'request';
  readonly id: Id;
  readonly method: string;
  readonly params: unknown;
}

export interface Notification {
  readonly kind: 'notification';
  readonly method: string;
  readonly params: unknown;
}

export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: { readonly code: string; readonly retry: boolean; readonly outcome?: string };
}

export type Response =
  | { readonly kind: 'result'; readonly id: Id; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: Id | null; readonly error: RpcError };

/** Not a message; `id` where there is one that an answer can go to. */
export interface Invalid {
  readonly kind: 'invalid';
  readonly id: Id | null;
  readonly code: number;
  readonly message: string;
}

/** No message of this protocol is nested deeper by far. */
const DEEPEST = 32;
const LONGEST_ID = 100;
const LONGEST_METHOD = 100;

/** Reads one line. Never throws. */
export function parseMessage(line: string): Request | Notification | Response | Invalid {
  const value = parseJson(line);
  if (value === undefined) return invalid(null, PARSE_ERROR, 'not JSON');
  if (!isObject(value) || !isShallow(value, DEEPEST)) return invalid(null, INVALID_REQUEST, 'not a request');
  const id = own(value, 'id');
  const method = own(value, 'method');
  const idOrNull = isId(id) ? id : null;
  if (own(value, 'jsonrpc') !== '2.0') return invalid(idOrNull, INVALID_REQUEST, 'not JSON-RPC 2.0');
  if (method === undefined) return parseResponse(value, idOrNull);
  if (typeof method !== 'string' || method.length > LONGEST_METHOD) {
    return invalid(idOrNull, INVALID_REQUEST, 'the method must be a text');
  }
  const params = own(value, 'params');
  if (id === undefined) return { kind: 'notification', method, params };
  if (!isId(id)) return invalid(null, INVALID_REQUEST, 'the id must be a text or a number');
  return { kind: 'request', id, method, params };
}

export function requestLine(id: Id, method: string, params: unknown): string {
  return toLine({ jsonrpc: '2.0', id, method, ...(params !== undefined && { params }) });
}

export function notificationLine(method: string, params: unknown): string {
  return toLine({ jsonrpc: '2.0', method, params });
}

export function resultLine(id: Id, result: unknown): string {
  return toLine({ jsonrpc: '2.0', id, result: result ?? null });
}

export function errorLine(id: Id | null, error: RpcError): string {
  return toLine({ jsonrpc: '2.0', id, error });
}

/** An error of a handler as it goes to the client. What is not ours on purpose is not quoted. */
export function toRpcError(error: unknown): RpcError {
  if (!(error instanceof GatehouseError)) {
    return { code: INTERNAL_ERROR, message: "internal error; Homebridge's log says more" };
  }
  const outcome = 'outcome' in error && typeof error.outcome === 'string' ? error.outcome : undefined;
  return {
    code: FAILED,
    message: error.message,
    data: { code: error.code, retry: error.retry, ...(outcome !== undefined && { outcome }) },
  };
}

/**
 * One line. By design no secret comes here; should one ever get into a text by mistake, it still does not go
 * out.
 */
function toLine(message: object): string {
  const hidden = (_: string, value: unknown): unknown => (typeof value === 'string' ? redact(value) : value);
  return `${JSON.stringify(message, hidden)}\n`;
}

function parseResponse(value: JsonObject, id: Id | null): Response | Invalid {
  const error = own(value, 'error');
  if (error !== undefined) return { kind: 'error', id, error: parseError(error) };
  const result = own(value, 'result');
  if (id === null || result === undefined)
    return invalid(id, INVALID_REQUEST, 'neither a call nor an answer');
  return { kind: 'result', id, result };
}

function parseError(value: unknown): RpcError {
  const error = isObject(value) ? value : {};
  const code = own(error, 'code');
  const message = own(error, 'message');
  const data = own(error, 'data');
  return {
    code: typeof code === 'number' ? code : INTERNAL_ERROR,
    message: typeof message === 'string' ? message : 'unknown error',
    ...(isObject(data) && { data: parseErrorData(data) }),
  };
}

function parseErrorData(data: JsonObject): NonNullable<RpcError['data']> {
  const code = own(data, 'code');
  const outcome = own(data, 'outcome');
  return {
    code: typeof code === 'string' ? code : 'UNKNOWN',
    retry: own(data, 'retry') === true,
    ...(typeof outcome === 'string' && { outcome }),
  };
}

function invalid(id: Id | null, code: number, message: string): Invalid {
  return { kind: 'invalid', id, code, message };
}

function isId(value: unknown): value is Id {
  return typeof value === 'string' ? value.length <= LONGEST_ID : Number.isFinite(value);
}

/** What is nested deeper could exhaust the stack of whoever walks through it. */
function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && Object.values(value).every((inner) => isShallow(inner, depth - 1));
}
