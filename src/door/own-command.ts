import type { KeyOperation } from './state.ts';
import type { Turn } from './turn.ts';

/** A RelayTrigger by `api key` is ours if it is no further than this from our own action. */
const OWN_TRIGGER_WINDOW = 3_000;
/** Event times come in steps of 100 ms, by a clock that is not ours. */
export const EVENT_TIME_ERROR = 1_000;

/** A command goes out: from now on its RelayTrigger event may come, even before its response. */
export function ownSent(turn: Turn): void {
  const claimable = turn.state.own.filter(
    ({ answeredAt }) => answeredAt !== undefined && turn.now <= answeredAt + OWN_TRIGGER_WINDOW,
  );
  turn.set({ own: [...claimable, { since: turn.now, answeredAt: undefined }] });
}

/** Its outcome is here, and the output was pulsed, or may have been: the event can still come. */
export function ownAnswered(turn: Turn): void {
  const own = turn.state.own.map((command) => ({ ...command, answeredAt: command.answeredAt ?? turn.now }));
  turn.set({ own });
}

/** It pulsed nothing, so that there is no event to come. */
export function ownDropped(turn: Turn): void {
  turn.set({ own: turn.state.own.filter(({ answeredAt }) => answeredAt !== undefined) });
}

/** Whether this is the event of our own action. Each action has one such event, and they come in order. */
export function claimOwn(turn: Turn, { key, at }: KeyOperation): boolean {
  if (key.keyType !== 'api key') return false;
  const { own } = turn.state;
  const claimed = own.find(
    ({ since, answeredAt }) =>
      at >= since - EVENT_TIME_ERROR && at <= (answeredAt ?? turn.now) + OWN_TRIGGER_WINDOW,
  );
  if (!claimed) return false;
  turn.set({ own: own.filter((command) => command !== claimed) });
  return true;
}

/**
 * Whether the relay may be busy with our own pulse. Only later does a busy relay mean that somebody else is
 * operating the gate at that moment.
 */
export function isOwnPulse({ state: { travel }, now }: Turn): boolean {
  return travel?.cause === 'home' && now < travel.startedAt + OWN_TRIGGER_WINDOW;
}
