import { alternate, ratio, type Contender, type Sample } from '../compare.ts';
import { builtDist } from '../built.ts';
import type { BenchOptions, Measure, Result } from '../measure.ts';
import { LeanDevices, LibraryClient } from '../processes.ts';
import type { LibraryName } from '../library-contenders.ts';

const ALL: readonly LibraryName[] = ['floor', 'gatehouse', 'remootio-api-client'];

/** What one contender does once, while its process and that of its device are up. */
type Once = (client: LibraryClient, device: LeanDevices) => Promise<number>;

/** Every contender in a process of its own, which lasts for all repeats, and its device in another. */
async function compare(
  names: readonly LibraryName[],
  repeats: number,
  prepare: Once,
  once: Once,
): Promise<Sample[]> {
  const processes: { stop: () => Promise<void> }[] = [];
  try {
    const contenders: Contender[] = [];
    for (const name of names) {
      const device = await LeanDevices.start();
      const client = await LibraryClient.start(name, await builtDist());
      processes.push(client, device);
      await prepare(client, device);
      contenders.push({ name, run: () => once(client, device) });
    }
    return await alternate(contenders, repeats);
  } finally {
    for (const each of processes) await each.stop();
  }
}

const connectOne: Once = (client, { addresses }) =>
  client.value({ do: 'connect', count: 1, width: 1, address: addresses[0]! });

const OWN_PROCESS =
  'the library as it is built, each contender in a process of its own; the device is one that answers in the turn in which it is asked, in another process';

export const roundTrips: Measure = {
  name: 'QUERY round trips on one session',
  async run({ short }: BenchOptions): Promise<Result[]> {
    const rounds = short ? 30 : 3000;
    const samples = await compare(ALL, short ? 3 : 11, connectOne, async (client) => {
      const took = await client.value({ do: 'query', rounds });
      return (rounds * 1000) / took;
    });
    const [floor, own, vendor] = samples;
    return [
      {
        measure: this.name,
        unit: 'per second, one outstanding',
        samples,
        ours: 'gatehouse',
        goals: [
          { against: 'floor', sense: 'at least', ratio: 0.8, reached: ratio(own!, floor!) },
          { against: 'remootio-api-client', sense: 'at least', ratio: 4, reached: ratio(own!, vendor!) },
        ],
        note: `${OWN_PROCESS}, and has every answer sealed before it is asked, so that its own cost hides nothing`,
      },
    ];
  },
};

export const connecting: Measure = {
  name: 'connect to authenticated',
  async run({ short }: BenchOptions): Promise<Result[]> {
    const count = short ? 3 : 50;
    const samples = await compare(
      ALL,
      short ? 3 : 11,
      () => Promise.resolve(0),
      async (client, { addresses }) => {
        const address = addresses[0]!;
        const took = await client.value({ do: 'connect', count, width: 1, address });
        await client.value({ do: 'close' });
        return took / count;
      },
    );
    const [floor, own] = samples;
    return [
      {
        measure: this.name,
        unit: 'ms',
        samples,
        ours: 'gatehouse',
        goals: [{ against: 'floor', sense: 'at most', ratio: 1.2, reached: ratio(own!, floor!) }],
        note: `${OWN_PROCESS}; from the call to the response of the QUERY that ends the handshake. remootio-api-client does not wait for a SERVER_HELLO, which is one round trip less`,
      },
    ];
  },
};

/** A session that was ready for so long is made anew at once when it breaks. */
const LASTED = 11_000;

export const recovery: Measure = {
  name: 'one device drops: back and authenticated',
  async run({ short }: BenchOptions): Promise<Result[]> {
    const samples = await compare(ALL, short ? 3 : 25, connectOne, async (client, device) => {
      await client.value({ do: 'skip', time: LASTED });
      await client.value({ do: 'count', what: 'ready', upTo: 1 });
      const { at } = await device.ask({ do: 'drop' });
      return (await client.value({ do: 'counted' })) - at;
    });
    const [floor, own] = samples;
    return [
      {
        measure: this.name,
        unit: 'ms',
        samples,
        ours: 'gatehouse',
        goals: [{ against: 'floor', sense: 'at most', ratio: 1.3, reached: ratio(own!, floor!) }],
        note: `${OWN_PROCESS}, which resets the connection and goes on listening. From the reset to the client that has the first response. The clock of our process is put ${LASTED / 1000} s forward before: only after a session that lasted for 10 s is the first try at once`,
      },
    ];
  },
};
