import fc from 'fast-check';
import { DeviceClock, type PlacedEvent } from '../../src/device/device-clock.ts';
import type { DeviceMemory } from '../../src/device/device-memory.ts';
import type { RemootioEvent } from '../../src/wire/events.ts';

export type Step =
  | { readonly kind: 'event'; readonly after: number }
  | { readonly kind: 'query'; readonly after: number; readonly out: number; readonly back: number }
  | { readonly kind: 'drop'; readonly after: number }
  | {
      readonly kind: 'connect';
      readonly after: number;
      /** How much of what the device has kept comes before the response: 0 to 1. */
      readonly before: number;
      /** How many events of this boot it sends a second time. */
      readonly again: number;
    }
  | { readonly kind: 'device restarts'; readonly after: number }
  | { readonly kind: 'plugin restarts'; readonly after: number; readonly wallJump: number };

const WALL = 1.7e12;

const after = fc.oneof(fc.nat(2_000), fc.nat(3_600_000));

export function steps(wallJump: number): fc.Arbitrary<Step[]> {
  return fc.array(
    fc.oneof(
      { weight: 5, arbitrary: fc.record({ kind: fc.constant('event' as const), after }) },
      fc.record({ kind: fc.constant('query' as const), after, out: fc.nat(100), back: fc.nat(100) }),
      fc.record({ kind: fc.constant('drop' as const), after }),
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('connect' as const),
          after,
          before: fc.double({ min: 0, max: 1, noNaN: true }),
          again: fc.nat(5),
        }),
      },
      fc.record({ kind: fc.constant('device restarts' as const), after }),
      fc.record({
        kind: fc.constant('plugin restarts' as const),
        after,
        wallJump: fc.integer({ min: -wallJump, max: wallJump }),
      }),
    ),
    { maxLength: 40 },
  );
}

const CONTACT: Step = { kind: 'connect', after: 0, before: 0.5, again: 0 };

export interface Passed extends PlacedEvent {
  /** Monotonic time at which it truly happened. */
  readonly truth: number;
}

/** An up and down of device, plugin and connection. Everything that the device clock passes on is kept. */
export class DeviceTimeline {
  readonly passed: Passed[] = [];
  /** Every event that has reached the plugin at least once. */
  readonly delivered = new Set<RemootioEvent>();
  #time = 1e9;
  #boot = 1e9 - 500_000;
  #restarted = false;
  #cnt = 0;
  #connected = false;
  #answered = false;
  readonly #truth = new Map<RemootioEvent, number>();
  #unsent: RemootioEvent[] = [];
  #sentThisBoot: RemootioEvent[] = [];
  #clock = new DeviceClock();
  #memory: DeviceMemory | undefined;
  #monotonicOffset = 0;
  #wallOffset = WALL;

  run(list: readonly Step[]): this {
    this.#happen('Restart');
    this.#do(CONTACT);
    for (const step of list) this.#do(step);
    this.#do(CONTACT);
    return this;
  }

  #do(step: Step): void {
    this.#time += step.after;
    switch (step.kind) {
      case 'event':
        this.#happen('DoorbellPushed');
        return;
      case 'query':
        if (this.#connected) this.#respond(step.out, step.back);
        return;
      case 'drop':
        this.#connected = false;
        return;
      case 'connect':
        if (!this.#connected) this.#connect(step.before, step.again);
        return;
      case 'device restarts':
        // Once while nobody is looking: two in a row leave a boot that nothing has ever dated.
        if (!this.#restarted) this.#restart();
        return;
      case 'plugin restarts':
        this.#connected = false;
        this.#clock = new DeviceClock(this.#memory);
        this.#monotonicOffset = -this.#time + 5_000;
        this.#wallOffset = WALL + step.wallJump - this.#monotonicOffset;
    }
  }

  #happen(type: 'Restart' | 'DoorbellPushed'): void {
    const t100ms = Math.floor((this.#time - this.#boot) / 100);
    const event: RemootioEvent = { type, cnt: this.#cnt++, t100ms, state: 'closed' };
    this.#truth.set(event, this.#time);
    this.#unsent.push(event);
    if (this.#connected) this.#flush(this.#unsent.splice(0));
  }

  #restart(): void {
    this.#connected = false;
    this.#restarted = true;
    this.#time += 300_000;
    this.#boot = this.#time;
    this.#cnt = 0;
    this.#sentThisBoot = [];
    this.#time += 1_600;
    this.#happen('Restart');
    this.#time += 3_000;
  }

  #connect(before: number, again: number): void {
    this.#connected = true;
    this.#restarted = false;
    this.#clock.beginSession();
    const resent = again === 0 ? [] : this.#sentThisBoot.slice(-again);
    const stream = [...resent, ...this.#unsent.splice(0).slice(-100)];
    const cut = Math.round(stream.length * before);
    this.#flush(stream.slice(0, cut));
    this.#respond(20, 20);
    this.#flush(stream.slice(cut));
  }

  #flush(stream: readonly RemootioEvent[]): void {
    for (const event of stream) {
      this.#time += 20;
      this.delivered.add(event);
      if (!this.#sentThisBoot.includes(event) && this.#truth.get(event)! >= this.#boot) {
        this.#sentThisBoot.push(event);
      }
      const placed = this.#clock.event(event, this.#monotonic());
      if (placed) this.#keep(placed);
    }
    this.#remember();
  }

  #respond(out: number, back: number): void {
    const sentAt = this.#monotonic();
    this.#time += out;
    const t100ms = Math.floor((this.#time - this.#boot) / 100);
    this.#time += back;
    const held = this.#clock.response(t100ms, sentAt, this.#monotonic(), this.#wallOffset);
    for (const placed of held) this.#keep(placed);
    this.#remember();
  }

  #keep(placed: PlacedEvent): void {
    this.passed.push({ ...placed, truth: this.#truth.get(placed.event)! + this.#monotonicOffset });
  }

  #remember(): void {
    this.#memory = this.#clock.memory(this.#wallOffset) ?? this.#memory;
  }

  #monotonic(): number {
    return this.#time + this.#monotonicOffset;
  }
}
