import type { Clock, Timer } from '../base/clock.ts';
import { nextActionId } from '../wire/action-id.ts';
import type { Action, ActionResponse, ActionType } from '../wire/actions.ts';
import { SessionError } from './errors.ts';
import type { RequestOptions } from './link.ts';

/** After this the id counter of the session can no longer be trusted. */
export const ANSWER_LIMIT = 5000;

/** Whose queue it is. */
export interface RequestSender {
  /** Hands an action to the socket. @returns false when the socket did not take it. */
  sendAction(action: Action, id: number): boolean;
  /** Hands a PING to the socket. @returns false when the socket did not take it. */
  sendPing(): boolean;
  /** A frame was not answered in time: the session must end. Its caller has been told already. */
  onUnanswered(type: ActionType | 'PING'): void;
}

type Request = (
  | { readonly action: Action; readonly resolve: (response: ActionResponse) => void }
  | { readonly action?: never; readonly resolve: () => void }
) & { readonly reject: (error: SessionError) => void };

interface Waiting {
  readonly request: Request;
  readonly deadline: number | undefined;
  /** Ends whatever could drop it unsent. */
  readonly release: () => void;
}

interface Outstanding {
  readonly request: Request;
  /** Undefined for a PING. */
  readonly id: number | undefined;
  readonly sentAt: number;
  readonly limit: Timer;
}

/**
 * One frame outstanding at a time: a device parses one websocket frame for each `recv()`, and a second one in
 * the same TCP segment is lost. An id is given to an action when it is sent, since the device ends the session
 * at the first gap. Nothing that was sent is ever sent again.
 */
export class RequestQueue {
  readonly #sender: RequestSender;
  readonly #clock: Clock;
  readonly #waiting: Waiting[] = [];
  #lastActionId: number;
  #outstanding: Outstanding | undefined;
  #closed = false;

  /** @param lastActionId of the last action that was sent */
  constructor(sender: RequestSender, clock: Clock, lastActionId: number) {
    this.#sender = sender;
    this.#clock = clock;
    this.#lastActionId = lastActionId;
  }

  /** The action that the device has not answered yet, if there is one. */
  get unanswered(): ActionType | undefined {
    return this.#outstanding?.request.action?.type;
  }

  /** Sends an action when its turn comes. Rejects with a `SessionError`, whose `outcome` says what is known. */
  request(action: Action, options: RequestOptions = {}): Promise<ActionResponse> {
    return new Promise((resolve, reject) => this.#enqueue({ action, resolve, reject }, options));
  }

  /** Sends a PING when its turn comes, and resolves with its PONG. Rejects like {@link request}. */
  ping(options: RequestOptions = {}): Promise<void> {
    return new Promise((resolve, reject) => this.#enqueue({ resolve, reject }, options));
  }

  /**
   * Takes the response of the outstanding action: its caller's promise resolves, the next one is sent.
   * @returns when the action had been handed to the socket, or undefined where nobody waits for this response.
   */
  onResponse(response: ActionResponse): { readonly sentAt: number } | undefined {
    const outstanding = this.#outstanding;
    if (!outstanding?.request.action || outstanding.id !== response.id) return undefined;
    if (outstanding.request.action.type !== response.type) return undefined;
    outstanding.request.resolve(response);
    this.#answered(outstanding);
    return { sentAt: outstanding.sentAt };
  }

  /** @returns whether a PING was waiting for it. */
  onPong(): boolean {
    const outstanding = this.#outstanding;
    if (!outstanding || outstanding.request.action) return false;
    outstanding.request.resolve();
    this.#answered(outstanding);
    return true;
  }

  /** The session ended: what was sent has an unknown outcome, what was not never will be. */
  close(): void {
    this.#closed = true;
    const outstanding = this.#outstanding;
    if (outstanding) {
      outstanding.limit.cancel();
      outstanding.request.reject(
        new SessionError('CONNECTION_LOST', 'The connection to the device was lost before it answered.'),
      );
    }
    for (const waiting of this.#waiting.splice(0)) {
      waiting.release();
      waiting.request.reject(notConnected());
    }
  }

  #enqueue(request: Request, { deadline, signal }: RequestOptions): void {
    const clock = this.#clock;
    if (this.#closed) {
      request.reject(notConnected());
      return;
    }
    if (signal?.aborted) {
      request.reject(expired(GIVEN_UP));
      return;
    }
    if (this.#isPast(deadline)) {
      request.reject(expired(TOO_LATE));
      return;
    }
    if (!this.#outstanding && this.#waiting.length === 0) {
      this.#send(request);
      return;
    }
    const drop = (why: string): void => {
      release();
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
      request.reject(expired(why));
    };
    const abort = (): void => drop(GIVEN_UP);
    const timer =
      deadline === undefined ? undefined : clock.after(deadline - clock.monotonic(), () => drop(TOO_LATE));
    const release = (): void => {
      timer?.cancel();
      signal?.removeEventListener('abort', abort);
    };
    signal?.addEventListener('abort', abort, { once: true });
    const waiting: Waiting = { request, deadline, release };
    this.#waiting.push(waiting);
    this.#pump();
  }

  /** Sends what waits, if nothing is outstanding. */
  #pump(): void {
    while (!this.#outstanding && !this.#closed) {
      const next = this.#waiting.shift();
      if (!next) return;
      next.release();
      // The timer of a deadline can be late.
      if (this.#isPast(next.deadline)) next.request.reject(expired(TOO_LATE));
      else this.#send(next.request);
    }
  }

  #send(request: Request): void {
    const sentAt = this.#clock.monotonic();
    const limit = this.#clock.after(ANSWER_LIMIT, () => this.#onLimit(request));
    const id = request.action && nextActionId(this.#lastActionId);
    this.#outstanding = { request, id, sentAt, limit };
    const taken =
      request.action && id !== undefined
        ? this.#sender.sendAction(request.action, id)
        : this.#sender.sendPing();
    if (taken) {
      if (id !== undefined) this.#lastActionId = id;
      return;
    }
    limit.cancel();
    this.#outstanding = undefined;
    request.reject(notConnected());
  }

  #answered(outstanding: Outstanding): void {
    outstanding.limit.cancel();
    this.#outstanding = undefined;
    this.#pump();
  }

  #onLimit(request: Request): void {
    const type = request.action?.type ?? 'PING';
    request.reject(
      new SessionError('NO_ANSWER', `The device did not answer ${type} within ${ANSWER_LIMIT / 1000} s.`),
    );
    // It stays outstanding: nothing more is sent, and the session that ends now sees what is unanswered.
    this.#sender.onUnanswered(type);
  }

  #isPast(deadline: number | undefined): boolean {
    return deadline !== undefined && this.#clock.monotonic() >= deadline;
  }
}

const TOO_LATE = 'could not be sent before its deadline';
const GIVEN_UP = 'was given up';

function expired(why: string): SessionError {
  return new SessionError('EXPIRED', `The action ${why}; it was not sent.`);
}

/** The answer to whoever asks while there is no authenticated session. */
export function notConnected(): SessionError {
  return new SessionError('NOT_CONNECTED', 'There is no connection to the device.');
}
