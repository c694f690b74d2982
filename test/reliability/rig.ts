import type { Clock, Timer } from '../../src/base/clock.ts';
import type { Log } from '../../src/base/log.ts';
import type { DoorConfig } from '../../src/door/door.ts';
import type { TimedEvent } from '../../src/device/types.ts';
import type { TargetDoorState } from '../../src/door/types.ts';
import {
  SimulatedDevice,
  type SimulatedDeviceOptions,
  type SimulatorEvent,
} from '../../src/simulator/index.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { Ledger } from './ledger.ts';
import { MemoryNetwork } from './memory-network.ts';
import { isTrue, isTrueLabel, Plugin, shown, type PluginMemory, type WriteOutcome } from './plugin.ts';

/** Something that can be seen from outside, at a time of the {@link Rig.clock}. */
export type Trace = { readonly at: number } & (
  | { readonly kind: 'view'; readonly text: string }
  | { readonly kind: 'health'; readonly state: string }
  /** An action reached the device. */
  | { readonly kind: 'action'; readonly type: string; readonly executed: boolean }
  | { readonly kind: 'gate'; readonly motion: string }
  | { readonly kind: 'log'; readonly level: 'info' | 'warn' | 'error'; readonly text: string }
);

export interface Write {
  readonly target: TargetDoorState;
  readonly at: number;
  outcome: WriteOutcome | 'pending';
  /** How long it took to be answered. */
  took: number | undefined;
}

export interface RigOptions {
  readonly simulator?: SimulatedDeviceOptions;
  readonly door?: Partial<DoorConfig>;
}

export const TRAVEL = 10_000;
const SERIAL = '0123456789ababcdefgh';

/** One simulated gate and the real plugin below Homebridge, in memory, on a clock that a test moves. */
export class Rig {
  readonly clock = new FakeClock();
  readonly network = new MemoryNetwork(this.clock);
  readonly simulated: SimulatedDevice;
  readonly traces: Trace[] = [];
  /** Everything that the device's listeners were told. */
  readonly events: TimedEvent[] = [];
  readonly ledger = new Ledger(10);
  /** What no moment may show. */
  readonly problems: string[] = [];
  readonly #options: RigOptions;
  #plugin: Plugin;

