import type {} from '@homebridge/plugin-ui-utils/ui.interface';
import { t } from './language.ts';
import type { PageEvents, RequestName, Requests } from '../protocol.ts';

/** What the server of the page refused or could not do. */
export class BackendError extends Error {
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

/** Asks the server of the page. @throws BackendError whose message is for the reader. */
export async function ask<Name extends RequestName>(
  name: Name,
  ...[params]: Requests[Name]['params'] extends Readonly<Record<string, never>>
    ? []
    : [Requests[Name]['params']]
): Promise<Requests[Name]['result']> {
  try {
    return (await window.homebridge.request(name, params ?? {})) as Requests[Name]['result'];
  } catch (error) {
    throw toBackendError(error);
  }
}

/** Calls the listener with each event of this name. @returns what takes it off again. */
export function listen<Name extends keyof PageEvents>(
  name: Name,
  listener: (data: PageEvents[Name]) => void,
): () => void {
  const handle = (event: Event): void => listener((event as MessageEvent<PageEvents[Name]>).data);
  window.homebridge.addEventListener(name, handle);
  return () => window.homebridge.removeEventListener(name, handle);
}

/** The Homebridge UI rejects with what the server answered, which is no Error. */
function toBackendError(error: unknown): BackendError {
  const answer = (typeof error === 'object' && error !== null ? error : {}) as {
    readonly message?: unknown;
    readonly error?: { readonly code?: unknown };
  };
  const code = typeof answer.error?.code === 'string' ? answer.error.code : 'UNAVAILABLE';
  const message =
    typeof answer.message === 'string' && code !== 'UNAVAILABLE' ? answer.message : t('error.lost');
  return new BackendError(message, code);
}
