import { builtDist } from '../built.ts';
import { inTurns, ratio, type Sample } from '../compare.ts';
import type { LibraryName } from '../library-contenders.ts';
import type { BenchOptions, Measure, Result } from '../measure.ts';
import { LeanDevices, LibraryClient } from '../processes.ts';

/** How many attempts are under way at a time. */
const WIDTH = 32;
/** Every session, and as many files at its other end: what a machine must allow a process to have open. */
const SPARE_FILES = 200;

interface Figures {
  readonly connect: number;
  readonly bytes: number;
  readonly queries: number;
  readonly events: number;
}

interface Size {
  readonly count: number;
  readonly repeats: number;
  readonly queries: number;
  readonly events: number;
  readonly names: readonly LibraryName[];
}

/** One contender with all its sessions in a new process, its devices in another. */
async function measureOnce(name: LibraryName, { count, queries, events }: Size): Promise<Figures> {
  const devices = await LeanDevices.start();
  const client = await LibraryClient.start(name, await builtDist());
  try {
    const address = devices.addresses[0]!;
    // What a first connection loads and compiles is not what a session costs.
    await client.value({ do: 'connect', count: WIDTH, width: WIDTH, address });
    await client.value({ do: 'query', rounds: 5 });
    await client.value({ do: 'close' });
    const before = await client.value({ do: 'memory' });
    const connect = await client.value({ do: 'connect', count, width: WIDTH, address });
    const bytes = ((await client.value({ do: 'memory' })) - before) / count;
    await client.value({ do: 'query', rounds: Math.ceil(queries / 5) });
    const took = await client.value({ do: 'query', rounds: queries });
    await client.value({ do: 'count', what: 'events', upTo: count * events });
    const { at } = await devices.ask({ do: 'events', count: events });
    const heard = await client.value({ do: 'counted' });
    return {
      connect,
      bytes: bytes > 0 ? bytes : Number.NaN,
      queries: (count * queries * 1000) / took,
      events: (count * events * 1000) / (heard - at),
    };
  } finally {
    await client.stop();
    await devices.stop();
  }
}

async function measureSize(size: Size): Promise<Result[]> {
  const taken = size.names.map((): Figures[] => []);
  await inTurns(size.names, 0, size.repeats, async (name, index) => {
    taken[index]!.push(await measureOnce(name, size));
  });
  const samples = (key: keyof Figures): Sample[] =>
    size.names.map((name, index) => ({ name, figures: taken[index]!.map((figures) => figures[key]) }));
  const result = (what: string, unit: string, key: keyof Figures, goals: readonly GoalOf[]): Result => {
    const all = samples(key);
    const of = (name: string): Sample | undefined => all.find((sample) => sample.name === name);
    return {
      measure: `${size.count.toLocaleString('en')} sessions in one process: ${what}`,
      unit,
      samples: all,
      ours: 'gatehouse',
      goals: goals.flatMap((goal) => {
        const against = of(goal.against);
        return against ? [{ ...goal, reached: ratio(of('gatehouse')!, against) }] : [];
      }),
    };
  };
  return [
    result('time to all authenticated', `ms, ${WIDTH} at a time`, 'connect', [atMost(1.2)]),
    result('memory', 'bytes a session', 'bytes', [atMost(1.5)]),
    result('queries', 'per second', 'queries', [
      { against: 'remootio-api-client', sense: 'at least', ratio: 3 },
    ]),
    result('events through to a listener', 'per second', 'events', []),
  ];
}

type GoalOf = Omit<Result['goals'][number], 'reached'>;

function atMost(ratio: number): GoalOf {
  return { against: 'floor', sense: 'at most', ratio };
}

const NOTE =
  'every run of a contender is a process of its own with its devices in another. Memory is what the process alone has, after a collection, less what it had before the sessions (n/a where the system does not tell). Queries are one outstanding in each session';

/** How many files this process, and so its children, may have open; undefined where that is not known. */
function fileLimit(): number | undefined {
  const { userLimits } = process.report.getReport() as unknown as {
    readonly userLimits?: { readonly open_files?: { readonly hard: number | string } };
  };
  const hard = userLimits?.open_files?.hard;
  return typeof hard === 'number' ? hard : undefined;
}

export const sessions: Measure = {
  name: 'many sessions in one process',
  async run({ short }: BenchOptions): Promise<Result[]> {
    const all: readonly LibraryName[] = ['floor', 'gatehouse', 'remootio-api-client'];
    if (short) {
      return noted(await measureSize({ count: 50, repeats: 1, queries: 5, events: 5, names: all }));
    }
    const results = await measureSize({ count: 1000, repeats: 5, queries: 25, events: 25, names: all });
    const limit = fileLimit();
    if (limit !== undefined && limit < 10_000 + SPARE_FILES) {
      return noted(
        results,
        `. 10,000 sessions were left out: this process may have ${limit} files open; run it after "ulimit -n 12000"`,
      );
    }
    const large = { count: 10_000, repeats: 5, queries: 5, events: 5 };
    // The vendor's client has no goal of its own here, and takes its time.
    return noted([...results, ...(await measureSize({ ...large, names: ['floor', 'gatehouse'] }))]);
  },
};

/** The note stands with the first of them. */
function noted(results: readonly Result[], more = ''): Result[] {
  return results.map((result, index) => (index === 0 ? { ...result, note: NOTE + more } : result));
}
