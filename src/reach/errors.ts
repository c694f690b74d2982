import { GatehouseError } from '../base/errors.ts';

export type ReachErrorCode =
  /** What was asked for makes no sense: an ID without its prefix, a control type that was not granted. */
  | 'INVALID'
  /** No computer of that name is configured. */
  | 'UNKNOWN_COMPUTER'
  /** No script token was found where the configuration says that it is. */
  | 'TOKEN_MISSING'
  /** Rollout data cannot be read, or is not rollout data. */
  | 'NO_ROLLOUT_DATA'
  /** The rollout data at hand has served its one request already. */
  | 'ROLLOUT_DATA_USED'
  /** No connection was made, so nothing was sent. */
  | 'NOT_CONNECTED'
  /** It was sent, and no whole answer came: it may have been carried out. */
  | 'NO_ANSWER'
  /** 401: the script token is wrong, expired or revoked. */
  | 'UNAUTHORIZED'
  /** 403: the script token lacks the permission for this call. */
  | 'FORBIDDEN'
  /** 404 without a word about a key: most likely the path or the base address is wrong. */
  | 'NOT_FOUND'
  /** The target does not know the device key. */
  | 'UNKNOWN_KEY'
  /** 429, or a call made before the wait that a 429 asked for is over. */
  | 'RATE_LIMITED'
  /** 5xx: it may have been carried out. */
  | 'SERVER_ERROR'
  /** Any other refusal. */
  | 'REFUSED'
  /** 3xx: never followed, since the token would go with it. */
  | 'REDIRECTED'
  /** An answer that reports success and is not the one that the guide describes. */
  | 'BAD_ANSWER'
  /** The DeviceKey cannot be decrypted, or the device secret not with it. */
  | 'KEY_NOT_READABLE'
  /** No device key is registered for the computer. */
  | 'NOT_REGISTERED'
  /** The device key is being unregistered. */
  | 'REVOKING'
  /** The caller's deadline passed; what comes later is undone. */
  | 'DEADLINE'
  /** It was revoked while it was under way. */
  | 'CANCELLED'
  /** The vault could not be written. */
  | 'VAULT_NOT_WRITTEN'
  /** The vault is encrypted and the passphrase is missing or wrong. */
  | 'VAULT_LOCKED'
  /** The vault cannot be understood. It is left as it is. */
  | 'VAULT_BROKEN'
  /** Another process has the vault open. */
  | 'VAULT_IN_USE';

/** `unknown`: the backend may have carried it out. `createdevicekey` and `requestcontrol` are never repeated. */
export type ReachOutcome = 'not sent' | 'refused' | 'unknown';

export interface ReachErrorDetails extends ErrorOptions {
  readonly outcome?: ReachOutcome;
  /** The HTTP status, where there was an answer. */
  readonly status?: number;
  /** TeamViewer's `error`, for example "invalid_token". */
  readonly error?: string;
  /** TeamViewer's `error_code`. */
  readonly errorCode?: number | string;
  /** TeamViewer's `error_description`, without anything that we had sent. */
  readonly description?: string;
  /** TeamViewer's `error_signature`, which its support asks for. */
  readonly signature?: string;
  /** Milliseconds for which the backend asked to be left alone. */
  readonly retryAfter?: number;
}

/** Why something about remote support failed. Holds no key, token, secret, nonce or link. */
export class ReachError extends GatehouseError {
  override readonly code: ReachErrorCode;
  override readonly retry: boolean;
  readonly outcome: ReachOutcome;
  readonly status: number | undefined;
  readonly error: string | undefined;
  readonly errorCode: number | string | undefined;
  readonly description: string | undefined;
  readonly signature: string | undefined;
  readonly retryAfter: number | undefined;

  constructor(code: ReachErrorCode, message: string, details: ReachErrorDetails = {}) {
    super(message, details);
    this.code = code;
    this.outcome = details.outcome ?? 'not sent';
    this.retry = WORTH_RETRYING.has(code);
    this.status = details.status;
    this.error = details.error;
    this.errorCode = details.errorCode;
    this.description = details.description;
    this.signature = details.signature;
    this.retryAfter = details.retryAfter;
  }
}

/** Those that time alone may mend. Whether a repeat is safe is another question: see {@link ReachOutcome}. */
const WORTH_RETRYING: ReadonlySet<ReachErrorCode> = new Set([
  'ROLLOUT_DATA_USED',
  'NOT_CONNECTED',
  'NO_ANSWER',
  'RATE_LIMITED',
  'SERVER_ERROR',
  'REVOKING',
  'DEADLINE',
  'VAULT_NOT_WRITTEN',
  'VAULT_IN_USE',
]);
