import { GatehouseError } from '../base/errors.ts';
import type { ActionResponse } from '../wire/actions.ts';

export type CommandErrorCode =
  /** No authenticated session, and none came in time. */
  | 'OFFLINE'
  /** Another command to the same output is still unanswered. */
  | 'BUSY'
  /** The deadline passed before it could be sent. */
  | 'EXPIRED'
  /** Sent, no answer in time: it may have been carried out. */
  | 'NO_ANSWER'
  /** Sent, and the connection was lost: it may have been carried out. */
  | 'CONNECTION_LOST'
  /** The device says ERR_RELAY_BUSY: somebody is operating the gate at this moment. */
  | 'RELAY_BUSY'
  /** The device says ERR_NO_SENSOR. */
  | 'NO_SENSOR'
  /** The device says anything else. */
  | 'REJECTED'
  /** This device's API version has no such action or option. */
  | 'NOT_SUPPORTED'
  /** The options make no sense, for example half a minute. */
  | 'INVALID';

export class CommandError extends GatehouseError {
  override readonly code: CommandErrorCode;
  override readonly retry: boolean;
  /** `unknown`: the device may have carried it out. Nothing in this project sends it again. */
  readonly outcome: 'not sent' | 'rejected' | 'unknown';
  /** The device's answer, where it rejected the command. */
  readonly response: ActionResponse | undefined;

  constructor(
    code: CommandErrorCode,
    message: string,
    options?: ErrorOptions & { readonly response?: ActionResponse },
  ) {
    super(message, options);
    this.code = code;
    this.response = options?.response;
    this.outcome = outcomeOf(code);
    this.retry = code === 'OFFLINE' || code === 'BUSY' || code === 'EXPIRED' || code === 'RELAY_BUSY';
  }
}

function outcomeOf(code: CommandErrorCode): CommandError['outcome'] {
  switch (code) {
    case 'NO_ANSWER':
    case 'CONNECTION_LOST':
      return 'unknown';
    case 'RELAY_BUSY':
    case 'NO_SENSOR':
    case 'REJECTED':
      return 'rejected';
    default:
      return 'not sent';
  }
}
