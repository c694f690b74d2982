import type { RemootioEvent } from '../wire/events.ts';
import {
  bootSpan,
  CLOCK_TOLERANCE,
  isFuture,
  isJustThen,
  isLaterBoot,
  refined,
  TICK,
  timeOf,
} from './boot-span.ts';
import type { BootSpan } from './boot-span.ts';
import type { BootMemory, DeviceMemory, EventMark } from './device-memory.ts';

/** An event that was not passed on before, with its place in time. */
export interface PlacedEvent {
  readonly event: RemootioEvent;
  /** Monotonic time of its arrival. */
  readonly arrivedAt: number;
  /** Monotonic time at which it happened; undefined where the device's clock of then was never known. */
  readonly happenedAt: number | undefined;
  /** Whether it is of the boot that the device is in now. */
  readonly present: boolean;
  /** Whether events between it and the one before are missing. */
  readonly gap: boolean;
}

/** What was passed on of one boot. */
interface Heard {
  readonly last: EventMark | undefined;
  /** `t100ms` of the Restart event. */
  readonly restart: number | undefined;
}

/** One boot of the device: the time between two of its restarts. */
interface Boot extends Heard {
  /** When it began; undefined while no response has calibrated it. */
  readonly span: BootSpan | undefined;
  /** The same from disk, in wall time, until the first response puts it on the monotonic clock. */
  readonly bootAt: number | undefined;
  /** `t100ms` of its last response: what came before that was sent before. */
  readonly answeredUpTo: number;
  /** What had been passed on before this session. In one session the device sends nothing twice. */
  readonly before: Heard;
}

const NOTHING: Heard = { last: undefined, restart: undefined };
/** Not spread from {@link NOTHING}: every boot is a copy of this one, and would need twice the objects. */
const UNKNOWN_BOOT: Boot = {
  last: undefined,
  restart: undefined,
  span: undefined,
  bootAt: undefined,
  answeredUpTo: 0,
  before: NOTHING,
};

const NONE_HELD: readonly { readonly event: RemootioEvent; readonly at: number }[] = [];

/** How much the wall clock is trusted across a restart of the plugin. */
const WALL_TOLERANCE = 2 * 60_000;
/** How far device and wall clock drift apart meanwhile, as a part of the device's time since its restart. */
const WALL_DRIFT = 0.0001;

/** An event may be stamped a little before a response and sent after it. In units of 100 ms. */
const LATE_TICKS = CLOCK_TOLERANCE / TICK;

/** The device keeps 100 events: more can only come from sessions that never get as far as a response. */
const MOST_HELD = 200;

/**
 * The device's clock on our monotonic one, and the memory of what the device has sent. Pure: time comes in
 * with what is handed over. All times are milliseconds.
 *
 * - Only responses calibrate. An event before the session's first response is held until it.
 * - A new boot begins with a response whose `t100ms` is below the prediction, or with a Restart event that
 *   was not passed on before.
 * - An event is known, and dropped, when both its `cnt` and its `t100ms` are not above those of an event of
 *   the same boot from an earlier session. When only one of them is, the device has restarted unnoticed and
 *   the event is new.
 * - After a restart the device may still send events of the boot before. They have a time as long as that
 *   boot was calibrated.
 */
export class DeviceClock {
  #present: Boot = UNKNOWN_BOOT;
  #previous: Boot | undefined;
  #answered = false;
  #held = NONE_HELD;

  constructor(memory?: DeviceMemory) {
    if (!memory) return;
    this.#present = recalled(memory);
    this.#previous = memory.previous && recalled(memory.previous);
  }

  /** A session begins: its first response is still to come. */
  beginSession(): void {
    this.#answered = false;
    this.#present = withBefore(this.#present);
    this.#previous = this.#previous && withBefore(this.#previous);
  }

