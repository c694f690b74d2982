import type { Clock } from '../base/clock.ts';
import { Signal } from '../base/emitter.ts';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { DeviceHello, InboundMessage, Link } from '../session/link.ts';
import type { Action, ActionResponse, ActionType } from '../wire/actions.ts';
import type { RemootioEvent } from '../wire/events.ts';
import type { SensorState } from '../wire/sensor-state.ts';
import { CommandRunner } from './command-runner.ts';
import { DeviceClock, type PlacedEvent } from './device-clock.ts';
import { isNewMemory, type DeviceMemory } from './device-memory.ts';
import { LoggingWatch } from './logging-watch.ts';
import type {
  CommandOptions,
  Device,
  DeviceHealth,
  DeviceIdentity,
  DeviceReport,
  OutputOptions,
  TimedEvent,
} from './types.ts';

/** An event that is older than this is history: it rings no bell and moves nothing. */
export const OLD_EVENT = 15_000;

/** What the device has kept is sent right after a session's first response. Later than that an event is news. */
const REPLAYED_WITHIN = 5_000;

/** A QUERY of our own that could not be sent in this time is pointless. */
const REFRESH_DEADLINE = 5_000;

export interface RemootioDeviceOptions {
  /** The connection; the device starts and stops it. */
  readonly link: Link;
  readonly clock: Clock;
  readonly log: Log;
  /** What {@link RemootioDevice.remember} last gave out before the plugin was restarted. */
  readonly memory?: DeviceMemory;
}

/** A Remootio device over its sessions: commands, and what it says with its true time. */
export class RemootioDevice implements Device {
  readonly identified = new Signal<DeviceIdentity>();
  readonly report = new Signal<DeviceReport>();
  readonly event = new Signal<TimedEvent>();
  readonly healthChanged = new Signal<DeviceHealth>();
  /** What must be on disk changed. */
  readonly remember = new Signal<DeviceMemory>();

  readonly #link: Link;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #deviceClock: DeviceClock;
  readonly #commands: CommandRunner;
  readonly #logging: LoggingWatch;
  #memory: DeviceMemory | undefined;
  #identity: DeviceIdentity | undefined;
  #phase: DeviceHealth['state'] = 'stopped';
  #offlineSince: number | undefined;
  #session = 0;
  /** When the present or the last session became ready. */
  #readyAt = 0;
  /** Of the session that has had no response yet: until then nothing proves that this device has our keys. */
  #greeting: DeviceHello | undefined;
  #sensor: SensorState | undefined;
  /** `t100ms` of the newest report; every response makes one, so it is always of the device's present boot. */
  #reportedAt = 0;
  #refreshing = false;
  /** The last session of which the log was told that events are missing. */
  #gapSession: number | undefined;
  #lastHealth: DeviceHealth;

