import type { Ratio, Sample } from './compare.ts';

/** What one measure is compared with, and the ratio that it has to reach. */
export interface Goal {
  readonly against: string;
  /** `at most`: smaller is better (times, bytes). `at least`: larger is better (rates). */
  readonly sense: 'at most' | 'at least';
  readonly ratio: number;
}

export interface Result {
  readonly measure: string;
  readonly unit: string;
  readonly samples: readonly Sample[];
  /** Our own sample's name in {@link samples}. */
  readonly ours: string;
  readonly goals: readonly (Goal & { readonly reached: Ratio })[];
  /** What the reader must know about the figures. */
  readonly note?: string;
  /** It is one point of a plot that shows how cost grows. */
  readonly growth?: Growth;
}

export interface Growth {
  /** The plot: its file is docs/images/performance-<name>.svg. */
  readonly plot: string;
  /** What is drawn upwards, with its unit. */
  readonly axis: string;
  readonly devices: number;
}

export interface BenchOptions {
  /** Checks that the bench works, not the figures: as few and as short repeats as make sense. */
  readonly short: boolean;
  /** Outages in real time as well, and the idle houses run for a while before their minute. */
  readonly long: boolean;
  /** The folder of a homebridge-remootio that somebody has, to be measured instead of quoted. */
  readonly peer?: string | undefined;
}

export interface Measure {
  readonly name: string;
  readonly run: (options: BenchOptions) => Promise<Result[]>;
}
