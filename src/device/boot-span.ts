/**
 * When the device's clock stood at 0, which is when it last restarted, as a span of our monotonic time. A
 * response narrows it down: the device read its clock at some moment between the sending of the action and
 * the arrival of the response, and it tells only whole units of 100 ms.
 */
export interface BootSpan {
  readonly earliest: number;
  readonly latest: number;
  /** Monotonic time at which the span held; away from it the two clocks drift apart. */
  readonly asOf: number;
}

/** The device's unit of time, `t100ms`. */
export const TICK = 100;

/** How far two clocks may drift apart: 0.1 %. NTP alone may slew ours by half of that. */
const DRIFT = 0.001;

/** A difference that is never taken for a restart: no device restarts and is back in that time. */
export const CLOCK_TOLERANCE = 1_000;

/** What one response says of the boot. All times monotonic. */
export function bootSpan(t100ms: number, sentAt: number, at: number): BootSpan {
  const deviceTime = t100ms * TICK;
  return { earliest: Math.min(sentAt, at) - deviceTime - TICK, latest: at - deviceTime, asOf: at };
}

/** Whether `seen` says that the device restarted after `known`: its `t100ms` is below the prediction. */
export function isLaterBoot(known: BootSpan, seen: BootSpan): boolean {
  return seen.earliest > widened(known, seen.asOf).latest + CLOCK_TOLERANCE;
}

/**
 * What is known of the same boot with one more response. Where the two do not meet, the newer one is right:
 * our own clock stood still while the machine slept, or the clocks drifted more than allowed for.
 */
export function refined(known: BootSpan, seen: BootSpan): BootSpan {
  const { earliest, latest } = widened(known, seen.asOf);
  const both = { earliest: Math.max(earliest, seen.earliest), latest: Math.min(latest, seen.latest) };
  return both.earliest <= both.latest ? { ...both, asOf: seen.asOf } : seen;
}

/** Monotonic time of something that the device dates at `t100ms`: the middle of all that is possible. */
export function timeOf(boot: BootSpan, t100ms: number): number {
  return (boot.earliest + boot.latest) / 2 + t100ms * TICK + TICK / 2;
}

/** Whether `t100ms` lies after `at` on the device's clock, so that it cannot be of this boot. */
export function isFuture(boot: BootSpan, t100ms: number, at: number): boolean {
  return widened(boot, at).earliest + t100ms * TICK > at + CLOCK_TOLERANCE;
}

/** Whether what the device dates at `t100ms` happened at `at`, as near as can be told. */
export function isJustThen(boot: BootSpan, t100ms: number, at: number): boolean {
  return Math.abs(at - timeOf(boot, t100ms)) <= CLOCK_TOLERANCE;
}

function widened(span: BootSpan, to: number): BootSpan {
  const drift = Math.abs(to - span.asOf) * DRIFT;
  return { earliest: span.earliest - drift, latest: span.latest + drift, asOf: to };
}