  /**
   * A response was read.
   * @param sentAt monotonic time at which its action was sent
   * @param at monotonic time of its arrival
   * @param wallOffset what must be added to monotonic time for wall time, now
   * @returns the events that were held until now, in the order of their arrival
   */
  response(t100ms: number, sentAt: number, at: number, wallOffset: number): readonly PlacedEvent[] {
    const seen = bootSpan(t100ms, sentAt, at);
    const wallTolerance = WALL_TOLERANCE + t100ms * TICK * WALL_DRIFT;
    const known = dated(this.#present, at, wallOffset, wallTolerance);
    if (hasRestarted(known, seen, t100ms)) {
      this.#previous = known;
      this.#present = { ...UNKNOWN_BOOT, span: seen, answeredUpTo: t100ms };
    } else {
      this.#previous &&= dated(this.#previous, at, wallOffset, wallTolerance);
      this.#present = { ...known, span: known.span ? refined(known.span, seen) : seen, answeredUpTo: t100ms };
    }
    this.#answered = true;
    return this.#releaseHeld();
  }

  /** An event was read. @returns undefined when it is held, or was passed on before. */
  event(event: RemootioEvent, at: number): PlacedEvent | undefined {
    if (this.#answered) return this.#place(event, at, false);
    this.#held = [...this.#held, { event, at }].slice(-MOST_HELD);
    return undefined;
  }

  /** What must be kept on disk; undefined as long as there is nothing. */
  memory(wallOffset: number): DeviceMemory | undefined {
    const present = remembered(this.#present, wallOffset);
    if (present.bootAt === undefined) return undefined;
    return { ...present, ...(this.#previous && { previous: remembered(this.#previous, wallOffset) }) };
  }

  #releaseHeld(): readonly PlacedEvent[] {
    const held = this.#held;
    this.#held = NONE_HELD;
    const lastRestart = held.findLastIndex(({ event }) => event.type === 'Restart');
    return held
      .map(({ event, at }, index) => this.#place(event, at, index < lastRestart))
      .filter((placed) => placed !== undefined);
  }

  #place(event: RemootioEvent, at: number, beforeRestart: boolean): PlacedEvent | undefined {
    const span = this.#present.span;
    const isOfPresent =
      span !== undefined &&
      !isFuture(span, event.t100ms, at) &&
      // Of a boot that began unseen, events in order: first what is left of the one before.
      !(this.#present.last === undefined && (beforeRestart || this.#isRestOfPrevious(event, span, at)));
    return isOfPresent ? this.#placeInPresent(event, at, span) : this.#placeBefore(event, at);
  }

  #placeInPresent(event: RemootioEvent, at: number, span: BootSpan): PlacedEvent | undefined {
    if (isRepeated(this.#present, event)) return undefined;
    if (event.type === 'Restart' && this.#present.last !== undefined) {
      // The responses of this session came after that restart, so they date the boot that it began.
      this.#previous = { ...this.#present, span: undefined };
      this.#present = { ...UNKNOWN_BOOT, span, answeredUpTo: this.#present.answeredUpTo };
    }
    const last = this.#present.last;
    this.#present = withEvent(this.#present, event);
    return {
      event,
      arrivedAt: at,
      happenedAt: Math.min(timeOf(span, event.t100ms), at),
      present: true,
      gap: last !== undefined && event.cnt > last.cnt + 1,
    };
  }

  #placeBefore(event: RemootioEvent, at: number): PlacedEvent | undefined {
    const previous = this.#previous;
    if (previous && isRepeated(previous, event)) return undefined;
    const boot = previous && continues(previous, event) ? previous : UNKNOWN_BOOT;
    this.#previous = withEvent(boot, event);
    const happenedAt = boot.span && Math.min(timeOf(boot.span, event.t100ms), at);
    return { event, arrivedAt: at, happenedAt, present: false, gap: false };
  }

  /** Whether the event fits between our last word with the previous boot and the beginning of this one. */
  #isRestOfPrevious(event: RemootioEvent, present: BootSpan, at: number): boolean {
    const previous = this.#previous;
    if (!previous?.span || !continues(previous, event)) return false;
    // It comes in the moment at which it happened if it is of this boot: by chance that is not.
    if (isJustThen(present, event.t100ms, at)) return false;
    return previous.span.earliest + event.t100ms * TICK <= present.latest + CLOCK_TOLERANCE;
  }
}

/** Whether it was passed on before. */
function isRepeated(boot: Boot, event: RemootioEvent): boolean {
  if (event.type === 'Restart') return boot.before.restart === event.t100ms;
  const { last } = boot;
  if (last?.cnt === event.cnt && last.t100ms === event.t100ms) return true;
  const before = boot.before.last;
  return before !== undefined && event.cnt <= before.cnt && event.t100ms <= before.t100ms;
}

/** Whether the event can be the next of a boot that is over. */
function continues(boot: Boot, event: RemootioEvent): boolean {
  if (event.type === 'Restart' || event.t100ms + LATE_TICKS < boot.answeredUpTo) return false;
  return boot.last === undefined || (event.cnt > boot.last.cnt && event.t100ms >= boot.last.t100ms);
}

function withEvent(boot: Boot, event: RemootioEvent): Boot {
  const { cnt, t100ms } = event;
  return { ...boot, last: { cnt, t100ms }, restart: event.type === 'Restart' ? t100ms : boot.restart };
}

function withBefore(boot: Boot): Boot {
  const { last, restart } = boot;
  return { ...boot, before: last || restart !== undefined ? { last, restart } : NOTHING };
}

function hasRestarted(known: Boot, seen: BootSpan, t100ms: number): boolean {
  const toldBefore = Math.max(known.answeredUpTo, known.last?.t100ms ?? 0);
  if (t100ms + LATE_TICKS < toldBefore) return true;
  return known.span !== undefined && isLaterBoot(known.span, seen);
}

/** A boot that is known from disk, on the monotonic clock of this process. */
function dated(boot: Boot, at: number, wallOffset: number, tolerance: number): Boot {
  if (boot.bootAt === undefined) return boot;
  const began = boot.bootAt - wallOffset;
  const span = { earliest: began - tolerance, latest: began + tolerance, asOf: at };
  return { ...boot, span, bootAt: undefined };
}

function recalled({ last, restart, bootAt }: BootMemory): Boot {
  return withBefore({ ...UNKNOWN_BOOT, last, restart, bootAt });
}

function remembered({ span, bootAt, last, restart }: Boot, wallOffset: number): BootMemory {
  const began = span ? Math.round((span.earliest + span.latest) / 2 + wallOffset) : bootAt;
  return {
    ...(began !== undefined && { bootAt: began }),
    ...(last && { last }),
    ...(restart !== undefined && { restart }),
  };
}
