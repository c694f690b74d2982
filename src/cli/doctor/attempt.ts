import type { Clock } from '../../base/clock.ts';
import type { CloseReason, PastSession, ReachedStep } from '../../session/close-reason.ts';
import type { DeviceHello } from '../../session/link.ts';
import { Session } from '../../session/session.ts';
import type { Target } from '../../session/transport.ts';
import type { ActionResponse } from '../../wire/actions.ts';
import type { RemootioEventType } from '../../wire/events.ts';
import type { ApiKeys } from '../../wire/keys.ts';

/** One session with the device: how far it came, how it ended, and what was heard in it. */
export interface Attempt extends PastSession {
  readonly hello: DeviceHello | undefined;
  /** The answer to the QUERY that ends the authentication. */
  readonly response: ActionResponse | undefined;
  /** How long that answer took, in milliseconds. */
  readonly roundTrip: number | undefined;
  readonly events: readonly RemootioEventType[];
}

export interface AttemptOptions {
  readonly target: Target;
  readonly keys: ApiKeys;
  readonly clock: Clock;
  readonly expectedSerial?: string | undefined;
  /** How long a session that is ready is kept, in milliseconds: whoever else wants the slot shows by then. */
  readonly linger: number;
}

/** Never rejects. Resolves when the connection is gone, so that the next one finds the slot free. */
export async function attempt(options: AttemptOptions): Promise<Attempt> {
  const { target, keys, clock, expectedSerial, linger } = options;
  let hello: DeviceHello | undefined;
  let response: ActionResponse | undefined;
  let roundTrip: number | undefined;
  let readyAt: number | undefined;
  const events: RemootioEventType[] = [];
  const ended = await new Promise<{ reason: CloseReason; reached: ReachedStep }>((resolve) => {
    const session = new Session({
      target,
      keys,
      clock,
      expectedSerial: () => expectedSerial,
      listener: {
        hello: (said) => (hello = said),
        refused: (said) => (hello = said),
        message: (message) => {
          if (message.kind === 'event') {
            events.push(message.event.type);
            return;
          }
          response = message.response;
          roundTrip = message.at - message.sentAt;
        },
        ready: () => {
          readyAt = clock.monotonic();
          timer = clock.after(linger, () => void session.close());
        },
        closed: (reason, reached) => {
          timer?.cancel();
          void session.gone.then(() => resolve({ reason, reached }));
        },
        ignored: () => undefined,
      },
    });
    let timer: ReturnType<Clock['after']> | undefined;
  });
  const readyFor = readyAt === undefined ? undefined : clock.monotonic() - readyAt;
  return { ...ended, readyFor, hello, response, roundTrip, events };
}

/** The step at which an attempt failed; undefined when it did not. */
export type FailedStep = 'name-resolution' | 'port' | 'upgrade' | 'hello' | 'keys' | 'slot';

export const STEPS: readonly FailedStep[] = ['name-resolution', 'port', 'upgrade', 'hello', 'keys', 'slot'];

export function failedStep({ reason, reached }: PastSession): FailedStep | undefined {
  switch (reason.code) {
    case 'stopped':
      return undefined;
    case 'host-not-found':
      return 'name-resolution';
    case 'unreachable':
    case 'refused':
    case 'connect-timeout':
      return 'port';
    case 'upgrade-timeout':
    case 'upgrade-refused':
    case 'upgrade-dropped':
    case 'upgrade-invalid':
      return 'upgrade';
    case 'wrong-device':
      return 'hello';
    default:
  }
  switch (reached) {
    case 'connecting':
      return 'upgrade';
    case 'hello':
      return 'hello';
    case 'challenge':
    case 'verifying':
      return 'keys';
    case 'ready':
      return 'slot';
  }
}
