/**
 * A Remootio gate or garage-door controller for any Node program, without Homebridge: typed commands, events
 * with their true times, and a connection that is made again for as long as it is wanted.
 *
 * @packageDocumentation
 */
import { systemClock, type Clock } from './base/clock.ts';
import { Signal, type Unsubscribe } from './base/emitter.ts';
import { GatehouseError } from './base/errors.ts';
import { silentLog, type Log } from './base/log.ts';
import { valuesOf } from './base/signal-values.ts';
import { createDevice } from './device/create-device.ts';
import type { Device, DeviceHealth, DeviceIdentity, OutputOptions, TimedEvent } from './device/types.ts';
import { whenOnline } from './device/when-online.ts';
import type { Diagnosis } from './session/diagnosis.ts';
import type { ActionResponse } from './wire/actions.ts';
import { apiKeyProblem, parseApiKey, type ApiKeys } from './wire/keys.ts';
import type { SensorState } from './wire/sensor-state.ts';

export type { Unsubscribe } from './base/emitter.ts';
export { GatehouseError } from './base/errors.ts';
export type { Log } from './base/log.ts';
export { CommandError, type CommandErrorCode } from './device/errors.ts';
export type { DeviceIdentity, TimedEvent } from './device/types.ts';
export { ConnectError } from './device/when-online.ts';
export type { Diagnosis, DiagnosisCode } from './session/diagnosis.ts';
export { ACTION_TYPES, type ActionResponse, type ActionType, type KnownErrorCode } from './wire/actions.ts';
export {
  EVENT_TYPES,
  KEY_USE_EVENT_TYPES,
  PLAIN_EVENT_TYPES,
  type EventBase,
  type KeyRights,
  type KeyUse,
  type KeyUseEventType,
  type PlainEventType,
  type RemootioEvent,
  type RemootioEventType,
} from './wire/events.ts';
export type { ApiVersion } from './wire/frames.ts';
export type { SensorState } from './wire/sensor-state.ts';

/** Where a device is, and the keys that the Remootio app shows for it. */
export interface RemootioDeviceOptions {
  /** Host name or IP address; an IPv6 address without brackets. */
  readonly host: string;
  /** 8080 by default. */
  readonly port?: number | undefined;
  /** 64 hex digits; spaces and line breaks do no harm. */
  readonly apiSecretKey: string;
  /** 64 hex digits; spaces and line breaks do no harm. */
  readonly apiAuthKey: string;
  /** Any other device on that address is refused. API version 2 and later. */
  readonly serialNumber?: string | undefined;
  /** Told about trouble in plain words; nobody by default. Never told a key. */
  readonly log?: Log | undefined;
}

/** How to wait for the connection. */
export interface ConnectOptions {
  /** Milliseconds; 15 000 by default. */
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How a command is given. */
export interface CommandOptions {
  /**
   * Milliseconds within which it must be sent, or it is not sent at all. Without it a command waits 2 s at
   * most for a connection that is being made.
   */
  readonly timeout?: number | undefined;
  /** Gives it up if it was not sent yet. */
  readonly signal?: AbortSignal | undefined;
}

/** How a command that operates an output is given. */
export interface OutputCommandOptions extends CommandOptions {
  /** Holds the output active for so many whole minutes instead of pulsing it. API version 3 and later. */
  readonly holdMinutes?: number | undefined;
}

/** How things are between here and the device. */
export interface ConnectionStatus {
  readonly state: 'stopped' | 'connecting' | 'online' | 'offline';
  /** What is wrong at the moment, in plain words and with a remedy, where it can be named. */
  readonly diagnosis: Diagnosis | undefined;
  /** What the sensor last said over this connection. */
  readonly sensor: SensorState | undefined;
  /** Whether the API was enabled with logging, as far as the events have told. */
  readonly logging: 'on' | 'off' | 'unknown';
  readonly identity: DeviceIdentity | undefined;
}

/** What the sensor said. */
export interface SensorReport {
  readonly state: SensorState;
  /** `level`: so it is, in answer to a question. `edge`: it just became so. */
  readonly kind: 'level' | 'edge';
  /** Wall time at which it was so, in milliseconds since 1970. */
  readonly at: number;
}

/** What can be listened to, by its name. */
export interface Notices {
  /** Something happened on the device: who operated it, the doorbell, a restart, … */
  readonly event: TimedEvent;
  /** The sensor was heard. Only what is fresh; old news reaches `event` alone. */
  readonly sensor: SensorReport;
  /** The connection came, went, or something was learned of it. */
  readonly connection: ConnectionStatus;
}

/** One of {@link Notices}, with its name. */
export type Notice = {
  readonly [Name in keyof Notices]: { readonly type: Name; readonly value: Notices[Name] };
}[keyof Notices];

/** The options of a device make no sense. The message says which one, and never quotes a key. */
export class OptionsError extends GatehouseError {
  override readonly code = 'INVALID_OPTIONS';
  override readonly retry = false;
}

const CONNECT_TIMEOUT = 15_000;
const DEFAULT_PORT = 8080;

/**
 * A Remootio device. Nothing happens before {@link RemootioDevice.connect}; from then on the connection is
 * made again whenever it breaks, until {@link RemootioDevice.disconnect}.
 *
 * A device allows one connection at a time: what else uses its API must be stopped first. A command that was
 * not answered is never sent again.
 */
export class RemootioDevice implements AsyncDisposable {
  readonly #device: Device;
  readonly #clock: Clock = systemClock;
  readonly #notices = new Signal<Notice>();
  /** Only whoever reads {@link RemootioDevice.notices} needs it. */
  #ended: AbortController | undefined;
  #disconnected = false;

