import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import { status } from './status.ts';
import { House, type Plan } from './house.ts';

const OPEN = 0;
const CLOSED = 1;
const T = 'TargetDoorState';

const GATES = {
  Front: {},
  Garage: { apiVersion: 1, logging: false },
  'Read only': { config: { readOnly: true } },
  Gone: {},
} as const satisfies Record<string, Plan>;

let house: House<keyof typeof GATES>;

/** The same as `door.test.ts` with Homebridge 2, as far as the two might differ. */
beforeAll(async () => {
  house = await House.build(inject('plugin'), '1.11.4', GATES);
});

afterEach(({ task }) => house.afterTest(task));

afterAll(async () => {
  await house.demolish();
});

test('opens and closes from Home', async () => {
  const gate = house.gate('Front');
  const mark = gate.mark();
  const story = await house.watch('Front');
  await house.ann.write('Front', T, OPEN);
  await story.until({ T: 0, C: 0 });
  await house.ann.write('Front', T, CLOSED);
  expect(await story.until({ T: 1, C: 1 })).toEqual(['T0 C2', 'C0', 'T1 C3', 'C1']);
  expect(story.untrueLabels).toEqual([]);
  expect(gate.commandsSince(mark)).toEqual(['OPEN', 'CLOSE']);
});

test('shows what somebody else does', async () => {
  const gate = house.gate('Garage');
  const mark = gate.mark();
  const story = await house.watch('Garage');
  await gate.press();
  await story.until({ T: 0, C: 0 });
  await gate.motion('stopped', mark);
  await gate.press();
  expect(await story.until({ T: 1, C: 1 })).toEqual(['T0 C2', 'C0', 'T1 C1']);
  expect(gate.commandsSince(mark)).toEqual([]);
});

test.each([
  ['Front', 'rejected-commands', -70402],
  ['Front', 'unanswered-not-executed', -70408],
  ['Read only', undefined, -70401],
] as const)(
  '%s, %s: the write fails with its own status, and T and C stay true',
  async (name, fault, code) => {
    const gate = house.gate(name);
    if (fault) await gate.fault(fault, { times: 1 });
    await expect(house.ann.write(name, T, OPEN)).rejects.toEqual(status(code));
    expect(await house.ann.door(name)).toEqual({ T: 1, C: 1, O: 0 });
  },
);

test('device gone: the write fails, and is not sent when it is back', async () => {
  const gate = house.gate('Gone');
  await gate.kill();
  await expect(house.ann.write('Gone', T, OPEN)).rejects.toEqual(status(-70402));
  const mark = gate.mark();
  const story = await house.watch('Gone');
  await gate.start();
  await gate.authenticated(mark);
  await gate.press();
  expect(await story.until({ T: 0, C: 0 })).toEqual(['T0 C2', 'C0']);
  expect(gate.commandsSince(mark)).toEqual([]);
});
