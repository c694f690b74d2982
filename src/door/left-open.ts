import type { Clock, Timer } from '../base/clock.ts';
import { Signal, type Unsubscribe } from '../base/emitter.ts';
import type { Device, DeviceReport, TimedEvent } from '../device/types.ts';

/** What is kept on disk at each change. Wall times. */
export interface LeftOpenMemory {
  /** Since when it has not been closed; undefined while it is closed. */
  readonly openSince?: number;
  readonly leftOpen: boolean;
}

export interface LeftOpenOptions {
  readonly device: Device;
  readonly clock: Clock;
  /** Milliseconds after which it counts as left open, or `device`: when the device says so. */
  readonly after: number | 'device';
  /** As the last `remember` got it. */
  readonly memory: LeftOpenMemory | undefined;
  /** Called with what must be on disk. */
  readonly remember: (memory: LeftOpenMemory) => void;
}

/**
 * Whether a gate was left open: not closed for a time, by the device's LeftOpen event or by our own clock. Both
 * outlive a restart of the plugin. Old events count as well, since they tell whether it was closed meanwhile.
 */
export class LeftOpenWatch {
  /** It was left open, or is no longer. */
  readonly changed = new Signal<boolean>();
  readonly #options: LeftOpenOptions;
  readonly #subscriptions: readonly Unsubscribe[];
  #openSince: number | undefined;
  #leftOpen: boolean;
  #timer: Timer | undefined;

  constructor(options: LeftOpenOptions) {
    const { device, memory } = options;
    this.#options = options;
    this.#openSince = memory?.openSince;
    this.#leftOpen = memory?.leftOpen === true && this.#openSince !== undefined;
    this.#subscriptions = [
      device.event.on((event) => this.#heard(event)),
      device.report.on((report) => this.#reported(report)),
    ];
    const { sensor } = device.health;
    if (sensor) this.#reported({ kind: 'level', sensor, at: options.clock.monotonic(), session: 0 });
  }

  get leftOpen(): boolean {
    return this.#leftOpen;
  }

  /** Milliseconds for which it has not been closed. */
  get openFor(): number {
    return this.#openSince === undefined ? 0 : Math.max(0, this.#options.clock.now() - this.#openSince);
  }

  stop(): void {
    for (const unsubscribe of this.#subscriptions) unsubscribe();
    this.#timer?.cancel();
    this.changed.clear();
  }

  /** What the sensor says now. */
  #reported({ sensor, at }: DeviceReport): void {
    const { clock } = this.#options;
    if (sensor === 'open')
      this.#set(this.#openSince ?? clock.now() - (clock.monotonic() - at), this.#leftOpen);
    else this.#set(undefined, false);
  }

  /** What happened, perhaps long ago: where the sensor has spoken since, it has the last word. */
  #heard({ event, at }: TimedEvent): void {
    const isOpen = this.#options.device.health.sensor === 'open';
    if (event.type === 'StateChange' && event.state === 'closed') {
      this.#set(isOpen ? this.#options.clock.now() : undefined, false);
    } else if (event.type === 'StateChange' && event.state === 'open' && at !== undefined) {
      this.#set(Math.min(at, this.#openSince ?? at), this.#leftOpen);
    } else if (event.type === 'LeftOpen' && at !== undefined && this.#options.after === 'device') {
      if (this.#options.device.health.sensor === 'closed') return;
      this.#set(this.#openSince ?? at - event.data.timeOpen100ms * 100, true);
    }
  }

  #set(openSince: number | undefined, leftOpen: boolean): void {
    const wasLeftOpen = this.#leftOpen;
    this.#openSince = openSince;
    this.#leftOpen = leftOpen || this.#isOverdue;
    this.#arm();
    this.#options.remember({ ...(openSince !== undefined && { openSince }), leftOpen: this.#leftOpen });
    if (wasLeftOpen !== this.#leftOpen) this.changed.emit(this.#leftOpen);
  }

  /** By our own clock, and with a sensor that can be asked. */
  get #isOverdue(): boolean {
    const { after, device } = this.#options;
    if (after === 'device' || this.#openSince === undefined) return false;
    return device.health.sensor === 'open' && this.openFor >= after;
  }

  #arm(): void {
    this.#timer?.cancel();
    const { after, clock } = this.#options;
    if (after === 'device' || this.#openSince === undefined || this.#leftOpen) return;
    const left = after - this.openFor;
    // While it is away nobody knows; the first report of the next session looks again.
    if (left > 0) this.#timer = clock.after(left, () => this.#set(this.#openSince, this.#leftOpen));
  }
}
