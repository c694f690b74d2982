import type { DeviceReport } from '../device/types.ts';
import type { KeyUse } from '../wire/events.ts';
import type { SensorState } from '../wire/sensor-state.ts';
import { isPlausibleClosing, learnedCloseTime, type ConfiguredTimes } from './travel-times.ts';
import {
  CLOSED,
  CLOSING,
  OPEN,
  OPENING,
  type DoorMemory,
  type DoorView,
  type TargetDoorState,
} from './types.ts';

/** How long the last state is shown after the device went away. */
export const OFFLINE_GRACE = 45_000;
/** The device is asked again, at a read or before a write is taken for done, when its last word is older. */
export const STALE_AFTER = 10_000;

/** What the owner chose for this door. Times in milliseconds. */
export interface DoorSettings extends ConfiguredTimes {
  /** What a write of "open" does while the gate closes: fail, or pulse the output. */
  readonly whileClosing: 'refuse' | 'pulse';
  /**
   * How the door is driven where there is no status sensor. `switch`: not at all, something else takes its
   * place. Left out: neither, which is worth a warning. In both cases there is no state to show.
   */
  readonly withoutSensor?: 'switch' | 'assumed' | 'directional';
  /** `secondary` is the free output (TRIGGER_SECONDARY), which has no sensor: always assumed. */
  readonly output?: 'primary' | 'secondary';
}

/** A movement that is under way, as far as anybody can tell. */
export interface Travel {
  readonly to: TargetDoorState;
  /** From Home, by a relay trigger of somebody else, or noticed by the sensor alone. */
  readonly cause: 'home' | 'key' | 'sensor';
  /** Completes "opened …" and "closed …". */
  readonly by: string;
  readonly startedAt: number;
  /** When it must be over; after that, until when the device's answer to a QUERY is awaited. */
  readonly deadline: number;
  /** The time is up and the device was asked: its next word settles the travel. */
  readonly asked: boolean;
  /** Began at rest, so that its time can be learned and its failing means something. */
  readonly whole: boolean;
  /** The sensor said "open" in the course of it. */
  readonly leftClosed: boolean;
}

/** A command that was sent from here to this output, and whose RelayTrigger event may yet come. */
export interface OwnCommand {
  readonly since: number;
  /** When its outcome came; undefined while it is outstanding. */
  readonly answeredAt: number | undefined;
}

/** All that the model knows. Plain data; times are monotonic. */
export interface DoorState {
  readonly settings: DoorSettings;
  /** Where it rests, or rested before the {@link travel}. */
  readonly position: TargetDoorState;
  readonly travel: Travel | undefined;
  /** What the model holds is doubtful: the next report, of either kind, is taken at its word. */
  readonly uncertain: boolean;
  readonly obstruction: boolean;
  /** The newest report, also when it did not move the model. */
  readonly report: DeviceReport | undefined;
  /** {@link report} belongs to the session that is up at present. */
  readonly fresh: boolean;
  readonly session: number;
  /** Whether the device has a sensor; undefined until it has said so since the start. */
  readonly sensor: 'present' | 'absent' | undefined;
  /** {@link position} comes from the device or from disk, and is not just the default. */
  readonly known: boolean;
  readonly online: boolean;
  /** Since when nothing current is known; undefined while online with a report. */
  readonly awaySince: number | undefined;
  /** {@link OFFLINE_GRACE} has passed. */
  readonly graceOver: boolean;
  /** Oldest first; of these, one at most is outstanding: the last. */
  readonly own: readonly OwnCommand[];
  /** Start of a closing that ran into its limit: a late `closed` still tells how long it takes. */
  readonly lateClosing: number | undefined;
  /** The latest measured closings. */
  readonly closings: readonly number[];
  readonly reason: string;
  /** When the next tick is needed; undefined when nothing is waited for. Never in the past. */
  readonly deadline: number | undefined;
}

/** Somebody's key operated an output. */
export interface KeyOperation {
  readonly at: number;
  readonly key: KeyUse;
  /** What the sensor said at that moment. */
  readonly sensor: SensorState;
}

