import type { CharacteristicName, Controller } from '../../e2e/hap.ts';
import { alternate, fixed, median, ratio, type Contender, type Sample } from '../compare.ts';
import { ContenderHouse, happened } from '../contender-house.ts';
import type { BenchOptions, Measure, Result } from '../measure.ts';
import { pluginContenders } from '../plugins.ts';

/** hap-nodejs holds back what is not sent at once for so long: no plugin is faster without a contact sensor. */
const HELD_BACK = 250;
/** What is at once, in milliseconds. */
const LIMIT = 5;
/** What a door without a contact sensor may take longer than the floor. */
const ALLOWANCE = 2;

/** Moves the gate, and measures from the sensor's change to the frame that has the door's new state. */
async function moveOnce({ controller, device }: ContenderHouse): Promise<number> {
  const changed = happened(device, ({ event }) => event === 'sensor');
  const stopped = happened(device, (what) => what.event === 'gate' && what.motion === 'stopped');
  const shown = frameWith(controller, 'TargetDoorState');
  device.moveByRemoteControl();
  const start = await changed;
  const end = await shown;
  await stopped;
  // So that no frame which was held back meets the next one.
  await new Promise((resolve) => setTimeout(resolve, HELD_BACK + 50));
  return end - start;
}

async function ringOnce({ controller, device }: ContenderHouse): Promise<number> {
  const rung = happened(device, (what) => what.event === 'event' && what.type === 'DoorbellPushed');
  const heard = frameWith(controller, 'ProgrammableSwitchEvent');
  device.pushDoorbell();
  const start = await rung;
  return (await heard) - start;
}

/** Resolves with the time at which the next event frame came that has this characteristic. */
async function frameWith({ frames }: Controller, wanted: CharacteristicName): Promise<number> {
  const hasIt = ({
    changes,
  }: {
    readonly changes: readonly { readonly characteristic: string }[];
  }): boolean => changes.some(({ characteristic }) => characteristic === wanted);
  return (await frames.waitFor(wanted, hasIt, { since: frames.mark() })).at;
}

function contender(
  name: string,
  house: ContenderHouse,
  count: number,
  once: (house: ContenderHouse) => Promise<number>,
): Contender {
  return {
    name,
    run: async () => {
      const times: number[] = [];
      for (let index = 0; index < count; index++) times.push(await once(house));
      return median(times);
    },
  };
}

const OURS = 'gatehouse';
const AT_ONCE = `${LIMIT} ms`;

/** Ours against a limit in milliseconds, which may move with the floor. */
function result(measure: string, samples: readonly Sample[], limit: Sample, note: string): Result {
  const own = samples.find(({ name }) => name === OURS)!;
  return {
    measure,
    unit: 'ms',
    samples: [...samples, limit],
    ours: OURS,
    goals: [{ against: limit.name, sense: 'at most', ratio: 1, reached: ratio(own, limit) }],
    note,
  };
}

interface Houses {
  readonly others: readonly ContenderHouse[];
  readonly alone: ContenderHouse;
  readonly withSensor: ContenderHouse;
}

async function measure({ others, alone, withSensor }: Houses, short: boolean): Promise<Result[]> {
  const [count, rounds] = short ? [1, 1] : [4, 7];
  const of = (house: ContenderHouse, once: typeof moveOnce, times = count): Contender =>
    contender(house.name, house, times, once);
  const door = await alternate(
    [...others, alone].map((house) => of(house, moveOnce)),
    rounds,
  );
  const sensor = await alternate([of(withSensor, moveOnce)], rounds);
  const bell = await alternate([of(withSensor, ringOnce, count * 4)], rounds);
  const floor = door[0]!;
  const allowed = {
    name: `${floor.name} + ${ALLOWANCE} ms`,
    figures: floor.figures.map((time) => time + ALLOWANCE),
  };
  return [
    result(
      'StateChange to the door in Home, door alone',
      door,
      allowed,
      `from the sensor of the simulated device to the event frame at the controller, Homebridge between them; hap-nodejs holds back for ${HELD_BACK} ms what is not to be sent at once`,
    ),
    result(
      'StateChange to the door in Home, with the contact sensor',
      sensor,
      fixed(AT_ONCE, LIMIT),
      'the same; the contact sensor is sent at once, and what was held back goes with it',
    ),
    result(
      'DoorbellPushed to the ring in Home',
      bell,
      fixed(AT_ONCE, LIMIT),
      'an immediate characteristic, without a door',
    ),
  ];
}

export const eventLatency: Measure = {
  name: 'event of the device to the HAP event',
  async run({ short, peer }: BenchOptions): Promise<Result[]> {
    const houses: ContenderHouse[] = [];
    const build = async (...args: Parameters<typeof ContenderHouse.build>): Promise<ContenderHouse> => {
      const house = await ContenderHouse.build(...args);
      houses.push(house);
      return house;
    };
    try {
      const contenders = await pluginContenders(peer);
      const travel = { openSeconds: 1, closeSeconds: 1 };
      const own = contenders.find(({ name }) => name === OURS)!;
      const alone = await build(own, travel);
      const withSensor = await build(own, { ...travel, contactSensor: true, doorbell: true });
      const others: ContenderHouse[] = [];
      for (const other of contenders) if (other !== own) others.push(await build(other));
      return await measure({ others, alone, withSensor }, short);
    } finally {
      for (const house of houses) await house.demolish();
    }
  },
};
