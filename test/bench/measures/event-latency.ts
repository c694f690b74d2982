import type { CharacteristicName, Controller } from '../../e2e/hap.ts';
import { alternate, median, ratio, type Contender, type Sample } from '../compare.ts';
import { ContenderHouse, happened, makePlugins } from '../contender-house.ts';
import type { BenchOptions, Measure, Result } from '../measure.ts';

/** hap-nodejs holds back what is not sent at once for so long: no plugin is faster without a contact sensor. */
const HELD_BACK = 250;
/** What a person takes for "at once", less what the home's network and an iPhone need. */
const LIMIT = 20;

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

/** Something that always takes the same time, to have it in the table. */
const fixed = (name: string, time: number): Contender => ({ name, run: () => time });

function result(measure: string, samples: readonly Sample[], note: string): Result {
  const own = samples.find(({ name }) => name === OURS)!;
  const limit = samples.find(({ name }) => name === AT_ONCE)!;
  return {
    measure,
    unit: 'ms',
    samples,
    ours: OURS,
    goals: [{ against: AT_ONCE, sense: 'at most', ratio: 1, reached: ratio(own, limit) }],
    note,
  };
}

const OURS = 'gatehouse';
const AT_ONCE = `${LIMIT} ms`;

export const eventLatency: Measure = {
  name: 'event of the device to the HAP event',
  async run({ short }: BenchOptions): Promise<Result[]> {
    const plugins = await makePlugins();
    const houses: ContenderHouse[] = [];
    try {
      const travel = { openSeconds: 1, closeSeconds: 1 };
      const more = { ...travel, contactSensor: true, doorbell: true };
      const withSensor = await ContenderHouse.build(plugins.gatehouse, 'Gatehouse', more);
      houses.push(withSensor);
      const alone = await ContenderHouse.build(plugins.gatehouse, 'Gatehouse', travel);
      houses.push(alone);
      const [count, rounds] = short ? [1, 3] : [4, 7];
      const door = await alternate(
        [
          contender(OURS, withSensor, count, moveOnce),
          contender('gatehouse without the contact sensor', alone, count, moveOnce),
          fixed('what hap-nodejs holds back', HELD_BACK),
          fixed(AT_ONCE, LIMIT),
        ],
        rounds,
      );
      const bell = await alternate(
        [contender(OURS, withSensor, count * 4, ringOnce), fixed(AT_ONCE, LIMIT)],
        rounds,
      );
      return [
        result(
          'StateChange to the door in Home, with the contact sensor',
          door,
          'from the sensor of the simulated device to the event frame at the controller, Homebridge between them',
        ),
        result('DoorbellPushed to the ring in Home', bell, 'an immediate characteristic, without a door'),
      ];
    } finally {
      for (const house of houses) await house.demolish();
      plugins.remove();
    }
  },
};
