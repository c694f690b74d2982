import type { Travel } from './state.ts';
import { openingTime, closingTime } from './travel-times.ts';
import type { Turn } from './turn.ts';
import { OPEN, type TargetDoorState } from './types.ts';
import { byKey } from './words.ts';
import type { KeyUse } from '../wire/events.ts';

/** Why a travel began. */
export type Origin = Pick<Travel, 'cause' | 'by'>;

export const FROM_HOME: Origin = { cause: 'home', by: 'from Home' };
/** Only the sensor told of it: the opener's own remote control, a hand, or a key without logging. */
export const UNSEEN: Origin = { cause: 'sensor', by: 'not from Home' };

export function fromKey(key: KeyUse): Origin {
  return { cause: 'key', by: byKey(key) };
}

/**
 * The gate starts to move.
 * @param limitOfClosing from the time that a closing takes to the time that it is given.
 */
export function depart(
  turn: Turn,
  to: TargetDoorState,
  origin: Origin,
  startedAt: number,
  limitOfClosing: (closeTime: number) => number,
): void {
  const { settings, closings, travel } = turn.state;
  const limit =
    to === OPEN ? openingTime(settings, closings) : limitOfClosing(closingTime(settings, closings));
  turn.begin({ ...origin, to, startedAt, limit, whole: travel === undefined });
}