/** What the device answered to a command that it accepted. */
export interface Acceptance {
  readonly target: TargetDoorState;
  readonly relayTriggered: boolean;
  readonly sensor: SensorState;
}

export type DoorInput =
  | { readonly kind: 'report'; readonly report: DeviceReport }
  | ({ readonly kind: 'relay' } & KeyOperation)
  /** An output is held active instead of pulsed. */
  | ({ readonly kind: 'held' } & KeyOperation)
  /** SensorEnabled, SensorDisabled, SensorFlipped: what was reported before is worth nothing. */
  | { readonly kind: 'sensor changed' }
  | { readonly kind: 'sent' }
  | ({ readonly kind: 'accepted' } & Acceptance)
  /** `busy`: the relay was, so somebody is operating the gate. Also for what was never sent. */
  | { readonly kind: 'rejected'; readonly busy: boolean }
  /** Sent, and the outcome will not be known. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'online' }
  | { readonly kind: 'offline'; readonly since: number }
  | { readonly kind: 'tick' };

export type DoorEffect =
  /** Ask the device how it is. */
  | { readonly kind: 'query' }
  /** Show the view again, even if it is the same. */
  | { readonly kind: 'push' }
  | { readonly kind: 'log'; readonly level: 'debug' | 'info' | 'warn'; readonly message: string };

/** How the model begins: as remembered, with a travel as open at rest; else closed, and not known. */
export function initialState(settings: DoorSettings, memory: DoorMemory | undefined, now: number): DoorState {
  const position = memory && !isRestingClosed(memory) ? OPEN : CLOSED;
  const learned = memory?.learnedCloseTime;
  return {
    settings,
    position,
    travel: undefined,
    uncertain: false,
    obstruction: memory?.obstruction === true && position === OPEN,
    report: undefined,
    fresh: false,
    session: 0,
    sensor: undefined,
    known: memory !== undefined,
    online: false,
    awaySince: now,
    graceOver: false,
    own: [],
    lateClosing: undefined,
    closings: isPlausibleClosing(learned) ? [learned] : [],
    reason: memory ? 'remembered from before the restart' : 'not known yet',
    deadline: now + OFFLINE_GRACE,
  };
}

function isRestingClosed(memory: DoorMemory): boolean {
  return memory.target === CLOSED && memory.current === CLOSED;
}

/** What Apple Home is shown. */
export function viewOf(state: DoorState): DoorView {
  const { travel, position, obstruction } = state;
  const target = travel?.to ?? position;
  const current = travel ? (travel.to === OPEN ? OPENING : CLOSING) : position;
  const unavailable = unavailableBecause(state);
  return {
    target,
    current,
    obstruction,
    unavailable: unavailable !== undefined,
    reason: unavailable ?? state.reason,
  };
}

function unavailableBecause(state: DoorState): string | undefined {
  if (!isSensorless(state) && state.sensor === 'absent') return 'the device has no status sensor';
  if (!state.known) return 'not known yet';
  return state.graceOver ? 'the device is offline' : undefined;
}

/** Whether the door is driven without a sensor, by travel time alone. A sensor that speaks is believed. */
export function isSensorless(state: DoorState): boolean {
  if (state.settings.output === 'secondary') return true;
  const { withoutSensor = 'switch' } = state.settings;
  return withoutSensor !== 'switch' && state.sensor !== 'present';
}

/** Whether it is at rest, and stands where the sensor says in the present session that it does. */
export function isSettled(state: DoorState): boolean {
  const { online, fresh, uncertain, travel, position, report, sensor } = state;
  if (!online || !fresh || uncertain || travel || sensor !== 'present' || isSensorless(state)) return false;
  return report?.sensor === (position === OPEN ? 'open' : 'closed');
}

/** What is kept on disk. A travel is kept as open: nobody will have watched how it ended. */
export function memoryOf(state: DoorState): DoorMemory | undefined {
  if (!state.known) return undefined;
  const position = state.travel ? OPEN : state.position;
  const learned = learnedCloseTime(state.closings);
  return {
    target: position,
    current: position,
    obstruction: state.obstruction,
    ...(learned === undefined ? {} : { learnedCloseTime: learned }),
  };
}
