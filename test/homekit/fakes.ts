import { Signal } from '../../src/base/emitter.ts';
import type { DeviceMemory } from '../../src/device/device-memory.ts';
import type {
  Device,
  DeviceHealth,
  DeviceIdentity,
  DeviceReport,
  OutputOptions,
  TimedEvent,
} from '../../src/device/types.ts';
import {
  CLOSED,
  OPEN,
  type Door,
  type DoorMemory,
  type DoorView,
  type TargetDoorState,
} from '../../src/door/types.ts';
import type { DeviceOptions, DoorOptions, GateMaker } from '../../src/homekit/gate-maker.ts';
import type { Clock } from '../../src/base/clock.ts';
import type { ActionResponse } from '../../src/wire/actions.ts';
import type { RemootioEvent } from '../../src/wire/events.ts';
import type { SensorState } from '../../src/wire/sensor-state.ts';
import { FakeClock } from '../helpers/fake-clock.ts';

const RESTING: DoorView = {
  target: CLOSED,
  current: CLOSED,
  obstruction: false,
  unavailable: false,
  reason: 'for a test',
};

/** A door that does what the test says. */
export class FakeDoor implements Door {
  readonly changed = new Signal<DoorView>();
  readonly remember = new Signal<DoorMemory>();
  readonly written: TargetDoorState[] = [];
  view = RESTING;
  settled = true;
  reads = 0;
  stopped = false;
  /** What a write does. */
  onWrite: (target: TargetDoorState) => Promise<void> = () => Promise.resolve();

  show(changes: Partial<DoorView>): void {
    this.view = { ...this.view, ...changes };
    this.changed.emit(this.view);
  }

  rest(position: TargetDoorState): void {
    this.show({ target: position, current: position });
  }

  travel(target: TargetDoorState): void {
    this.show({ target, current: target === OPEN ? 2 : 3 });
  }

  read(): DoorView {
    this.reads += 1;
    return this.view;
  }

  setTarget(target: TargetDoorState): Promise<void> {
    this.written.push(target);
    return this.onWrite(target);
  }

  stop(): void {
    this.stopped = true;
  }
}

const never = (): Promise<ActionResponse> => Promise.reject(new Error('not part of this test'));

/** What a device answers that did what it was told. */
export const ANSWER: ActionResponse = {
  type: 'OPEN',
  id: 1,
  success: true,
  state: 'closed',
  t100ms: 1,
  relayTriggered: true,
  errorCode: '',
};

/** An event before it has a time; what the test is not about is made up. */
export type EventBody = RemootioEvent extends infer Event
  ? Event extends unknown
    ? Omit<Event, 'cnt' | 't100ms' | 'state'> & { state?: SensorState }
    : never
  : never;

/** A device that is reached when the test says so. */
export class FakeDevice implements Device {
  readonly identified = new Signal<DeviceIdentity>();
  readonly report = new Signal<DeviceReport>();
  readonly event = new Signal<TimedEvent>();
  readonly healthChanged = new Signal<DeviceHealth>();
  readonly options: DeviceOptions;
  running = false;
  health: DeviceHealth = {
    state: 'stopped',
    offlineSince: 0,
    connecting: false,
    diagnosis: undefined,
    logging: 'unknown',
    sensor: undefined,
    identity: undefined,
  };

  readonly #clock: Clock;

  constructor(options: DeviceOptions, clock: Clock) {
    this.options = options;
    this.#clock = clock;
    this.health = { ...this.health, offlineSince: clock.monotonic() };
  }

  /** The session is ready, and the device has proved to know the keys. */
  online(identity: DeviceIdentity): void {
    this.#set({ identity });
    this.#set({ state: 'online', offlineSince: undefined });
  }

  /** Only the hello came: whoever answers may be anybody. */
  hello(identity: DeviceIdentity): void {
    this.#set({ state: 'connecting', identity });
  }

  start(): void {
    this.running = true;
  }

  stop(): Promise<void> {
    this.running = false;
    return Promise.resolve();
  }

  readonly wake = (): void => undefined;
  readonly refreshIfOlderThan = (): void => undefined;
  readonly query = never;
  readonly restart = never;

