import { GatehouseError } from '../base/errors.ts';

export type SessionErrorCode =
  /** There is no authenticated session at the moment. */
  | 'NOT_CONNECTED'
  /** The deadline passed, or the caller gave up, before it was sent. */
  | 'EXPIRED'
  /** It was sent and no answer came in time. */
  | 'NO_ANSWER'
  /** It was sent and the session ended before the answer. */
  | 'CONNECTION_LOST';

/** An action that got no response. */
export class SessionError extends GatehouseError {
  override readonly code: SessionErrorCode;
  override readonly retry: boolean;
  /** `unknown`: it was sent, and the device may have carried it out. It is never sent again. */
  readonly outcome: 'not sent' | 'unknown';

  constructor(code: SessionErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.outcome = code === 'NO_ANSWER' || code === 'CONNECTION_LOST' ? 'unknown' : 'not sent';
    this.retry = this.outcome === 'not sent';
  }
}
