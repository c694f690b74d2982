/** One contender in a comparison: does the work once and gives its figure (a time, a rate, bytes). */
export interface Contender {
  readonly name: string;
  readonly run: () => Promise<number> | number;
}

export interface Sample {
  readonly name: string;
  /** One figure for each repeat, in the order in which they were taken. */
  readonly figures: readonly number[];
}

export interface Ratio {
  readonly median: number;
  /** 95 % confidence interval, bootstrapped over the repeats. */
  readonly low: number;
  readonly high: number;
}

/**
 * Runs the contenders alternately (A B A B …), so that whatever else the machine does meets all of them. One
 * round before the first is thrown away.
 */
export async function alternate(contenders: readonly Contender[], repeats: number): Promise<Sample[]> {
  const figures = contenders.map((): number[] => []);
  for (let round = -1; round < repeats; round++) {
    for (const [index, contender] of contenders.entries()) {
      const figure = await contender.run();
      if (round >= 0) figures[index]!.push(figure);
    }
  }
  return contenders.map(({ name }, index) => ({ name, figures: figures[index]! }));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * fraction;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}

/** How many times `of` is `to`, at the median, with its interval. */
export function ratio(of: Sample, to: Sample, rounds = 2000): Ratio {
  const random = generator(of.figures.length * 7919 + 1);
  const draw = (values: readonly number[]): number =>
    median(values.map(() => values[Math.floor(random() * values.length)]!));
  const ratios = Array.from({ length: rounds }, () => draw(of.figures) / draw(to.figures));
  return {
    median: median(of.figures) / median(to.figures),
    low: quantile(ratios, 0.025),
    high: quantile(ratios, 0.975),
  };
}

/** The same interval for the same figures: mulberry32, seeded. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