  constructor({ link, clock, log, memory }: RemootioDeviceOptions) {
    this.#link = link;
    this.#clock = clock;
    this.#log = log;
    this.#memory = memory;
    this.#deviceClock = new DeviceClock(memory);
    this.#commands = new CommandRunner(link, clock, () => this.#identity?.apiVersion ?? 1);
    this.#logging = new LoggingWatch(clock, () => this.#healthMayHaveChanged());
    this.#offlineSince = clock.monotonic();
    this.#lastHealth = this.health;
    link.hello.on((hello) => this.#onHello(hello));
    link.message.on((message) => this.#onMessage(message));
    link.ready.on(() => this.#onReady());
    link.down.on(() => this.#onDown());
    link.diagnosed.on(() => this.#healthMayHaveChanged());
  }

  /** `connecting` until the first attempt succeeded or failed; from then on `online` or `offline`. */
  get health(): DeviceHealth {
    return {
      state: this.#phase,
      offlineSince: this.#offlineSince,
      connecting: this.#link.state === 'connecting',
      diagnosis: this.#link.diagnosis,
      logging: this.#logging.state,
      sensor: this.#sensor,
      identity: this.#identity,
    };
  }

  start(): void {
    if (this.#phase !== 'stopped') return;
    this.#phase = 'connecting';
    this.#offlineSince = this.#clock.monotonic();
    this.#link.start();
    this.#healthMayHaveChanged();
  }

  /** Ends the connection and every timer; commands that are not answered fail. */
  async stop(): Promise<void> {
    this.#phase = 'stopped';
    this.#endSession();
    const stopped = this.#link.stop();
    this.#commands.stop();
    await stopped;
    // What arrived while the connection was being closed may have started a timer again.
    this.#endSession();
    this.#healthMayHaveChanged();
  }

  wake(): void {
    this.#link.wake();
  }

  query(options?: CommandOptions): Promise<ActionResponse> {
    return this.#commands.run({ type: 'QUERY' }, options);
  }

  open(options?: OutputOptions): Promise<ActionResponse> {
    return this.#commands.run(outputAction('OPEN', options), options);
  }

  close(options?: OutputOptions): Promise<ActionResponse> {
    return this.#commands.run(outputAction('CLOSE', options), options);
  }

  trigger(options?: OutputOptions): Promise<ActionResponse> {
    return this.#commands.run(outputAction('TRIGGER', options), options);
  }

  triggerSecondary(options?: OutputOptions): Promise<ActionResponse> {
    return this.#commands.run(outputAction('TRIGGER_SECONDARY', options), options);
  }

  restart(options?: CommandOptions): Promise<ActionResponse> {
    return this.#commands.run({ type: 'RESTART' }, options);
  }

  refreshIfOlderThan(age: number): void {
    const last = this.#link.lastInboundAt;
    if (last === undefined || this.#clock.monotonic() - last > age) this.#refresh();
  }

  #onHello(hello: DeviceHello): void {
    this.#session++;
    this.#greeting = hello;
    this.#deviceClock.beginSession();
  }

  #identify({ apiVersion, serialNumber, remootioVersion }: DeviceHello): void {
    this.#greeting = undefined;
    const known = this.#identity;
    if (
      known?.apiVersion === apiVersion &&
      known.serialNumber === serialNumber &&
      known.remootioVersion === remootioVersion
    ) {
      return;
    }
    this.#identity = {
      apiVersion,
      ...(serialNumber !== undefined && { serialNumber }),
      ...(remootioVersion !== undefined && { remootioVersion }),
    };
    this.identified.emit(this.#identity);
    this.#healthMayHaveChanged();
  }

  #onReady(): void {
    if (this.#phase === 'stopped') return;
    this.#phase = 'online';
    this.#readyAt = this.#clock.monotonic();
    this.#offlineSince = undefined;
    this.#healthMayHaveChanged();
  }

  #onDown(): void {
    if (this.#phase !== 'stopped') this.#phase = 'offline';
    this.#endSession();
    this.#healthMayHaveChanged();
  }

  #endSession(): void {
    this.#offlineSince ??= this.#clock.monotonic();
    this.#sensor = undefined;
    this.#logging.sessionEnded();
  }

  #onMessage(message: InboundMessage): void {
    if (message.kind === 'response') this.#onResponse(message.response, message.sentAt, message.at);
    else this.#onEvent(message.event, message.at);
    this.#keepMemory();
  }

  #onResponse(response: ActionResponse, sentAt: number, at: number): void {
    const { t100ms, state } = response;
    if (this.#greeting) this.#identify(this.#greeting);
    const held = this.#deviceClock.response(t100ms, sentAt, at, this.#wallOffset());
    // They came before the response, so what they tell of the sensor is overtaken by it.
    for (const placed of held) this.event.emit(this.#timed(placed));
    this.#reportedAt = t100ms;
    this.#emitReport('level', state, (sentAt + at) / 2);
    this.#logging.response(response);
  }

  #onEvent(event: RemootioEvent, at: number): void {
    this.#logging.event(event);
    const placed = this.#deviceClock.event(event, at);
    const timed = placed && this.#timed(placed);
    // An event that cannot be news, in the middle of a session: the clock of the device may have begun anew.
    if (!timed || timed.old) this.#doubtClock(at);
    if (!timed) return;
    this.event.emit(timed);
    if (event.type === 'StateChange') this.#reportEdge(placed, timed);
    if (placed.gap) this.#sayGap();
    if (placed.gap || isOfSensor(event)) this.#refresh();
  }

  /** Once for each session: whoever leaves out every other event must not fill the log. */
  #sayGap(): void {
    if (this.#gapSession === this.#session) return;
    this.#gapSession = this.#session;
    this.#log.debug('events of the device are missing, asking for its state');
  }

  #doubtClock(at: number): void {
    if (this.#link.state === 'ready' && at - this.#readyAt > REPLAYED_WITHIN) this.#refresh();
  }

  #timed({ event, arrivedAt, happenedAt }: PlacedEvent): TimedEvent {
    const session = this.#session;
    if (happenedAt === undefined) return { event, at: undefined, age: undefined, old: true, session };
    return {
      event,
      at: Math.round(happenedAt + this.#wallOffset()),
      age: arrivedAt - happenedAt,
      // An event that was held is older now than it was at its arrival.
      old: this.#clock.monotonic() - happenedAt > OLD_EVENT,
      session,
    };
  }

  #reportEdge({ event, happenedAt, present }: PlacedEvent, { old }: TimedEvent): void {
    if (old || happenedAt === undefined || !present || event.t100ms < this.#reportedAt) return;
    this.#reportedAt = event.t100ms;
    this.#emitReport('edge', event.state, happenedAt);
  }

  #emitReport(kind: DeviceReport['kind'], sensor: SensorState, at: number): void {
    const changed = this.#sensor !== sensor;
    this.#sensor = sensor;
    this.report.emit({ kind, sensor, at, session: this.#session });
    if (changed) this.#healthMayHaveChanged();
  }

  /** One QUERY at a time; its response is a report like any other. Without a session the next one begins with it. */
  #refresh(): void {
    if (this.#refreshing || this.#link.state !== 'ready') return;
    this.#refreshing = true;
    const deadline = this.#clock.monotonic() + REFRESH_DEADLINE;
    this.#link
      .request({ type: 'QUERY' }, { deadline })
      .catch((error: unknown) => this.#log.debug(`QUERY failed: ${messageOf(error)}`))
      .finally(() => (this.#refreshing = false));
  }

  #keepMemory(): void {
    const memory = this.#deviceClock.memory(this.#wallOffset());
    if (!memory || !isNewMemory(this.#memory, memory)) return;
    this.#memory = memory;
    this.remember.emit(memory);
  }

  /** Monotonic time plus this is wall time. */
  #wallOffset(): number {
    return this.#clock.now() - this.#clock.monotonic();
  }

  #healthMayHaveChanged(): void {
    const health = this.health;
    const known = this.#lastHealth;
    const keys = Object.keys(health) as (keyof DeviceHealth)[];
    if (keys.every((key) => health[key] === known[key])) return;
    this.#lastHealth = health;
    this.healthChanged.emit(health);
  }
}

function outputAction(type: ActionType, options?: OutputOptions): Action {
  const duration = options?.holdMinutes;
  return duration === undefined ? { type } : { type, duration };
}

function isOfSensor({ type }: RemootioEvent): boolean {
  return type === 'SensorEnabled' || type === 'SensorFlipped' || type === 'SensorDisabled';
}
