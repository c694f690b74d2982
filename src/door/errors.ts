import { CommandError } from '../device/errors.ts';
import { GatehouseError, messageOf } from '../base/errors.ts';
import type { DoorWriteFailure } from './types.ts';

const CODES = {
  offline: 'OFFLINE',
  failed: 'FAILED',
  busy: 'BUSY',
  'no answer': 'NO_ANSWER',
  'not now': 'NOT_NOW',
  'read only': 'READ_ONLY',
} as const satisfies Record<DoorWriteFailure, string>;

/** A write of the target state that was not carried out, or may not have been. */
export class DoorWriteError extends GatehouseError {
  override readonly code: (typeof CODES)[DoorWriteFailure];
  override readonly retry: boolean;
  readonly failure: DoorWriteFailure;

  constructor(failure: DoorWriteFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
    this.code = CODES[failure];
    this.retry = failure === 'offline' || failure === 'busy' || failure === 'not now';
  }
}

/** What a command's failure means for the write that caused it. */
export function writeErrorOf(error: unknown): DoorWriteError {
  const failure = error instanceof CommandError ? failureOf(error) : 'failed';
  return new DoorWriteError(failure, messageOf(error), { cause: error });
}

function failureOf(error: CommandError): DoorWriteFailure {
  switch (error.code) {
    case 'OFFLINE':
      return 'offline';
    case 'BUSY':
    case 'RELAY_BUSY':
      return 'busy';
    case 'EXPIRED':
    case 'NO_ANSWER':
    case 'CONNECTION_LOST':
      return 'no answer';
    default:
      return 'failed';
  }
}
