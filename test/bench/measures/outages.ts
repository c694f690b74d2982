import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../../src/base/clock.ts';
import { SimulatedDevice } from '../../../src/simulator/index.ts';
import { fixed, quoted, ratio, type Sample } from '../compare.ts';
import type { BenchOptions, Measure, Result } from '../measure.ts';
import { deviceFor, playOutage, type Outage } from '../outage-rig.ts';

interface Length {
  readonly name: string;
  readonly lasts: number;
  /** Milliseconds within which it is to be over. */
  readonly limit: number;
  readonly others: readonly Sample[];
}

const LENGTHS: readonly Length[] = [
  { name: '8 s', lasts: 8000, limit: 2000, others: [quoted('homebridge-remootio after 8 s', 52)] },
  { name: '60 s', lasts: 60_000, limit: 15_000, others: [] },
  {
    name: '10 min',
    lasts: 600_000,
    limit: 60_000,
    others: [quoted('homebridge-remootio after about 90 min', Infinity)],
  },
];

/** mDNS says that it is there: that is "at once", in milliseconds. */
const AT_ONCE = 100;

type Judged = 'worst' | 'median';

/** All recoveries, their worst, and the limit for one of the two, in seconds. */
function result(
  measure: string,
  times: readonly number[],
  limit: number,
  judged: Judged,
  others: readonly Sample[] = [],
): Result {
  const all: Sample = { name: 'gatehouse', figures: times.map((time) => time / 1000) };
  const worst = fixed(`gatehouse, the worst of ${times.length}`, Math.max(...all.figures));
  const bound = fixed(`${limit / 1000} s`, limit / 1000);
  const own = judged === 'worst' ? worst : all;
  return {
    measure,
    unit: 's',
    samples: [all, worst, bound, ...others],
    ours: own.name,
    goals: [{ against: bound.name, sense: 'at most', ratio: 1, reached: ratio(own, bound) }],
  };
}

async function play(outage: Outage, seeds: number): Promise<number[]> {
  const times: number[] = [];
  for (let seed = 1; seed <= seeds; seed++) times.push(await playOutage(outage, seed));
  return times;
}

async function simulatedOutages(seeds: number): Promise<Result[]> {
  const results: Result[] = [];
  for (const { name, lasts, limit, others } of LENGTHS) {
    const of = (absence: Outage['absence'], announced: boolean): Promise<number[]> =>
      play({ absence, lasts, announced }, seeds);
    results.push(
      result(`outage of ${name}, nothing listens`, await of('refuses', false), limit, 'worst', others),
      result(`outage of ${name}, nothing answers`, await of('silent', false), limit, 'median'),
      result(`outage of ${name}, announced by mDNS`, await of('refuses', true), AT_ONCE, 'median'),
    );
  }
  return results.map((each, index) => (index === 0 ? { ...each, note: NOTE } : each));
}

const NOTE =
  'from the device listening again to online. Real supervisor and device, simulated gate and network, on a clock that a test moves; each repeat has another seed for the jitter, the moment and a tenth more or less of the length. Where nothing answers, as behind a device without power, TCP decides as well: a SYN is repeated after 1 s, what comes back after that is seen by the next attempt, and an attempt is given up after 3 s; so it is the median that has to keep the limit there. An announcement begins an attempt at once, half a second after the beginning of the last one at the earliest; its median is judged too';
/** How many devices go through a real outage of each length, all at the same time. */
const REAL_ONES = 5;

/** The same with real sockets in real time: a little more than ten minutes. */
async function realOutages(): Promise<Result[]> {
  return Promise.all(
    LENGTHS.map(async ({ name, lasts, limit }) => {
      const times = await Promise.all(Array.from({ length: REAL_ONES }, () => realOutage(lasts)));
      return result(`outage of ${name}, nothing listens, in real time`, times, limit, 'worst');
    }),
  );
}

async function realOutage(lasts: number): Promise<number> {
  const simulated = new SimulatedDevice();
  await simulated.start();
  const device = deviceFor(simulated, systemClock);
  try {
    const online = (): Promise<void> =>
      new Promise((resolve) => {
        const off = device.healthChanged.on(({ state }) => {
          if (state !== 'online') return;
          off();
          resolve();
        });
      });
    const first = online();
    device.start();
    await first;
    await pause(11_000 + Math.random() * 1000);
    const again = online();
    await simulated.stopListening();
    simulated.drop();
    await pause(lasts);
    await simulated.listen();
    const back = performance.now();
    await again;
    return performance.now() - back;
  } finally {
    await device.stop();
    await simulated.stop();
  }
}

export const outages: Measure = {
  name: 'outages',
  async run({ short, long }: BenchOptions): Promise<Result[]> {
    const results = await simulatedOutages(short ? 3 : 200);
    return long ? [...results, ...(await realOutages())] : results;
  },
};
