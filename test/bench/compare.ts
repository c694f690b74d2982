/** One contender in a comparison: does the work once and gives its figure (a time, a rate, bytes). */
export interface Contender {
  readonly name: string;
  readonly run: () => Promise<number> | number;
}

export interface Sample {
  readonly name: string;
  /** One figure for each repeat, in the order in which they were taken. */
  readonly figures: readonly number[];
  /** Measured elsewhere, by others, and only repeated here. */
  readonly quoted?: true;
}

export interface Ratio {
  readonly median: number;
  /** 95 % confidence interval, bootstrapped over the repeats. */
  readonly low: number;
  readonly high: number;
}

/**
 * Runs the contenders alternately (A B A B …), so that whatever else the machine does meets all of them. One
 * round before the first is thrown away. Of two rounds the second goes the other way (A B B A …), since who
 * comes after whom can matter.
 */
export async function alternate(contenders: readonly Contender[], repeats: number): Promise<Sample[]> {
  const figures = contenders.map((): number[] => []);
  await inTurns(contenders, -1, repeats, async ({ run }, index, round) => {
    const figure = await run();
    if (round >= 0) figures[index]!.push(figure);
  });
  return contenders.map(({ name }, index) => ({ name, figures: figures[index]! }));
}

/** Calls `take` with every contender in every round, in the order of {@link alternate}. */
export async function inTurns<Each>(
  contenders: readonly Each[],
  from: number,
  to: number,
  take: (contender: Each, index: number, round: number) => Promise<void>,
): Promise<void> {
  for (let round = from; round < to; round++) {
    const turn = [...contenders.entries()];
    if (round % 2 !== 0) turn.reverse();
    for (const [index, contender] of turn) await take(contender, index, round);
  }
}

/** What was measured elsewhere, and is not measured here. */
export function quoted(name: string, figure: number): Sample {
  return { name, figures: [figure], quoted: true };
}

/** Something that is always the same, to have it in the table. */
export function fixed(name: string, figure: number): Sample {
  return { name, figures: [figure] };
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * fraction;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  // Two that are infinite have no difference.
  return below === above ? below : below + (above - below) * (position - Math.floor(position));
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

/** The same numbers in [0, 1) for the same seed: mulberry32. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
