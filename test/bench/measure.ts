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
}

export interface BenchOptions {
  /** Checks that the bench works, not the figures: as few and as short repeats as make sense. */
  readonly short: boolean;
  /** Real outages and a full minute of idling. */
  readonly long: boolean;
}

export interface Measure {
  readonly name: string;
  readonly run: (options: BenchOptions) => Promise<Result[]>;
}
