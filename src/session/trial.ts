import type { Clock, Timer } from '../base/clock.ts';
import type { ActionResponse } from '../wire/actions.ts';
import type { RemootioEventType } from '../wire/events.ts';
import type { ApiKeys } from '../wire/keys.ts';
import type { CloseReason, PastSession, ReachedStep } from './close-reason.ts';
import type { DeviceHello } from './link.ts';
import { Session } from './session.ts';
import type { Target } from './transport.ts';

/** One session that is only tried: how far it came, how it ended, and what was heard in it. */
export interface Trial extends PastSession {
  readonly hello: DeviceHello | undefined;
  /** The answer to the QUERY that ends the authentication. */
  readonly response: ActionResponse | undefined;
  /** How long that answer took, in milliseconds. */
  readonly roundTrip: number | undefined;
  readonly events: readonly RemootioEventType[];
}

export interface TrialOptions {
  readonly target: Target;
  readonly keys: ApiKeys;
  readonly clock: Clock;
  readonly expectedSerial?: string | undefined;
  /** How long a session that is ready is kept, in milliseconds: whoever else wants the slot shows by then. */
  readonly linger: number;
  /** Ends it early. */
  readonly signal?: AbortSignal;
  readonly onHello?: (hello: DeviceHello) => void;
  readonly onReady?: (response: ActionResponse) => void;
}

/** Never rejects. Resolves when the connection is gone, so that the next one finds the slot free. */
export async function trySession(options: TrialOptions): Promise<Trial> {
  const { target, keys, clock, expectedSerial, linger, signal, onHello, onReady } = options;
  let hello: DeviceHello | undefined;
  let response: ActionResponse | undefined;
  let roundTrip: number | undefined;
  let readyAt: number | undefined;
  let timer: Timer | undefined;
  const events: RemootioEventType[] = [];
  const ended = await new Promise<{ reason: CloseReason; reached: ReachedStep }>((resolve) => {
    const session = new Session({
      target,
      keys,
      clock,
      expectedSerial: () => expectedSerial,
      listener: {
        onHello: (said) => {
          hello = said;
          onHello?.(said);
        },
        onRefused: (said) => (hello = said),
        onMessage: (message) => {
          if (message.kind === 'event') {
            events.push(message.event.type);
            return;
          }
          response = message.response;
          roundTrip = message.at - message.sentAt;
        },
        onReady: () => {
          readyAt = clock.monotonic();
          if (response) onReady?.(response);
          timer = clock.after(linger, stop);
        },
        onClosed: (reason, reached) => {
          timer?.cancel();
          signal?.removeEventListener('abort', stop);
          void session.gone.then(() => resolve({ reason, reached }));
        },
        onIgnored: () => undefined,
      },
    });
    const stop = (): void => void session.close();
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
  });
  const readyFor = readyAt === undefined ? undefined : clock.monotonic() - readyAt;
  return { ...ended, readyFor, hello, response, roundTrip, events };
}
