import type { Clock } from '../../src/base/clock.ts';
import { Signal } from '../../src/base/emitter.ts';
import { CommandError, type CommandErrorCode } from '../../src/device/errors.ts';
import type {
  CommandOptions,
  Device,
  DeviceHealth,
  DeviceIdentity,
  DeviceReport,
  TimedEvent,
} from '../../src/device/types.ts';
import type { ActionResponse, ActionType } from '../../src/wire/actions.ts';
import type { KeyUse, RemootioEvent } from '../../src/wire/events.ts';
import type { SensorState } from '../../src/wire/sensor-state.ts';
import { FakeGate, type GateOptions } from './fake-gate.ts';

export interface FakeDeviceOptions extends GateOptions {
  readonly logging?: boolean;
  readonly hasSensor?: boolean;
  readonly online?: boolean;
  /** OPEN and CLOSE drive an output each. */
  readonly directional?: boolean;
}

/** What happens to the next command instead of its being carried out and answered at once. */
export type Script =
  /** Carried out at once, answered after so many milliseconds. */
  | { readonly delay: number }
  | { readonly fail: CommandErrorCode; readonly after?: number; readonly pulsed?: boolean }
  /** Whatever is no CommandError. */
  | { readonly crash: Error }
  | { readonly answer: Partial<ActionResponse> };

export const OWNER: KeyUse = { keyNr: 0, keyType: 'master key', via: 'bluetooth' };
export const API_KEY: KeyUse = { keyNr: 0, keyType: 'api key', via: 'wifi' };

type Command = Exclude<ActionType, 'QUERY' | 'RESTART'>;

/** A device with a gate behind it; every word between the two arrives at once unless a test says otherwise. */
export class FakeDevice implements Device {
  readonly identified = new Signal<DeviceIdentity>();
  readonly report = new Signal<DeviceReport>();
  readonly event = new Signal<TimedEvent>();
  readonly healthChanged = new Signal<DeviceHealth>();
  readonly gate: FakeGate;
  readonly scripts: Script[] = [];
  /** Everything that reached the device, QUERY apart. */
  readonly sent: ActionType[] = [];
  /** Monotonic, for each of {@link sent}. */
  readonly sentAt: number[] = [];
  /** What the commands were given as theirs, for each of {@link sent}. */
  readonly deadlines: (number | undefined)[] = [];
  queries = 0;
  readonly refreshes: number[] = [];
  /** StateChange events get lost, as when a device drops the socket around an operation. */
  losesEdges = false;
  /** A QUERY is not answered. */
  mute = false;
  logging: boolean;
  /** RelayTrigger comes before the response of our own command, not after it. */
  triggerFirst = false;
  /** Whether the sensor is there; changed by {@link setSensor}. */
  hasSensor: boolean;
  readonly #clock: Clock;
  readonly #directional: boolean;
  readonly #waiting = new Set<() => void>();
  #session = 0;
  #online = false;
  #connecting = false;
  #offlineSince: number | undefined;
  #cnt = 0;

