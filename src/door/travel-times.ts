/** Where nothing is configured and nothing was learned: most garage doors and gates take less. */
export const DEFAULT_TRAVEL_TIME = 20_000;

/** Outside these bounds a measured closing is a stopped gate, a bouncing sensor or a missed pulse. */
const SHORTEST_CLOSING = 3_000;
const LONGEST_CLOSING = 180_000;
/** So few that a new motor is believed soon, so many that one odd closing changes nothing. */
const KEPT_CLOSINGS = 5;

/** What the user configured, in milliseconds. */
export interface ConfiguredTimes {
  readonly openTime?: number;
  readonly closeTime?: number;
}

/** How long a closing takes: as configured, else as learned, else {@link DEFAULT_TRAVEL_TIME}. */
export function closingTime(configured: ConfiguredTimes, closings: readonly number[]): number {
  return configured.closeTime ?? learnedCloseTime(closings) ?? DEFAULT_TRAVEL_TIME;
}

/** How long an opening takes: as configured, else like a closing, since a binary sensor cannot tell. */
export function openingTime(configured: ConfiguredTimes, closings: readonly number[]): number {
  return configured.openTime ?? closingTime(configured, closings);
}

/** When a closing that the sensor has not confirmed counts as failed: travel × 1.5 + 5 s. */
export function closingLimit(closeTime: number): number {
  return closeTime * 1.5 + 5_000;
}

/**
 * The lower median of the measured closings: one gate that was stopped and sent on later does not count, and
 * of two that contradict each other the shorter is taken, as a measurement errs towards long.
 * @returns undefined until something was learned.
 */
export function learnedCloseTime(closings: readonly number[]): number | undefined {
  const sorted = [...closings].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

/** @returns the closings with one more, or the same list when `duration` cannot be that of a closing. */
export function withClosing(closings: readonly number[], duration: number): readonly number[] {
  if (!isPlausibleClosing(duration)) return closings;
  return [...closings, Math.round(duration)].slice(-KEPT_CLOSINGS);
}

/** Also false for what is no number: it may come from disk. */
export function isPlausibleClosing(duration: number | undefined): duration is number {
  return duration !== undefined && duration >= SHORTEST_CLOSING && duration <= LONGEST_CLOSING;
}
