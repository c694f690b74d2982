import type { Clock, Timer } from '../base/clock.ts';
import { Signal, type Unsubscribe } from '../base/emitter.ts';
import type { Device, TimedEvent } from '../device/types.ts';
import { answerInTime } from './answer-in-time.ts';

/** An output that is held active. Wall times, since it is kept on disk. */
export interface Hold {
  readonly since: number;
  /** When it ends by itself; undefined where somebody else began it. */
  readonly until?: number;
  /** The numbers of the outputs (1, 2) that are active for it, as far as they were told. */
  readonly outputs: readonly number[];
}

/** What is kept on disk at each change. */
export interface HoldMemory {
  readonly gate?: Hold;
  readonly secondary?: Hold;
}

type Output = keyof HoldMemory;

export interface OutputHoldOptions {
  readonly device: Device;
  readonly clock: Clock;
  /** As the last `remember` got it. */
  readonly memory: HoldMemory | undefined;
  /** Called with what must be on disk. */
  readonly remember: (memory: HoldMemory) => void;
}

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
/** Event times come in steps of 100 ms, by a clock that is not ours. */
const EVENT_TIME_ERROR = 1_000;

/**
 * Which outputs of a device are held active: by us, for a time that we know, or by somebody else, as far as
 * the events tell. Old events count as well: they tell how a hold ended while nobody was connected.
 */
export class OutputHold {
  readonly changed = new Signal<void>();
  readonly #device: Device;
  readonly #clock: Clock;
  readonly #remember: (memory: HoldMemory) => void;
  readonly #unsubscribe: Unsubscribe;
  readonly #timers = new Map<Output, Timer>();
  #holds: HoldMemory = {};
  /** Whose OutputHeldActive came last: the Activated events after it are of its outputs. */
  #lastHeld: Output = 'gate';
  #stopped = false;

  constructor({ device, clock, memory = {}, remember }: OutputHoldOptions) {
    this.#remember = remember;
    this.#device = device;
    this.#clock = clock;
    for (const output of ['gate', 'secondary'] as const) {
      const hold = memory[output];
      if (hold && !this.#isOver(hold)) this.#holds = { ...this.#holds, [output]: hold };
      this.#arm(output);
    }
    this.#unsubscribe = device.event.on((event) => this.#heard(event));
  }

  /** Whether the output of the gate is held. */
  get gateHeld(): boolean {
    return this.#holds.gate !== undefined;
  }

  get anyHeld(): boolean {
    return this.gateHeld || this.#holds.secondary !== undefined;
  }

  /**
   * Holds the output of the gate active. Rejects with a `DoorWriteError`.
   * @returns whether it is held; it is not where OPEN has nothing to open.
   */
  async hold(minutes: number, action: 'open' | 'trigger'): Promise<boolean> {
    const response = await answerInTime(this.#clock, async (limits) => {
      const answer = await this.#device[action]({ ...limits, holdMinutes: minutes });
      // Here, so that an answer that is too late for Home still counts.
      if (answer.relayTriggered) this.#began('gate', this.#clock.now(), minutes * MINUTE);
      return answer;
    });
    return response.relayTriggered;
  }

  stop(): void {
    this.#stopped = true;
    this.#unsubscribe();
    for (const timer of this.#timers.values()) timer.cancel();
    this.changed.clear();
  }

  #heard({ event, at }: TimedEvent): void {
    if (event.type === 'Restart') {
      for (const output of ['gate', 'secondary'] as const) this.#ended(output, at);
      return;
    }
    if (at === undefined) return;
    switch (event.type) {
      case 'OutputHeldActive':
        this.#lastHeld = 'gate';
        this.#began('gate', at);
        return;
      case 'SecondaryOutputHeldActive':
        this.#lastHeld = 'secondary';
        this.#began('secondary', at);
        return;
      case 'Output1Activated':
        this.#activated(1, at);
        return;
      case 'Output2Activated':
        this.#activated(2, at);
        return;
      case 'Output1Deactivated':
        this.#deactivated(1, at);
        return;
      case 'Output2Deactivated':
        this.#deactivated(2, at);
        return;
      default:
        return;
    }
  }

  #began(output: Output, at: number, lasts?: number): void {
    const known = this.#holds[output];
    this.#set(output, {
      since: known?.since ?? at,
      outputs: known?.outputs ?? [],
      ...(known?.until !== undefined && { until: known.until }),
      ...(lasts !== undefined && { until: at + lasts }),
    });
  }

  #activated(number: number, at: number): void {
    this.#began(this.#lastHeld, at);
    const hold = this.#holds[this.#lastHeld];
    if (hold && !hold.outputs.includes(number)) {
      this.#set(this.#lastHeld, { ...hold, outputs: [...hold.outputs, number] });
    }
  }

  #deactivated(number: number, at: number): void {
    const { gate, secondary } = this.#holds;
    if (gate?.outputs.includes(number)) this.#without('gate', gate, number, at);
    else if (secondary?.outputs.includes(number)) this.#without('secondary', secondary, number, at);
    // Its Activated event was missed.
    else if (gate?.outputs.length === 0) this.#ended('gate', at);
    else if (secondary?.outputs.length === 0) this.#ended('secondary', at);
  }

  #without(output: Output, hold: Hold, number: number, at: number): void {
    const outputs = hold.outputs.filter((other) => other !== number);
    if (outputs.length === 0) this.#ended(output, at);
    else this.#set(output, { ...hold, outputs });
  }

  /** @param at undefined where nobody knows when, though it is news. */
  #ended(output: Output, at: number | undefined): void {
    const hold = this.#holds[output];
    if (!hold || (at !== undefined && at < hold.since - EVENT_TIME_ERROR)) return;
    this.#set(output, undefined);
  }

  #set(output: Output, hold: Hold | undefined): void {
    if (this.#stopped) return;
    const { [output]: before, ...others } = this.#holds;
    this.#holds = hold ? { ...others, [output]: hold } : others;
    this.#arm(output);
    this.#remember(this.#holds);
    if ((before === undefined) !== (hold === undefined)) this.changed.emit();
  }

  #arm(output: Output): void {
    this.#timers.get(output)?.cancel();
    const until = this.#holds[output]?.until;
    if (until === undefined) return;
    const timer = this.#clock.after(until - this.#clock.now(), () => this.#set(output, undefined));
    this.#timers.set(output, timer);
  }

  /** From disk; a wall clock that was set back must not make a hold of years. */
  #isOver({ until }: Hold): boolean {
    const left = until === undefined ? 0 : until - this.#clock.now();
    return until !== undefined && (left <= 0 || left > DAY);
  }
}
