import type { HAP } from 'homebridge';
import type { Signal } from '../base/emitter.ts';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { DoorWriteError } from '../door/errors.ts';
import { OPEN, type Door, type TargetDoorState } from '../door/types.ts';
import type { GateHappening, OwnCommand } from './gate-events.ts';
import { writeError } from './hap-status.ts';

export interface DoorWritesOptions {
  readonly hap: HAP;
  readonly door: Door;
  readonly log: Log;
  readonly happened: Signal<GateHappening>;
  /** Whose door it is; the gate's if left out. */
  readonly output?: 'secondary';
}

/** Hands what Home writes on to a door, and says why where it came to nothing. */
export class DoorWrites {
  readonly #options: DoorWritesOptions;

  constructor(options: DoorWritesOptions) {
    this.#options = options;
  }

  /**
   * Rejects with what the handler of a write throws.
   * @param how completes "could not be opened …"
   * @param by who writes, where that is not Apple Home
   */
  async write(target: TargetDoorState, how: string, by?: string): Promise<void> {
    const { door, happened, hap, log, output } = this.#options;
    const command: OwnCommand = output ?? (target === OPEN ? 'open' : 'close');
    happened.emit({ kind: 'asked', command, ...(by !== undefined && { by }) });
    try {
      if (await setTarget(door, target)) happened.emit({ kind: 'command', command });
    } catch (error) {
      const wish = target === OPEN ? 'opened' : 'closed';
      const reason = messageOf(error);
      happened.emit({ kind: 'refused', command, reason });
      if (error instanceof DoorWriteError) {
        log.info(`could not be ${wish} ${how}: ${reason}`);
        throw writeError(hap, error.failure);
      }
      log.error(`could not be ${wish} ${how}, for a reason that was not foreseen: ${reason}`);
      throw writeError(hap, 'failed');
    }
  }
}

/** As {@link Door.setTarget}. @returns whether that began a travel, and did not find it there or on its way. */
export async function setTarget(door: Door, target: TargetDoorState): Promise<boolean> {
  const isOnItsWay = ({ view }: Door): boolean => view.target === target && view.current !== target;
  const wasOnItsWay = isOnItsWay(door);
  await door.setTarget(target);
  return isOnItsWay(door) && !wasOnItsWay;
}
