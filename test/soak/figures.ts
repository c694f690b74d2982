import type { SoakOptions } from './options.ts';
import type { Tally } from './tally.ts';

export interface SoakResult {
  readonly options: SoakOptions;
  readonly tally: Tally;
  /** Bytes, once everything was connected, and at the end. */
  readonly heap: { readonly before: number; readonly after: number };
}

/** What a soak came to, as names and values. */
export function figuresOf({ options, tally, heap }: SoakResult): readonly (readonly [string, string])[] {
  const hours = (options.devices * options.minutes) / 60;
  const outcomes = [...tally.outcomes].sort(([, a], [, b]) => b - a);
  const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;
  return [
    ['state mismatches', String(tally.mismatches.length)],
    ['missed reconnects', String(tally.missedReconnects.length)],
    ['commands sent late or twice', String(tally.wrongCommands.length)],
    ['crashes and unhandled errors', String(tally.accidents.length)],
    ['comparisons of Home with the gate', String(tally.checks)],
    [
      'writes from Home',
      `${tally.writes} (${outcomes.map(([what, count]) => `${what} ${count}`).join(', ')})`,
    ],
    ['faults switched on', String(tally.faults)],
    ['sessions', String(tally.sessions)],
    ['restarts of the plugin', String(tally.pluginRestarts)],
    ['longest reconnect after the end of the faults', seconds(tally.longestReconnect)],
    ['longest time until Home was right, travel included', seconds(tally.longestUntilTrue)],
    [
      'heap growth',
      `${megabytes(heap.after - heap.before)} (${megabytes(heap.before)} to ${megabytes(heap.after)})`,
    ],
    [
      'log lines for each device and hour',
      `${(tally.lines / hours).toFixed(0)} (warnings ${(tally.warnings / hours).toFixed(0)})`,
    ],
  ];
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
