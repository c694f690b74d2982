import type { HAP, PlatformAccessory, Service } from 'homebridge';
import type { Clock } from '../base/clock.ts';
import type { Signal } from '../base/emitter.ts';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { DeviceConfig } from '../config/fields.ts';
import type { Device } from '../device/types.ts';
import { DoorWriteError } from '../door/errors.ts';
import type { OutputHold } from '../door/output-hold.ts';
import { OFFLINE_GRACE } from '../door/state.ts';
import type { Door } from '../door/types.ts';
import type { CommandName, GateHappening } from './gate-events.ts';
import { writeError } from './hap-status.ts';
import type { GateState } from './state-store.ts';

/** What a service of a gate is made of. */
export interface CompanionParts {
  readonly hap: HAP;
  readonly accessory: PlatformAccessory;
  readonly config: DeviceConfig;
  readonly device: Device;
  readonly door: Door;
  readonly hold: OutputHold;
  readonly clock: Clock;
  readonly log: Log;
  readonly happened: Signal<GateHappening>;
  /** What is on disk of the gate, and puts something there. */
  readonly remembered: () => GateState | undefined;
  readonly remember: (changes: Partial<GateState>) => void;
  /** Something that Homebridge keeps of the accessory changed. */
  readonly saveAccessory: () => void;
}

/** A service of a gate, or several that belong together, as long as they are shown. */
export interface Companion {
  readonly services: readonly Service[];
  /** They stay as they are, and no longer follow the device. */
  stop(): void;
}

/** Whether the device has been away for so long that nothing known of it is shown any more. */
export function isGone(device: Device, clock: Clock): boolean {
  const { offlineSince } = device.health;
  return offlineSince !== undefined && clock.monotonic() - offlineSince >= OFFLINE_GRACE;
}

/**
 * Says why a write came to nothing. @returns what its handler throws.
 * @param what was to be done, as a participle: "pulsed"
 */
export function failedWrite(
  { hap, log, happened }: Pick<CompanionParts, 'hap' | 'log' | 'happened'>,
  command: CommandName,
  what: string,
  error: unknown,
): Error {
  const reason = messageOf(error);
  happened.emit({ kind: 'refused', command, reason });
  if (error instanceof DoorWriteError) {
    log.info(`could not be ${what} from Home: ${reason}`);
    return writeError(hap, error.failure);
  }
  log.error(`could not be ${what} from Home, for a reason that was not foreseen: ${reason}`);
  return writeError(hap, 'failed');
}
