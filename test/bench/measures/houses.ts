import { setTimeout as pause } from 'node:timers/promises';
import { machineTime } from '../bare.ts';
import { inTurns, quoted, ratio, type Sample } from '../compare.ts';
import { PlainHomebridge } from '../homebridge.ts';
import type { BenchOptions, Growth, Measure, Result } from '../measure.ts';
import { pluginContenders, type PluginContender } from '../plugins.ts';
import { LeanDevices } from '../processes.ts';
import { privateBytes } from '../resident.ts';

/** The most that a bridge takes is 149 accessories. */
const SIZES = [1, 50, 140] as const;
/** A session that lasted for 10 s is made anew at once; and what a start left behind in memory is cleared. */
const LASTED = 11_000;

interface Figures {
  /** Milliseconds. */
  readonly start: number;
  /** Bytes; undefined where the system does not tell. */
  readonly memory: number | undefined;
  /** Milliseconds. */
  readonly back: number;
}

/** A Homebridge with one plugin and many devices, which live together in another process. */
export class FullHouse {
  readonly homebridge: PlainHomebridge;
  readonly devices: LeanDevices;
  /** Milliseconds from the spawn to the last device's first response. */
  readonly start: number;
  readonly #completeAt: number;

  private constructor(homebridge: PlainHomebridge, devices: LeanDevices, completeAt: number) {
    this.homebridge = homebridge;
    this.devices = devices;
    this.#completeAt = completeAt;
    this.start = completeAt - homebridge.spawnedAt;
  }

  static async build({ folder, platform }: PluginContender, size: number): Promise<FullHouse> {
    const devices = await LeanDevices.start(size);
    const named = devices.addresses.map((address, index) => ({ name: `Gate ${index + 1}`, ...address }));
    const homebridge = await PlainHomebridge.spawn(folder, platform(named));
    try {
      await homebridge.serving();
      const { at } = await devices.ask({ do: 'await', count: size });
      return new FullHouse(homebridge, devices, at);
    } catch (error) {
      await homebridge.end();
      await devices.stop();
      throw error;
    }
  }

  /** Waits until every session has been there for so long. */
  async lasted(time: number): Promise<void> {
    await pause(Math.max(0, this.#completeAt + time - machineTime()));
  }

  /** Drops every connection. @returns milliseconds until the last one is authenticated again. */
  async dropAll(): Promise<number> {
    const { at } = await this.devices.ask({ do: 'drop' });
    const back = await this.devices.ask({ do: 'await', count: this.devices.addresses.length });
    return back.at - at;
  }

  async demolish(): Promise<void> {
    await this.homebridge.end();
    await this.devices.stop();
  }
}

interface Cell {
  readonly contender: PluginContender;
  readonly size: number;
  readonly figures: Figures[];
}

/** Builds all houses one after the other, lets them settle together, and looks at each. */
async function round(cells: readonly Cell[], lasted: number): Promise<void> {
  const houses: { readonly house: FullHouse; readonly cell: Cell }[] = [];
  try {
    await inTurns(cells, 0, 1, async (cell) => {
      houses.push({ house: await FullHouse.build(cell.contender, cell.size), cell });
    });
    for (const { house } of houses) await house.lasted(lasted);
    for (const { house, cell } of houses) {
      const memory = privateBytes(house.homebridge.pid);
      cell.figures.push({ start: house.start, memory, back: await house.dropAll() });
    }
  } finally {
    for (const { house } of houses) await house.demolish();
  }
}

/** What was measured elsewhere of homebridge-remootio, which is not on every registry. */
const QUOTED: Readonly<Record<keyof Figures, Readonly<Record<number, number>>>> = {
  start: { 140: 1573 },
  memory: { 1: 48, 50: 55, 140: 80 },
  back: { 140: 213 },
};

type Plot = Omit<Growth, 'devices'>;

const GROWTH: Readonly<Partial<Record<keyof Figures, Plot>>> = {
  start: { plot: 'start', axis: 'spawn to all authenticated, ms' },
  memory: { plot: 'memory', axis: 'private memory of Homebridge, MB' },
};

interface Row {
  readonly key: keyof Figures;
  readonly what: string;
  readonly unit: string;
  readonly goal: number;
  /** The sizes that the goal is for. */
  readonly bound: readonly number[];
  readonly note: string;
}

const ROWS: readonly Row[] = [
  {
    key: 'start',
    what: 'spawn of Homebridge to all authenticated',
    unit: 'ms',
    goal: 1.15,
    bound: [140],
    note: 'a real Homebridge without debug output and in a new storage; the devices answer at once and live in another process. Until the last device has answered the QUERY that ends its handshake',
  },
  {
    key: 'back',
    what: 'all dropped to all back',
    unit: 'ms',
    goal: 1.15,
    bound: [140],
    note: `after ${LASTED / 1000} s of peace all connections are reset at once, and the devices go on listening`,
  },
  {
    key: 'memory',
    what: 'private memory of Homebridge',
    unit: 'MB',
    goal: 1.1,
    bound: SIZES,
    note: `Private_* of smaps_rollup ${LASTED / 1000} s after the start: what would be free if it ended (n/a where the system does not tell)`,
  },
];

function results(cells: readonly Cell[], peer: boolean): Result[] {
  const sizes = [...new Set(cells.map(({ size }) => size))];
  return ROWS.flatMap((row) =>
    sizes.map((size, index) => {
      const samples: Sample[] = cells
        .filter((cell) => cell.size === size)
        .map(({ contender, figures }) => ({
          name: contender.name,
          figures: figures.map((each) => inUnit(row.key, each[row.key])),
        }));
      const [floor, own] = samples;
      const known = QUOTED[row.key][size];
      const growth = GROWTH[row.key];
      return {
        measure: `${size} ${size === 1 ? 'device' : 'devices'}: ${row.what}`,
        unit: row.unit,
        samples: [...samples, ...(peer || known === undefined ? [] : [quoted('homebridge-remootio', known)])],
        ours: 'gatehouse',
        goals: row.bound.includes(size)
          ? [{ against: floor!.name, sense: 'at most', ratio: row.goal, reached: ratio(own!, floor!) }]
          : [],
        ...(index === 0 && { note: row.note }),
        ...(growth && { growth: { ...growth, devices: size } }),
      };
    }),
  );
}

function inUnit(key: keyof Figures, figure: number | undefined): number {
  return key === 'memory' ? (figure ?? Number.NaN) / 1e6 : (figure ?? Number.NaN);
}

export const houses: Measure = {
  name: 'Homebridge with many devices',
  async run({ short, peer }: BenchOptions): Promise<Result[]> {
    const contenders = await pluginContenders(peer);
    const cells = (short ? [1, 3] : SIZES).flatMap((size) =>
      contenders.map((contender): Cell => ({ contender, size, figures: [] })),
    );
    for (let repeat = 0; repeat < (short ? 1 : 6); repeat++) {
      await round(repeat % 2 === 0 ? cells : cells.toReversed(), short ? 0 : LASTED);
    }
    return results(cells, peer !== undefined);
  },
};
