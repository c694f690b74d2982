import type { DeviceReport } from '../device/types.ts';
import type { Acceptance, DoorState, KeyOperation, Travel } from './state.ts';
import type { Turn } from './turn.ts';
import type { TargetDoorState } from './types.ts';

/** What a write of the target state comes to, as things stand. */
export type Decision =
  /** There is nothing to do: success, and nothing is sent. */
  | { readonly kind: 'nothing' }
  /** Probably nothing to do, but the device's word for it is not fresh: it is asked, then decided again. */
  | { readonly kind: 'ask' }
  | { readonly kind: 'refuse'; readonly message: string }
  | { readonly kind: 'send'; readonly action: 'open' | 'close' | 'trigger' };

/** How a door is followed and driven: by its sensor, or without one. All of them share one state. */
export interface Strategy {
  report(turn: Turn, report: DeviceReport): void;
  /** A relay trigger of somebody else. */
  relay(turn: Turn, operation: KeyOperation): void;
  /** Somebody else holds the output active. */
  held(turn: Turn, operation: KeyOperation): void;
  /** A command of ours for `target` pulsed the output. */
  ownPulse(turn: Turn, target: TargetDoorState): void;
  /** The device accepted a command of ours and did not pulse the output. */
  withoutPulse(turn: Turn, acceptance: Acceptance): void;
  /** A command of ours may have been carried out. */
  outcomeUnknown(turn: Turn): void;
  /** The deadline of the travel has come. */
  travelOver(turn: Turn, travel: Travel): void;

  /** @param now monotonic */
  decide(state: DoorState, target: TargetDoorState, now: number): Decision;
  /** Whether an accepted command for `target` that pulsed nothing leaves the door on another way. */
  isRefusal(state: DoorState, target: TargetDoorState): boolean;
}

export const SEND_OPEN: Decision = { kind: 'send', action: 'open' };
export const SEND_CLOSE: Decision = { kind: 'send', action: 'close' };
export const SEND_TRIGGER: Decision = { kind: 'send', action: 'trigger' };
export const NOTHING: Decision = { kind: 'nothing' };
export const ASK: Decision = { kind: 'ask' };
/** While it closes, OPEN is ignored by the device, and a pulse may do anything. */
export const STILL_CLOSING: Decision = {
  kind: 'refuse',
  message: 'it is closing: it cannot be opened before it has arrived',
};
