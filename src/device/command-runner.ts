import type { Clock } from '../base/clock.ts';
import { Signal } from '../base/emitter.ts';
import type { Link } from '../session/link.ts';
import type { Action, ActionResponse, ActionType } from '../wire/actions.ts';
import type { ApiVersion } from '../wire/frames.ts';
import { invalidOptions, rejected, unanswered, unsupported } from './command-errors.ts';
import { CommandError } from './errors.ts';
import type { CommandOptions } from './types.ts';

/** How long a command waits for a connection that is being made. Nothing is queued beyond that. */
export const CONNECT_WAIT = 2_000;

type Output = 'gate' | 'secondary';

/** The output that an action moves. QUERY and RESTART move none. */
const OUTPUT: Readonly<Record<ActionType, Output | undefined>> = {
  QUERY: undefined,
  TRIGGER: 'gate',
  OPEN: 'gate',
  CLOSE: 'gate',
  TRIGGER_SECONDARY: 'secondary',
  RESTART: undefined,
};

interface PendingCommand {
  readonly action: Action;
  readonly answer: Promise<ActionResponse>;
}

/**
 * Sends commands, one at a time for each output: a command never queues behind an unanswered one. The same
 * wish joins it, another fails as BUSY. Everything that goes wrong is a {@link CommandError}.
 */
export class CommandRunner {
  readonly #link: Link;
  readonly #clock: Clock;
  readonly #apiVersion: () => ApiVersion;
  readonly #pending: Record<Output, PendingCommand | undefined> = { gate: undefined, secondary: undefined };
  readonly #stopped = new Signal<void>();

  /** @param apiVersion what the device speaks; asked when the action is about to be sent */
  constructor(link: Link, clock: Clock, apiVersion: () => ApiVersion) {
    this.#link = link;
    this.#clock = clock;
    this.#apiVersion = apiVersion;
  }

  /** @returns the response of the device, which was a success; rejects with a {@link CommandError}. */
  run(action: Action, options: CommandOptions = {}): Promise<ActionResponse> {
    const invalid = invalidOptions(action);
    if (invalid) return Promise.reject(invalid);
    const output = OUTPUT[action.type];
    if (output === undefined) return this.#carryOut(action, options);
    const pending = this.#pending[output];
    if (pending) return isSameWish(pending.action, action) ? pending.answer : Promise.reject(busy(action));
    const answer = this.#carryOut(action, options).finally(() => (this.#pending[output] = undefined));
    this.#pending[output] = { action, answer };
    return answer;
  }

  /** Fails everything that waits for a connection; what was sent is the link's to fail. */
  stop(): void {
    this.#stopped.emit();
  }

  async #carryOut(action: Action, options: CommandOptions): Promise<ActionResponse> {
    const expired = this.#expired(action, options);
    if (expired) throw expired;
    if (this.#link.state !== 'ready') await this.#connected(action, options);
    const problem = unsupported(action, this.#apiVersion());
    if (problem) throw problem;
    let response: ActionResponse;
    try {
      response = await this.#link.request(action, requestOptions(options));
    } catch (error) {
      throw unanswered(action, error);
    }
    if (!response.success) throw rejected(response);
    return response;
  }

  #expired(action: Action, { deadline, signal }: CommandOptions): CommandError | undefined {
    if (signal?.aborted)
      return new CommandError('EXPIRED', `${action.type}: It was given up before it could be sent.`);
    if (deadline === undefined || this.#clock.monotonic() <= deadline) return undefined;
    return new CommandError('EXPIRED', `${action.type}: Its time ran out before it could be sent.`);
  }

  #offline(action: Action): CommandError {
    const { diagnosis } = this.#link;
    const why = diagnosis
      ? `${diagnosis.message} ${diagnosis.remedy}`
      : 'There is no connection to the device.';
    return new CommandError('OFFLINE', `${action.type}: ${why}`);
  }

  /** Waits for a connection if one is being made at this moment, {@link CONNECT_WAIT} at most. */
  #connected(action: Action, options: CommandOptions): Promise<void> {
    const { deadline, signal } = options;
    return new Promise((resolve, reject) => {
      const settle = (error?: CommandError): void => {
        timer.cancel();
        ready();
        down();
        signal?.removeEventListener('abort', abort);
        stopped();
        if (error) reject(error);
        else resolve();
      };
      const giveUp = (): void => settle(this.#offline(action));
      const giveUpUnlessConnecting = (): void => {
        if (this.#link.state !== 'connecting') giveUp();
      };
      const abort = (): void => settle(this.#expired(action, options));
      const left = deadline === undefined ? Infinity : deadline - this.#clock.monotonic();
      const timer = this.#clock.after(Math.min(left, CONNECT_WAIT), giveUp);
      const ready = this.#link.ready.on(() => settle());
      const down = this.#link.down.on(giveUpUnlessConnecting);
      signal?.addEventListener('abort', abort, { once: true });
      const stopped = this.#stopped.on(giveUp);
      giveUpUnlessConnecting();
    });
  }
}

/** A second pulse is another wish than the first one: the gate would stop. */
function isSameWish(a: Action, b: Action): boolean {
  return (a.type === 'OPEN' || a.type === 'CLOSE') && a.type === b.type && a.duration === b.duration;
}

function busy({ type }: Action): CommandError {
  return new CommandError('BUSY', `${type}: Another command to the same output is not answered yet.`);
}

/** The same, without keys that are there and undefined. */
function requestOptions({ deadline, signal }: CommandOptions): CommandOptions {
  return { ...(deadline !== undefined && { deadline }), ...(signal && { signal }) };
}
