import type { Clock, Timer } from '../base/clock.ts';
import type { CloseReason, PastSession, ReachedStep } from '../session/close-reason.ts';
import type { DeviceHello } from '../session/link.ts';
import { Session } from '../session/session.ts';
import type { Target } from '../session/transport.ts';
import type { ActionResponse } from '../wire/actions.ts';
import type { RemootioEventType } from '../wire/events.ts';
import type { ApiKeys } from '../wire/keys.ts';

/** One session with the device: how far it came, how it ended, and what was heard in it. */
export interface Tried extends PastSession {
  readonly hello: DeviceHello | undefined;
  /** The answer to the QUERY that ends the authentication. */
  readonly response: ActionResponse | undefined;
  readonly events: readonly RemootioEventType[];
}

export interface TryOptions {
  readonly target: Target;
  readonly keys: ApiKeys;
  readonly clock: Clock;
  readonly expectedSerial: string | undefined;
  /** How long a session that is ready is kept, in milliseconds: whoever else wants the slot shows by then. */
  readonly linger: number;
  /** Ends it early. */
  readonly signal: AbortSignal;
  readonly onHello: (hello: DeviceHello) => void;
  readonly onReady: (response: ActionResponse) => void;
}

/** Never rejects. Resolves when the connection is gone, so that the next one finds the slot free. */
export async function trySession(options: TryOptions): Promise<Tried> {
  const { target, keys, clock, expectedSerial, linger, signal, onHello, onReady } = options;
  let hello: DeviceHello | undefined;
  let response: ActionResponse | undefined;
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
        hello: (said) => {
          hello = said;
          onHello(said);
        },
        refused: (said) => (hello = said),
        message: (message) => {
          if (message.kind === 'event') events.push(message.event.type);
          else response ??= message.response;
        },
        ready: () => {
          readyAt = clock.monotonic();
          if (response) onReady(response);
          timer = clock.after(linger, stop);
        },
        closed: (reason, reached) => {
          timer?.cancel();
          signal.removeEventListener('abort', stop);
          void session.gone.then(() => resolve({ reason, reached }));
        },
        ignored: () => undefined,
      },
    });
    const stop = (): void => void session.close();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
  const readyFor = readyAt === undefined ? undefined : clock.monotonic() - readyAt;
  return { ...ended, readyFor, hello, response, events };
}