  /** @throws {@link OptionsError} when an option makes no sense. */
  constructor(options: RemootioDeviceOptions) {
    const { host, port = DEFAULT_PORT, serialNumber, log = silentLog } = options;
    if (typeof host !== 'string' || host === '') throw new OptionsError('host is missing.');
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw new OptionsError('port must be a whole number from 1 to 65535.');
    }
    this.#device = createDevice({
      target: () => ({ host, port }),
      keys: keysOf(options),
      expectedSerial: () => serialNumber,
      clock: this.#clock,
      log,
    });
    this.#device.event.on((value) => this.#notices.emit({ type: 'event', value }));
    this.#device.report.on(({ kind, sensor, at }) => {
      const wall = Math.round(this.#clock.now() - (this.#clock.monotonic() - at));
      this.#notices.emit({ type: 'sensor', value: { state: sensor, kind, at: wall } });
    });
    this.#device.healthChanged.on((health) => {
      this.#notices.emit({ type: 'connection', value: statusOf(health) });
    });
  }

  /** How things are at this moment. */
  get status(): ConnectionStatus {
    return statusOf(this.#device.health);
  }

  /**
   * Begins to connect, and resolves when the device is online. Attempts go on in the background after a
   * rejection, until {@link RemootioDevice.disconnect}.
   * @throws {@link ConnectError} as soon as it can be named what is wrong, or when the time is over.
   */
  async connect(options: ConnectOptions = {}): Promise<void> {
    if (this.#disconnected) throw new OptionsError('A device that was disconnected cannot be used again.');
    const { timeout = CONNECT_TIMEOUT, signal } = options;
    this.#device.start();
    await whenOnline(this.#device, { clock: this.#clock, timeout, signal });
  }

  /** Asks the device how its sensor is. @throws {@link CommandError} */
  query(options?: CommandOptions): Promise<ActionResponse> {
    return this.#device.query(this.#limits(options));
  }

  /**
   * Opens the gate. An open gate does nothing, and the answer has `relayTriggered: false`.
   * @throws {@link CommandError}; its `outcome` tells whether the device may have carried it out.
   */
  open(options?: OutputCommandOptions): Promise<ActionResponse> {
    return this.#device.open(this.#limits(options));
  }

  /** Closes the gate; see {@link RemootioDevice.open}. To end the connection: {@link RemootioDevice.disconnect}. */
  close(options?: OutputCommandOptions): Promise<ActionResponse> {
    return this.#device.close(this.#limits(options));
  }

  /** Pulses the output that operates the gate, whatever its state; see {@link RemootioDevice.open}. */
  trigger(options?: OutputCommandOptions): Promise<ActionResponse> {
    return this.#device.trigger(this.#limits(options));
  }

  /** Pulses the free output. API version 2 and later; see {@link RemootioDevice.open}. */
  triggerSecondary(options?: OutputCommandOptions): Promise<ActionResponse> {
    return this.#device.triggerSecondary(this.#limits(options));
  }

  /** Restarts the device. @throws {@link CommandError} */
  restart(options?: CommandOptions): Promise<ActionResponse> {
    return this.#device.restart(this.#limits(options));
  }

  /** Calls a listener with everything of one kind. @returns what takes it off again. */
  on<Name extends keyof Notices>(name: Name, listener: (value: Notices[Name]) => void): Unsubscribe {
    return this.#notices.on((notice) => {
      // The type of the value goes with the name.
      if (notice.type === name) listener(notice.value as Notices[Name]);
    });
  }

  /**
   * Everything from this call on, in order. Ends with the signal, or with {@link RemootioDevice.disconnect}.
   * Of more than 1000 that nobody has read, the oldest are dropped.
   */
  notices(options: { readonly signal?: AbortSignal | undefined } = {}): AsyncGenerator<Notice> {
    const { signal } = options;
    this.#ended ??= new AbortController();
    if (this.#disconnected) this.#ended.abort();
    const until = signal ? AbortSignal.any([signal, this.#ended.signal]) : this.#ended.signal;
    return valuesOf(this.#notices, { until });
  }

  /** Ends the connection and every timer; commands without an answer fail. It is not used again afterwards. */
  async disconnect(): Promise<void> {
    await this.#device.stop();
    this.#disconnected = true;
    this.#ended?.abort();
  }

  /** The same as {@link RemootioDevice.disconnect}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.disconnect();
  }

  #limits({ timeout, ...rest }: OutputCommandOptions = {}): OutputOptions {
    const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
    return timeout === undefined ? given : { ...given, deadline: this.#clock.monotonic() + timeout };
  }
}

function statusOf({ state, diagnosis, sensor, logging, identity }: DeviceHealth): ConnectionStatus {
  return { state, diagnosis, sensor, logging, identity };
}

function keysOf({ apiSecretKey, apiAuthKey }: RemootioDeviceOptions): ApiKeys {
  const secretKey = parseApiKey(apiSecretKey);
  const authKey = parseApiKey(apiAuthKey);
  if (!secretKey) throw new OptionsError(`apiSecretKey ${apiKeyProblem(apiSecretKey) ?? 'cannot be read'}.`);
  if (!authKey) throw new OptionsError(`apiAuthKey ${apiKeyProblem(apiAuthKey) ?? 'cannot be read'}.`);
  return { secretKey, authKey };
}