  /** What a command comes to; the test says so. */
  onCommand: (command: string, options: OutputOptions) => Promise<ActionResponse> = never;
  /** "open", or "open 15" where it is held. */
  readonly commands: string[] = [];
  readonly open = (options?: OutputOptions): Promise<ActionResponse> => this.#command('open', options);
  readonly close = (options?: OutputOptions): Promise<ActionResponse> => this.#command('close', options);
  readonly trigger = (options?: OutputOptions): Promise<ActionResponse> => this.#command('trigger', options);
  readonly triggerSecondary = (options?: OutputOptions): Promise<ActionResponse> =>
    this.#command('triggerSecondary', options);

  /** What the sensor says, in a session. */
  say(sensor: SensorState, kind: DeviceReport['kind'] = 'level', at = this.#clock.monotonic()): void {
    this.#set({ sensor, state: 'online', offlineSince: undefined });
    this.report.emit({ kind, sensor, at, session: 1 });
  }

  goOffline(): void {
    this.#set({ state: 'offline', offlineSince: this.#clock.monotonic(), sensor: undefined });
  }

  /** @param age milliseconds since it happened; `unknown` where the device's clock of then is not known */
  happen(body: EventBody, age: number | 'unknown' = 0): void {
    const event = { cnt: 1, t100ms: 1, state: this.health.sensor ?? 'closed', ...body } as RemootioEvent;
    const known = age === 'unknown' ? undefined : age;
    this.event.emit({
      event,
      at: known === undefined ? undefined : this.#clock.now() - known,
      age: known,
      old: known === undefined || known > 15_000,
      session: 1,
    });
  }

  #command(command: string, options: OutputOptions = {}): Promise<ActionResponse> {
    const { holdMinutes } = options;
    this.commands.push(holdMinutes === undefined ? command : `${command} ${holdMinutes}`);
    return this.onCommand(command, options);
  }

  #set(changes: Partial<DeviceHealth>): void {
    this.health = { ...this.health, ...changes };
    this.healthChanged.emit(this.health);
  }
}

export interface FakeGate {
  readonly device: FakeDevice;
  door: FakeDoor | undefined;
  secondaryDoor: FakeDoor | undefined;
  doorOptions: DoorOptions | undefined;
}

/** Makes devices and doors that the test holds in its hands, by the name in the config. */
export class FakeMaker implements GateMaker {
  readonly clock = new FakeClock();
  readonly gates = new Map<string, FakeGate>();
  /** Names of devices that cannot be made. */
  readonly broken = new Set<string>();

  discovering = false;

  readonly startDiscovery = (): void => {
    this.discovering = true;
  };
  readonly stop = (): Promise<void> => {
    this.discovering = false;
    return Promise.resolve();
  };

  readonly device = (options: DeviceOptions): Device => {
    if (this.broken.has(options.config.name)) throw new Error('broken for a test');
    const device = new FakeDevice(options, this.clock);
    this.gates.set(options.config.name, {
      device,
      door: undefined,
      secondaryDoor: undefined,
      doorOptions: undefined,
    });
    return device;
  };

  readonly door = (_device: Device, options: DoorOptions): Door => {
    const gate = this.gate(options.config.name);
    const door = new FakeDoor();
    const { memory } = options;
    if (memory) door.view = { ...door.view, target: memory.target, current: memory.current };
    if (options.output === 'secondary') {
      gate.secondaryDoor = door;
    } else {
      gate.door = door;
      gate.doorOptions = options;
    }
    return door;
  };

  gate(name: string): FakeGate {
    const gate = this.gates.get(name);
    if (!gate) throw new Error(`no device was made for ${name}`);
    return gate;
  }

  /** The devices that hold a connection, or try to. */
  get running(): readonly string[] {
    return [...this.gates].filter(([, { device }]) => device.running).map(([name]) => name);
  }
}

export const V2 = (serialNumber: string): DeviceIdentity => ({
  apiVersion: 2,
  serialNumber,
  remootioVersion: 'remootio-2',
});
export const V1: DeviceIdentity = { apiVersion: 1 };
export const MEMORY: DeviceMemory = { bootAt: 5, last: { cnt: 7, t100ms: 70 } };
