import * as v from 'valibot';
import type { Clock } from '../base/clock.ts';
import { GatehouseError } from '../base/errors.ts';
import { isObject } from '../base/json.ts';
import type { PageEvents, RequestName, Requests } from './protocol.ts';

/** What the requests work with. */
export interface PageContext {
  /** Homebridge's storage folder. */
  readonly storage: string;
  /** Homebridge's config.json. */
  readonly configPath: string;
  readonly clock: Clock;
  push<Name extends keyof PageEvents>(event: Name, data: PageEvents[Name]): void;
}

export interface RequestHandler<Name extends RequestName = RequestName> {
  readonly path: Name;
  /** Carries it out. @param body what the page sent; nothing is known of it. */
  readonly answer: (body: unknown) => Promise<Requests[Name]['result']>;
}

/** What goes wrong with a request on purpose; the message is for the reader of the page. */
export class RequestProblem extends GatehouseError {
  override readonly code: string;
  override readonly retry = false;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** One request, whose body is read by `params` before anything else happens. */
export function request<Name extends RequestName>(
  path: Name,
  params: v.GenericSchema<unknown, Requests[Name]['params']>,
  handle: (params: Requests[Name]['params']) => Requests[Name]['result'] | Promise<Requests[Name]['result']>,
): RequestHandler<Name> {
  return {
    path,
    async answer(body) {
      // A list without items would be taken for an object without members.
      const read = isObject(body) ? v.safeParse(params, body, { abortEarly: true }) : undefined;
      if (read?.success !== true)
        throw new RequestProblem('INVALID_REQUEST', 'The page asked for something odd.');
      return handle(read.output);
    },
  };
}

/** A body that says nothing. */
export const noParams: v.GenericSchema<unknown, Readonly<Record<string, never>>> = v.pipe(
  v.strictObject({}),
  v.transform((): Readonly<Record<string, never>> => ({})),
);

/** A name of a device, a person or a computer. */
export const nameText = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
