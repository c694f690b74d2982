import type { Signal } from '../base/emitter.ts';

/** HAP's TargetDoorState. */
export type TargetDoorState = 0 | 1;
/** HAP's CurrentDoorState, less 4 (stopped), which is not a resting state in Apple Home. */
export type CurrentDoorState = 0 | 1 | 2 | 3;

export const OPEN = 0;
export const CLOSED = 1;
export const OPENING = 2;
export const CLOSING = 3;

/** What Apple Home is shown. */
export interface DoorView {
  readonly target: TargetDoorState;
  readonly current: CurrentDoorState;
  readonly obstruction: boolean;
  /** A reading of `current` must fail: offline for longer than the grace, no sensor, or never known. */
  readonly unavailable: boolean;
  /** Why it is shown so, for the log and the settings page, e.g. "opened from Home", "sensor closed". */
  readonly reason: string;
}

/** What is kept on disk at each change, and given back at the next start. */
export interface DoorMemory {
  readonly target: TargetDoorState;
  /** A travel is restored as open at rest. */
  readonly current: CurrentDoorState;
  readonly obstruction: boolean;
  /** Learned times in milliseconds; undefined until learned. */
  readonly learnedCloseTime?: number;
}

/** Why a write from Home fails; `homekit/` maps it to the HAP status. */
export type DoorWriteFailure =
  /** -70402 */
  | 'offline'
  /** -70402: the device refused it, or cannot do it. */
  | 'failed'
  /** -70403 */
  | 'busy'
  /** -70408 */
  | 'no answer'
  /** -70412 */
  | 'not now'
  /** -70401 */
  | 'read only';

/** A door over one device: what the accessory, the command line and the local channel drive. */
export interface Door {
  readonly view: DoorView;
  /** At rest, and the sensor has said in the present session that it stands so. */
  readonly settled: boolean;
  /** The accessory was read: asks the device again if its last word is older than 10 s. */
  read(): DoorView;
  /**
   * Carries out a write of TargetDoorState. Resolves when the device has accepted it (or there was nothing to
   * do); rejects with a `DoorWriteError` within 2.5 s otherwise.
   */
  setTarget(target: TargetDoorState): Promise<void>;
  /** The view changed, or must be pushed again (back online, a failed write). */
  readonly changed: Signal<DoorView>;
  /** What must be on disk changed. */
  readonly remember: Signal<DoorMemory>;
  stop(): void;
}
