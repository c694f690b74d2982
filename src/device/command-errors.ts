import { messageOf } from '../base/errors.ts';
import { SessionError } from '../session/errors.ts';
import type { Action, ActionResponse } from '../wire/actions.ts';
import type { ApiVersion } from '../wire/frames.ts';
import { CommandError } from './errors.ts';

/** What is wrong with the options of an action, whatever the device; undefined when nothing is. */
export function invalidOptions({ type, duration }: Action): CommandError | undefined {
  if (duration === undefined || (Number.isSafeInteger(duration) && duration >= 1)) return undefined;
  return new CommandError('INVALID', `${type}: An output is held for whole minutes, 1 or more.`);
}

/** Why a device of this API version cannot carry out an action; undefined when it can. */
export function unsupported({ type, duration }: Action, apiVersion: ApiVersion): CommandError | undefined {
  if (type === 'TRIGGER_SECONDARY' && apiVersion < 2) return notSupported(type, '2.21', 2, apiVersion);
  if (duration !== undefined && apiVersion < 3)
    return notSupported(`${type} with a time`, '2.24', 3, apiVersion);
  return undefined;
}

/** The device answered, and said no. */
export function rejected(response: ActionResponse): CommandError {
  const { type, errorCode } = response;
  switch (errorCode) {
    case 'ERR_RELAY_BUSY':
      return new CommandError(
        'RELAY_BUSY',
        `${type}: The output is busy, somebody is operating the gate at this moment.`,
        {
          response,
        },
      );
    case 'ERR_NO_SENSOR':
      return new CommandError(
        'NO_SENSOR',
        `${type}: The device has no status sensor and cannot tell open from closed. Install one, or use TRIGGER.`,
        { response },
      );
    case 'ERR_INVALID_REQUEST':
      return new CommandError(
        'REJECTED',
        `${type}: The device does not offer this (${errorCode}). Look at its output mode in the Remootio app.`,
        { response },
      );
    default:
      return new CommandError(
        'REJECTED',
        `${type}: The device refused (${errorCode || 'it gave no reason'}).`,
        {
          response,
        },
      );
  }
}

/** No response came. What is not a {@link SessionError} says nothing about whether the action was sent. */
export function unanswered({ type }: Action, error: unknown): CommandError {
  const message = `${type}: ${messageOf(error)}`;
  if (!(error instanceof SessionError)) return new CommandError('CONNECTION_LOST', message, { cause: error });
  const code = error.code === 'NOT_CONNECTED' ? 'OFFLINE' : error.code;
  return new CommandError(code, message, { cause: error });
}

function notSupported(what: string, software: string, needed: ApiVersion, spoken: ApiVersion): CommandError {
  return new CommandError(
    'NOT_SUPPORTED',
    `${what}: This needs API version ${needed} and the device speaks ${spoken}. Update its software to ${software} or later.`,
  );
}