  constructor(options: RigOptions = {}) {
    this.#options = options;
    const simulator = { serialNumber: SERIAL, travelTime: TRAVEL, port: 8080, ...options.simulator };
    this.simulated = new SimulatedDevice(simulator, this.clock, this.network.openServer);
    this.simulated.happenings.on((happening) => this.#seen(happening));
    this.#plugin = this.#makePlugin();
  }

  get plugin(): Plugin {
    return this.#plugin;
  }

  /** What Home is shown. */
  get shown(): string {
    return shown(this.#plugin.door.view);
  }

  /** Everything runs, and the device is online. */
  async start(): Promise<this> {
    await this.simulated.start();
    this.#plugin.device.start();
    await this.pass(1000);
    if (!this.online) throw new Error('the device is not online');
    return this;
  }

  get online(): boolean {
    return this.#plugin.device.health.state === 'online';
  }

  /** Online, the gate at rest, and shown as it is. */
  get isWell(): boolean {
    return this.online && isTrue(this.#plugin.door.view, this.simulated.state) === true;
  }

  pass(milliseconds: number): Promise<void> {
    return this.clock.advance(milliseconds);
  }

  /** Lets time pass until it is so. @returns whether that came about within the limit. */
  async until(met: () => boolean, limit: number, step = 500): Promise<boolean> {
    for (let passed = 0; passed < limit && !met(); passed += step) await this.pass(step);
    return met();
  }

  /** Writes from Home; the outcome comes while time passes. */
  write(target: TargetDoorState): Write {
    const at = this.clock.monotonic();
    const write: Write = { target, at, outcome: 'pending', took: undefined };
    const settled = this.ledger.wrote(target, at);
    void this.#plugin.write(target).then((outcome) => {
      settled(this.clock.monotonic());
      write.outcome = outcome;
      write.took = this.clock.monotonic() - at;
    });
    return write;
  }

  /** The actions that reached the device since then, less the QUERYs. */
  commandsSince(at: number): readonly string[] {
    return this.traces.flatMap((trace) =>
      trace.at >= at && trace.kind === 'action' && trace.type !== 'QUERY' ? [trace.type] : [],
    );
  }

  get lines(): readonly string[] {
    return this.traces.flatMap((trace) =>
      trace.kind === 'log' ? [`${trace.level.toUpperCase()} ${trace.text}`] : [],
    );
  }

  /** The plugin ends and begins anew, with what it had on disk and another monotonic clock. */
  async restartPlugin(away = 0): Promise<void> {
    await this.#stopPlugin();
    const { memory } = this.#plugin;
    await this.pass(away);
    this.#plugin = this.#makePlugin(JSON.parse(JSON.stringify(memory)) as PluginMemory);
    this.#plugin.device.start();
    await this.pass(1000);
  }

  /** Ends everything. @returns how many timers are left, which must be none. */
  async stop(): Promise<number> {
    await this.#stopPlugin();
    await this.simulated.stop();
    // What is still under way between the two, and who waits for it.
    await this.pass(1000);
    this.network.dispose();
    return this.clock.pending;
  }

  #makePlugin(memory: PluginMemory = {}): Plugin {
    const plugin = new Plugin({
      simulated: this.simulated,
      clock: new PluginClock(this.clock),
      log: this.#log(),
      openSocket: this.network.openSocket,
      memory,
      ...(this.#options.door && { door: this.#options.door }),
    });
    plugin.door.changed.on((view) => {
      this.#trace({ kind: 'view', text: shown(view) });
      if (!isTrueLabel(view)) this.problems.push(`Home is shown ${shown(view)}`);
    });
    let known = '';
    plugin.device.healthChanged.on(({ state }) => {
      if (state !== known) this.#trace({ kind: 'health', state });
      known = state;
    });
    plugin.device.event.on((event) => this.events.push(event));
    return plugin;
  }

  async #stopPlugin(): Promise<void> {
    let stopped = false;
    void this.#plugin.stop().then(() => (stopped = true));
    if (!(await this.until(() => stopped, 5000, 100))) this.problems.push('the plugin does not stop');
  }

  #seen(happening: SimulatorEvent): void {
    switch (happening.event) {
      case 'action':
        this.ledger.received(happening.type, this.clock.monotonic());
        this.#trace({ kind: 'action', type: happening.type, executed: happening.executed });
        return;
      case 'gate':
        this.#trace({ kind: 'gate', motion: happening.motion });
        return;
      case 'frameLost':
        if (happening.reason !== 'silence') this.problems.push(`a frame is lost: ${happening.reason}`);
        return;
      default:
    }
  }

  #log(): Log {
    const say = (level: 'info' | 'warn' | 'error') => (text: string) =>
      this.#trace({ kind: 'log', level, text });
    return { debug: () => undefined, info: say('info'), warn: say('warn'), error: say('error') };
  }

  #trace(trace: WithoutTime<Trace>): void {
    this.traces.push({ ...trace, at: this.clock.monotonic() });
  }
}

type WithoutTime<Value> = Value extends unknown ? Omit<Value, 'at'> : never;

/** Each process has a monotonic time of its own. */
class PluginClock implements Clock {
  readonly #clock: Clock;
  readonly #zero: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#zero = clock.monotonic() - 50_000;
  }

  now(): number {
    return this.#clock.now();
  }

  monotonic(): number {
    return this.#clock.monotonic() - this.#zero;
  }

  after(delay: number, callback: () => void): Timer {
    return this.#clock.after(delay, callback);
  }

  random(): number {
    return this.#clock.random();
  }
}