  constructor(clock: Clock, options: FakeDeviceOptions = {}) {
    this.#clock = clock;
    this.logging = options.logging ?? true;
    this.hasSensor = options.hasSensor ?? true;
    this.#directional = options.directional ?? false;
    this.gate = new FakeGate(clock, options);
    this.#offlineSince = clock.monotonic();
    this.gate.contactChanged.on((contact) => this.#onContact(contact));
    if (options.online ?? true) this.goOnline();
  }

  get sensor(): SensorState {
    return this.hasSensor ? this.gate.contact : 'no sensor';
  }

  get health(): DeviceHealth {
    return {
      state: this.#online ? 'online' : 'offline',
      offlineSince: this.#offlineSince,
      connecting: this.#connecting,
      diagnosis: undefined,
      logging: this.logging ? 'on' : 'off',
      sensor: this.#online ? this.sensor : undefined,
      identity: undefined,
    };
  }

  goOnline(): void {
    this.#session++;
    this.#online = true;
    this.#connecting = false;
    this.#offlineSince = undefined;
    this.say('level', this.sensor);
    this.healthChanged.emit(this.health);
    for (const wake of this.#waiting) wake();
  }

  goOffline(connecting = false): void {
    this.#online = false;
    this.#connecting = connecting;
    this.#offlineSince ??= this.#clock.monotonic();
    this.healthChanged.emit(this.health);
  }

  /** A report as the device layer would hand it up. */
  say(kind: 'level' | 'edge', sensor: SensorState, age = 0, session = this.#session): void {
    this.report.emit({ kind, sensor, at: this.#clock.monotonic() - age, session });
  }

  /** An event, now or `age` milliseconds ago; undefined where its time is not known. */
  happen(event: RemootioEvent, age: number | undefined): void {
    const at = age === undefined ? undefined : this.#clock.now() - age;
    this.event.emit({ event, at, age, old: age === undefined || age > 15_000, session: this.#session });
  }

  relayTrigger(key: KeyUse, age = 0, state = this.sensor): void {
    this.happen({ type: 'RelayTrigger', cnt: this.#cnt++, t100ms: 0, state, data: key }, age);
  }

  plain(type: 'SensorEnabled' | 'SensorDisabled' | 'SensorFlipped' | 'DoorbellPushed'): void {
    this.happen({ type, cnt: this.#cnt++, t100ms: 0, state: this.sensor }, 0);
  }

  /** Somebody uses a key of the device. */
  operate(key: KeyUse = OWNER): void {
    if (this.logging && this.#online) this.relayTrigger(key);
    this.gate.pulse();
  }

  setSensor(present: boolean): void {
    this.hasSensor = present;
    this.plain(present ? 'SensorEnabled' : 'SensorDisabled');
  }

  async query(): Promise<ActionResponse> {
    this.queries++;
    await Promise.resolve();
    if (this.health.state !== 'online') throw new CommandError('OFFLINE', 'QUERY: offline');
    if (this.mute) throw new CommandError('NO_ANSWER', 'QUERY: no answer');
    return this.#respond('QUERY', this.sensor, false, {});
  }

  open(options?: CommandOptions): Promise<ActionResponse> {
    return this.#command('OPEN', options);
  }

  close(options?: CommandOptions): Promise<ActionResponse> {
    return this.#command('CLOSE', options);
  }

  trigger(options?: CommandOptions): Promise<ActionResponse> {
    return this.#command('TRIGGER', options);
  }

  triggerSecondary(options?: CommandOptions): Promise<ActionResponse> {
    return this.#command('TRIGGER_SECONDARY', options);
  }

  restart(): Promise<ActionResponse> {
    return Promise.reject(new CommandError('NOT_SUPPORTED', 'RESTART: not in this double'));
  }

  refreshIfOlderThan(age: number): void {
    this.refreshes.push(age);
  }

  start(): void {
    this.goOnline();
  }

  stop(): Promise<void> {
    this.goOffline();
    return Promise.resolve();
  }

  wake(): void {
    // The network is not part of this double.
  }

  async #command(type: Command, options: CommandOptions = {}): Promise<ActionResponse> {
    await this.#connected(type, options);
    this.sent.push(type);
    this.sentAt.push(this.#clock.monotonic());
    this.deadlines.push(options.deadline);
    const script = this.scripts.shift();
    if (script && 'crash' in script) throw script.crash;
    if (script && 'fail' in script) {
      if (script.pulsed) this.#pulse(type);
      if (script.after !== undefined) await this.#sleep(script.after);
      throw new CommandError(script.fail, `${type}: ${script.fail}`);
    }
    if (script && 'answer' in script) {
      return this.#respond(type, this.sensor, false, script.answer);
    }
    const state = this.sensor;
    if (state === 'no sensor' && !this.#directional && (type === 'OPEN' || type === 'CLOSE')) {
      throw new CommandError('NO_SENSOR', `${type}: no sensor`);
    }
    const moves = !((type === 'OPEN' && state === 'open') || (type === 'CLOSE' && state === 'closed'));
    if (moves && this.triggerFirst) this.#ownEvent(type, state);
    if (moves) this.#pulse(type);
    if (script) await this.#sleep(script.delay);
    // Words come in the order in which they are said, so a late response tells the state of then.
    const response = this.#respond(type, script ? this.sensor : state, moves, {});
    if (moves && !this.triggerFirst) this.#ownEvent(type, state);
    return response;
  }

  #ownEvent(type: Command, state: SensorState): void {
    if (!this.logging) return;
    const event = type === 'TRIGGER_SECONDARY' ? 'SecondaryRelayTrigger' : 'RelayTrigger';
    this.happen({ type: event, cnt: this.#cnt++, t100ms: 0, state, data: API_KEY }, 0);
  }

  #pulse(type: Command): void {
    if (this.#directional && type === 'OPEN') this.gate.drive('opening');
    else if (this.#directional && type === 'CLOSE') this.gate.drive('closing');
    else this.gate.pulse();
  }

  #respond(
    type: ActionType,
    state: SensorState,
    relayTriggered: boolean,
    changes: Partial<ActionResponse>,
  ): ActionResponse {
    const base = { type, id: 1, success: true, state, t100ms: 0, relayTriggered, errorCode: '' };
    const response = { ...base, ...changes };
    this.say('level', response.state);
    return response;
  }

  async #connected(type: Command, { deadline, signal }: CommandOptions): Promise<void> {
    if (this.#online) return;
    if (!this.#connecting) throw new CommandError('OFFLINE', `${type}: offline`);
    const aborted = await new Promise<boolean>((resolve) => {
      const wake = (): void => {
        timer.cancel();
        this.#waiting.delete(wake);
        resolve(signal?.aborted ?? false);
      };
      const timer = this.#clock.after(2_000, wake);
      this.#waiting.add(wake);
      signal?.addEventListener('abort', wake, { once: true });
    });
    if (aborted) throw new CommandError('EXPIRED', `${type}: given up before it was sent`);
    if (this.health.state !== 'online') {
      throw new CommandError('OFFLINE', `${type}: offline`);
    }
    if (deadline !== undefined && this.#clock.monotonic() > deadline) {
      throw new CommandError('EXPIRED', `${type}: too late`);
    }
  }

  #sleep(delay: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.after(delay, resolve);
    });
  }

  #onContact(contact: 'open' | 'closed'): void {
    if (this.#online && this.hasSensor && !this.losesEdges) this.say('edge', contact);
  }
}
