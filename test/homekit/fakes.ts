import { Signal } from '../../src/base/emitter.ts';
import type { DeviceMemory } from '../../src/device/device-memory.ts';
import type {
  Device,
  DeviceHealth,
  DeviceIdentity,
  DeviceReport,
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
import type { ActionResponse } from '../../src/wire/actions.ts';

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

  constructor(options: DeviceOptions) {
    this.options = options;
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
  readonly open = never;
  readonly close = never;
  readonly trigger = never;
  readonly triggerSecondary = never;
  readonly restart = never;

  #set(changes: Partial<DeviceHealth>): void {
    this.health = { ...this.health, ...changes };
    this.healthChanged.emit(this.health);
  }
}

export interface FakeGate {
  readonly device: FakeDevice;
  door: FakeDoor | undefined;
  doorOptions: DoorOptions | undefined;
}

/** Makes devices and doors that the test holds in its hands, by the name in the config. */
export class FakeMaker implements GateMaker {
  readonly gates = new Map<string, FakeGate>();
  /** Names of devices that cannot be made. */
  readonly broken = new Set<string>();

  readonly device = (options: DeviceOptions): Device => {
    if (this.broken.has(options.config.name)) throw new Error('broken for a test');
    const device = new FakeDevice(options);
    this.gates.set(options.config.name, { device, door: undefined, doorOptions: undefined });
    return device;
  };

  readonly door = (_device: Device, options: DoorOptions): Door => {
    const gate = this.gate(options.config.name);
    gate.door = new FakeDoor();
    gate.doorOptions = options;
    return gate.door;
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
