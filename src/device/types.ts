import type { Signal } from '../base/emitter.ts';
import type { ActionResponse } from '../wire/actions.ts';
import type { RemootioEvent } from '../wire/events.ts';
import type { ApiVersion } from '../wire/frames.ts';
import type { SensorState } from '../wire/sensor-state.ts';
import type { Diagnosis } from '../session/diagnosis.ts';

export interface DeviceIdentity {
  readonly apiVersion: ApiVersion;
  /** API version 2 and later. */
  readonly serialNumber?: string;
  /** API version 2 and later: "remootio-1", "remootio-2", "remootio-3". */
  readonly remootioVersion?: string;
}

/**
 * What the sensor said. A `level` (a response) says how it is; an `edge` (a StateChange event) says that it
 * just became so. Only fresh ones are reported: old events reach the event listeners alone.
 */
export interface DeviceReport {
  readonly kind: 'level' | 'edge';
  readonly sensor: SensorState;
  /** Monotonic time at which it was so, as near as can be told. */
  readonly at: number;
  /** Counts the sessions of this device since the start: tells a report of this session from an older one. */
  readonly session: number;
}

/** An event with its true time. */
export interface TimedEvent {
  readonly event: RemootioEvent;
  /** Wall time at which it happened; undefined where the device's clock of that time was never known. */
  readonly at: number | undefined;
  /** How long before its arrival it happened, in milliseconds; undefined like {@link at}. */
  readonly age: number | undefined;
  /** Older than 15 s, or of unknown time: for the journal only, it must not ring or move anything. */
  readonly old: boolean;
  readonly session: number;
}

export interface DeviceHealth {
  readonly state: 'stopped' | 'connecting' | 'online' | 'offline';
  /** Monotonic time since which it has been without an authenticated session; undefined while online. */
  readonly offlineSince: number | undefined;
  /** Whether an attempt to connect is under way at this moment. */
  readonly connecting: boolean;
  readonly diagnosis: Diagnosis | undefined;
  /** Whether the API was enabled with logging, as far as the events have told. */
  readonly logging: 'on' | 'off' | 'unknown';
  /** What the sensor last said in this session; undefined before the first response. */
  readonly sensor: SensorState | undefined;
  readonly identity: DeviceIdentity | undefined;
}

export interface CommandOptions {
  /** Monotonic time after which it must not be sent any more. */
  readonly deadline?: number;
  readonly signal?: AbortSignal;
}

export interface OutputOptions extends CommandOptions {
  /** Holds the output active for so many whole minutes instead of pulsing it; API version 3 and later. */
  readonly holdMinutes?: number;
}

/** The device as everything above it sees it. Commands reject with a `CommandError`. */
export interface Device {
  readonly health: DeviceHealth;

  start(): void;
  stop(): Promise<void>;
  /** The device was just seen on the network: ends a wait between two attempts. */
  wake(): void;

  query(options?: CommandOptions): Promise<ActionResponse>;
  open(options?: OutputOptions): Promise<ActionResponse>;
  close(options?: OutputOptions): Promise<ActionResponse>;
  trigger(options?: OutputOptions): Promise<ActionResponse>;
  /** API version 2 and later. */
  triggerSecondary(options?: OutputOptions): Promise<ActionResponse>;
  restart(options?: CommandOptions): Promise<ActionResponse>;
  /** Starts one QUERY, coalesced, if the last inbound frame is older than `age` milliseconds. Never throws. */
  refreshIfOlderThan(age: number): void;

  readonly identified: Signal<DeviceIdentity>;
  readonly report: Signal<DeviceReport>;
  readonly event: Signal<TimedEvent>;
  readonly healthChanged: Signal<DeviceHealth>;
}
