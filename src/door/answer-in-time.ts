import type { Clock } from '../base/clock.ts';
import type { CommandOptions } from '../device/types.ts';
import type { ActionResponse } from '../wire/actions.ts';
import { DoorWriteError, writeErrorOf } from './errors.ts';

/** A write is answered within this, waiting and retry included: HomeKit's own patience ends soon after. */
export const ANSWER_LIMIT = 2_500;

/**
 * Sends a command that belongs to no door, within the limits of a write from Home. An answer that comes
 * later is `send`'s own business.
 * @returns the device's answer; rejects with a {@link DoorWriteError} in time.
 */
export function answerInTime(
  clock: Clock,
  send: (limits: CommandOptions) => Promise<ActionResponse>,
): Promise<ActionResponse> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(ANSWER_LIMIT, () =>
      reject(new DoorWriteError('no answer', 'the device did not answer in time')),
    );
    send({ deadline: clock.monotonic() + ANSWER_LIMIT })
      .then(resolve, (error: unknown) => reject(writeErrorOf(error)))
      .finally(() => timer.cancel());
  });
}
