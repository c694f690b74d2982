import type { DeviceHealth, TimedEvent } from '../device/types.ts';
import type { AutoCloseStep } from '../door/auto-close.ts';
import type { DoorView } from '../door/types.ts';

/** What can be written to beside the door itself. */
export type CommandName = 'trigger' | 'secondary' | 'hold';
/** Everything that this plugin can do to a gate. */
export type OwnCommand = CommandName | 'open' | 'close' | 'restart';

/** Something that happened to a gate, or was done by it: what a journal wants to hear. */
export type GateHappening =
  /** As the device tells it, late ones included. */
  | { readonly kind: 'event'; readonly event: TimedEvent }
  | { readonly kind: 'health'; readonly health: DeviceHealth }
  /** What Apple Home is shown changed; also for the door of the second output. */
  | { readonly kind: 'door'; readonly door: 'gate' | 'secondary'; readonly view: DoorView }
  /** Somebody wants something done; nothing is sent yet. Without `by` it is Apple Home. */
  | { readonly kind: 'asked'; readonly command: OwnCommand; readonly by?: string }
  /** It was sent, and the device accepted it. */
  | { readonly kind: 'command'; readonly command: OwnCommand; readonly minutes?: number | undefined }
  | { readonly kind: 'refused'; readonly command: OwnCommand; readonly reason: string }
  | { readonly kind: 'left open'; readonly openFor: number }
  | { readonly kind: 'auto-close'; readonly step: AutoCloseStep };
