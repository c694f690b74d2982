import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import type { FaultName } from '../../src/simulator/index.ts';
import { status } from './status.ts';
import { House, type Plan } from './house.ts';

const OPEN = 0;
const CLOSED = 1;
const T = 'TargetDoorState';

/** One gate for each test, so that none inherits what another has left. */
const GATES = {
  'Dropped after': {},
  'Dropped before': {},
  'Lost edge': { state: 'open' },
  Burst: { travel: 1_500, config: { openSeconds: 2 } },
  Garbage: { travel: 1_500, config: { openSeconds: 2 } },
  Hung: {},
  Contested: {},
  'Two phones': { state: 'open' },
} as const satisfies Record<string, Plan>;

let house: House<keyof typeof GATES>;

beforeAll(async () => {
  house = await House.build(inject('plugin'), '2.4.0', GATES);
});

afterEach(({ task }) => house.afterTest(task));

afterAll(async () => {
  await house.demolish();
});

describe('a command whose outcome is unknown', () => {
  test('was carried out: the write fails, the reconnect shows it open, and nothing is sent again', async () => {
    const gate = house.gate('Dropped after');
    const mark = gate.mark();
    const story = await house.watch('Dropped after');
    await gate.fault('drop-after-execution', { times: 1 });
    await expect(house.ann.write('Dropped after', T, OPEN)).rejects.toEqual(status(-70408));
    await story.until({ T: 0, C: 0 });
    expect(story.untrueLabels).toEqual([]);
    expect(gate.commandsSince(mark)).toEqual(['OPEN']);
  });

  test('was not carried out: the write fails, it is shown closed, and nothing is sent again', async () => {
    const gate = house.gate('Dropped before');
    const mark = gate.mark();
    const story = await house.watch('Dropped before');
    await gate.fault('drop-before-execution', { times: 1 });
    await expect(house.ann.write('Dropped before', T, OPEN)).rejects.toEqual(status(-70408));
    await gate.authenticated(mark);
    await expect.poll(() => house.ann.door('Dropped before')).toEqual({ T: 1, C: 1, O: 0 });
    // The next one is carried out as ever.
    await house.ann.write('Dropped before', T, OPEN);
    await story.until({ T: 0, C: 0 });
    expect(story.untrueLabels).toEqual([]);
    expect(gate.commandsSince(mark)).toEqual(['OPEN', 'OPEN']);
  });
});

describe('in the middle of a travel', () => {
  test('the report that it is closed gets lost: it is asked for when the time is up', async () => {
    const gate = house.gate('Lost edge');
    const mark = gate.mark();
    const lines = house.homebridge.lines.mark();
    const story = await house.watch('Lost edge');
    await gate.fault('lost-state-change');
    await house.ann.write('Lost edge', T, CLOSED);
    await story.until({ T: 1, C: 1 }, 15_000);
    expect(story.told).toEqual(['T1 C3', 'C1']);
    expect(gate.commandsSince(mark)).toEqual(['CLOSE']);
    expect(house.complaints('Lost edge', lines)).toEqual([]);
  });

  test.each<['Burst' | 'Garbage', FaultName]>([
    ['Burst', 'event-burst'],
    ['Garbage', 'garbage-frames'],
  ])('%s: a travel ends as it began', async (name, fault) => {
    const gate = house.gate(name);
    const mark = gate.mark();
    const lines = house.homebridge.lines.mark();
    const story = await house.watch(name);
    await house.ann.write(name, T, OPEN);
    await gate.sensor('open', mark);
    await gate.fault(fault);
    await story.until({ T: 0, C: 0 });
    expect(story.untrueLabels).toEqual([]);
    expect(gate.commandsSince(mark)).toEqual(['OPEN']);
    expect(house.complaints(name, lines)).toEqual([]);
  });
});

test('a device that hangs: a write fails in time, and what happened meanwhile is shown when it answers', async () => {
  const gate = house.gate('Hung');
  const mark = gate.mark();
  const story = await house.watch('Hung');
  await gate.fault('silence');
  await expect(house.ann.write('Hung', T, OPEN)).rejects.toEqual(status(-70408));
  await gate.press();
  const hung = gate.mark();
  // The session has been given up by now, and another one is tried.
  const asked = (seen: { event: string }): boolean => seen.event === 'connection';
  await gate.happenings.waitFor('another connection', asked, { since: hung, within: 10_000 });
  await gate.healthy();
  await story.until({ T: 0, C: 0 }, 20_000);
  expect(story.untrueLabels).toEqual([]);
  expect(gate.commandsSince(mark)).toEqual([]);
});

test('another client that takes the one connection again and again: one line, and it works in the end', async () => {
  const gate = house.gate('Contested');
  const lines = house.homebridge.lines.mark();
  let mark = gate.mark();
  await gate.fault('slot-taken', { delay: 50 });
  await gate.do('drop');
  for (let session = 0; session < 4; session++) {
    await gate.authenticated(mark);
    mark = gate.mark();
  }
  await gate.healthy();
  await gate.authenticated(mark);
  await expect
    .poll(() => house.complaints('Contested', lines))
    .toEqual([expect.stringContaining('Another client')]);
  const story = await house.watch('Contested');
  await expect
    .poll(() => house.ann.write('Contested', T, OPEN).then(() => 'written', String), { timeout: 10_000 })
    .toBe('written');
  await story.until({ T: 0, C: 0 });
  expect(house.complaints('Contested', lines)).toHaveLength(1);
});

test('two phones at once, one of which opens and the other closes: what is shown is true', async () => {
  const gate = house.gate('Two phones');
  const mark = gate.mark();
  await Promise.allSettled([
    house.ann.write('Two phones', T, CLOSED),
    house.bob.write('Two phones', T, OPEN),
  ]);
  await expect
    .poll(
      async () => {
        const { sensor, motion } = (await gate.do('state')) as { sensor: string; motion: string };
        const door = await house.ann.door('Two phones');
        return motion === 'stopped' && door.T === door.C && (door.C === CLOSED) === (sensor === 'closed');
      },
      { timeout: 15_000 },
    )
    .toBe(true);
  expect(gate.commandsSince(mark).length).toBeLessThanOrEqual(2);
});
