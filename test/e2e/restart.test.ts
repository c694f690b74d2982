import { afterEach, expect, inject, test } from 'vitest';
import { House, type Plan } from './house.ts';
import type { HomebridgeVersion } from './homebridge-process.ts';

const OPEN = { T: 0, C: 0, O: 0 };
const CLOSED = { T: 1, C: 1, O: 0 };

/** `Moving` opens for so long that it can be left in the middle. */
const GATES = {
  First: { state: 'open' },
  Second: { state: 'closed' },
  Moving: { state: 'closed', travel: 20_000, config: { openSeconds: 30 } },
} as const satisfies Record<string, Plan>;

const NAMES = ['First', 'Second', 'Moving'] as const;

type Shop = House<keyof typeof GATES>;

let house: Shop | undefined;

afterEach(async () => {
  await house?.demolish();
  house = undefined;
});

/** Ends Homebridge in the middle of an opening, takes the devices away, and starts it again without them. */
async function restartWithoutDevices(house: Shop, end: 'stop' | 'kill'): Promise<void> {
  const opening = await house.watch('Moving');
  await house.ann.write('Moving', 'TargetDoorState', 0);
  await opening.until({ T: 0, C: 2 });
  await house.homebridge[end]();
  await Promise.all(NAMES.map((name) => house.gate(name).kill()));
  await house.startAgain();
}

test.each<HomebridgeVersion>(['2.4.0', '1.11.4'])(
  'Homebridge %s: the last state is there before the device, and the device corrects it',
  async (version) => {
    house = await House.build(inject('plugin'), version, GATES);
    // What stands open and what is closed changes places each time.
    let [open, shut] = ['First', 'Second'] as ['First' | 'Second', 'First' | 'Second'];
    for (const end of ['stop', 'kill'] as const) {
      await restartWithoutDevices(house, end);
      expect(await house.ann.door(open)).toEqual(OPEN);
      expect(await house.ann.door(shut)).toEqual(CLOSED);
      // A travel is over by then, one way or the other: open, until the device says otherwise.
      expect(await house.ann.door('Moving')).toEqual(OPEN);

      const closing = await house.watch(open);
      const opening = await house.watch(shut);
      const correction = await house.watch('Moving');
      await house.gate(open).start('closed');
      await house.gate(shut).start('open');
      await house.gate('Moving').start('closed');
      expect(await closing.until(CLOSED)).toEqual(['T1 C1']);
      await opening.until(OPEN);
      expect(await correction.until(CLOSED)).toEqual(['T1 C1']);
      const labels = [closing, opening, correction].flatMap((story) => story.untrueLabels);
      expect(labels).toEqual([]);
      [open, shut] = [shut, open];
    }
  },
  60_000,
);
