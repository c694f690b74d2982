import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { status } from './status.ts';
import { House, type Plan } from './house.ts';

const OPEN = 0;
const CLOSED = 1;
const T = 'TargetDoorState';

/** One gate for each test, so that none inherits what another has left. */
const GATES = {
  'From Home': {},
  'Logging on': {},
  'Logging off': { logging: false },
  'Version 1': { apiVersion: 1, logging: false },
  Rejects: {},
  Busy: {},
  Late: { logging: false },
  Mute: {},
  Repeated: {},
  'Stops on a pulse': { state: 'open' },
  'Turns on a pulse': {
    pulseWhileMoving: 'reverse',
    // So far from closed at the second write that "closing" and "closed" are two event frames.
    travel: 1_500,
    sensorDelay: 700,
    config: { openSeconds: 2 },
  },
  'Slow sensor': { travel: 1_500, sensorDelay: 1_200, config: { openSeconds: 2 } },
  Refuses: { state: 'open' },
  Pulses: { state: 'open', pulseWhileMoving: 'reverse', config: { whileClosing: 'pulse' } },
  'Read only': { config: { readOnly: true } },
  Jammed: {},
  Obstructed: { state: 'open' },
  Hasty: {},
} as const satisfies Record<string, Plan>;

let house: House<keyof typeof GATES>;

beforeAll(async () => {
  house = await House.build(inject('plugin'), '2.4.0', GATES);
});

afterEach(({ task }) => house.afterTest(task));

afterAll(async () => {
  await house.demolish();
});

describe('operated from Home', () => {
  test('opens and closes, each with one command and in the order that Home needs', async () => {
    const gate = house.gate('From Home');
    const mark = gate.mark();

    const opening = await house.watch('From Home');
    await house.ann.write('From Home', T, OPEN);
    expect(await opening.until({ T: 0, C: 0 })).toEqual(['T0 C2', 'C0']);
    expect(opening.untrueLabels).toEqual([]);
    // One second of travel, less what the event frame may have been held back.
    expect(opening.at[1]! - opening.at[0]!).toBeGreaterThan(700);
    expect(await house.ann.door('From Home')).toEqual({ T: 0, C: 0, O: 0 });

    const closing = await house.watch('From Home');
    await house.ann.write('From Home', T, CLOSED);
    expect(await closing.until({ T: 1, C: 1 })).toEqual(['T1 C3', 'C1']);
    expect(closing.untrueLabels).toEqual([]);
    expect(closing.at[1]).toBeGreaterThan((await gate.sensor('closed', mark)).at);

    expect(gate.commandsSince(mark)).toEqual(['OPEN', 'CLOSE']);
  });

  test('the same write again while its travel is under way sends nothing', async () => {
    const gate = house.gate('Repeated');
    const mark = gate.mark();
    const story = await house.watch('Repeated');
    await house.ann.write('Repeated', T, OPEN);
    await house.ann.write('Repeated', T, OPEN);
    await gate.sensor('open', mark);
    await house.bob.write('Repeated', T, OPEN);
    expect(await story.until({ T: 0, C: 0 })).toEqual(['T0 C2', 'C0']);
    expect(gate.commandsSince(mark)).toEqual(['OPEN']);
  });

  test.each([
    ['Rejects', {}, -70402],
    ['Busy', { errorCode: 'ERR_RELAY_BUSY' }, -70403],
  ] as const)('%s: the write fails, and nothing moves', async (name, options, code) => {
    const gate = house.gate(name);
    const mark = gate.mark();
    const story = await house.watch(name);
    await gate.fault('rejected-commands', options);
    await expect(house.ann.write(name, T, OPEN)).rejects.toEqual(status(code));
    expect(await house.ann.door(name)).toEqual({ T: 1, C: 1, O: 0 });

    await gate.healthy();
    await house.ann.write(name, T, OPEN);
    // Had anything been shown of the first write, or had it been tried again, it would stand here.
    expect(await story.until({ T: 0, C: 0 })).toEqual(['T0 C2', 'C0']);
    expect(gate.commandsSince(mark)).toEqual(['OPEN', 'OPEN']);
  });

  test('an answer after 3 s: the write fails at 2.5 s, and the answer still counts', async () => {
    const gate = house.gate('Late');
    const mark = gate.mark();
    const story = await house.watch('Late');
    await gate.fault('late-answers', { times: 1, delay: 3_000 });
    // So that the answer alone can tell.
    await gate.fault('lost-state-change', { times: 1 });
    const written = systemClock.monotonic();
    await expect(house.ann.write('Late', T, OPEN)).rejects.toEqual(status(-70408));
    const took = systemClock.monotonic() - written;
    expect(took).toBeGreaterThan(2_300);
    expect(took).toBeLessThan(2_900);

    expect(await story.until({ T: 0, C: 0 })).toEqual(['T0 C2', 'C0']);
    expect(story.at[0]! - written).toBeGreaterThan(2_900);
    expect(await house.ann.door('Late')).toEqual({ T: 0, C: 0, O: 0 });
    expect(gate.commandsSince(mark)).toEqual(['OPEN']);
  });

  test('no answer and not carried out: fails, is not sent again, and the truth stays', async () => {
    const gate = house.gate('Mute');
    const mark = gate.mark();
    const story = await house.watch('Mute');
    await gate.fault('unanswered-not-executed', { times: 1 });
    await expect(house.ann.write('Mute', T, OPEN)).rejects.toEqual(status(-70408));
    await gate.authenticated(mark);
    expect(await house.ann.door('Mute')).toEqual({ T: 1, C: 1, O: 0 });
    expect(story.told).toEqual([]);

    await house.ann.write('Mute', T, OPEN);
    expect(await story.until({ T: 0, C: 0 })).toEqual(['T0 C2', 'C0']);
    expect(gate.commandsSince(mark)).toEqual(['OPEN', 'OPEN']);
  });
});

describe('operated by somebody else', () => {
  test('with logging each travel is shown from its beginning', async () => {
    const gate = house.gate('Logging on');
    const mark = gate.mark();
    const opening = await house.watch('Logging on');
    await gate.press();
    expect(await opening.until({ T: 0, C: 0 })).toEqual(['T0 C2', 'C0']);
    await gate.motion('stopped', mark);

    const closing = await house.watch('Logging on');
    await gate.press();
    expect(await closing.until({ T: 1, C: 1 })).toEqual(['T1 C3', 'C1']);
    expect([...opening.untrueLabels, ...closing.untrueLabels]).toEqual([]);
    expect(gate.commandsSince(mark)).toEqual([]);
  });

  test.each(['Logging off', 'Version 1'] as const)('%s: what the sensor says is shown', async (name) => {
    const gate = house.gate(name);
    const mark = gate.mark();
    const opening = await house.watch(name);
    await gate.press();
    expect(await opening.until({ T: 0, C: 0 })).toEqual(['T0 C2', 'C0']);
    await gate.motion('stopped', mark);

    const closing = await house.watch(name);
    await gate.press();
    expect(await closing.until({ T: 1, C: 1 })).toEqual(['T1 C1']);
    expect([...opening.untrueLabels, ...closing.untrueLabels]).toEqual([]);
    expect(gate.commandsSince(mark)).toEqual([]);
  });
});

describe('a second thought in mid-travel', () => {
  test('closed while opening, on an opener that turns round: it closes', async () => {
    const gate = house.gate('Turns on a pulse');
    const mark = gate.mark();
    const story = await house.watch('Turns on a pulse');
    await house.ann.write('Turns on a pulse', T, OPEN);
    await story.until({ C: 2 });
    await gate.sensor('open', mark);
    await house.ann.write('Turns on a pulse', T, CLOSED);
    expect(await story.until({ T: 1, C: 1 })).toEqual(['T0 C2', 'T1 C3', 'C1']);
    expect(gate.commandsSince(mark)).toEqual(['OPEN', 'CLOSE']);
  });

  test('closed while opening, with the sensor still closed: refused, and the opening goes on', async () => {
    const gate = house.gate('Slow sensor');
    const mark = gate.mark();
    const story = await house.watch('Slow sensor');
    await house.ann.write('Slow sensor', T, OPEN);
    await gate.relayOff(mark);
    await expect(house.ann.write('Slow sensor', T, CLOSED)).rejects.toEqual(status(-70412));
    expect(await story.until({ T: 0, C: 0 })).toEqual(['T0 C2', 'C0']);
    await gate.sensor('open', mark);
    expect(await house.ann.door('Slow sensor')).toEqual({ T: 0, C: 0, O: 0 });
  });

  test('closed while opening, on an opener that stops: open, once no "closed" has come', async () => {
    const gate = house.gate('Stops on a pulse');
    const before = await house.watch('Stops on a pulse');
    await house.ann.write('Stops on a pulse', T, CLOSED);
    await before.until({ T: 1, C: 1 });

    const mark = gate.mark();
    const story = await house.watch('Stops on a pulse');
    await house.ann.write('Stops on a pulse', T, OPEN);
    await story.until({ C: 2 });
    await gate.sensor('open', mark);
    await house.ann.write('Stops on a pulse', T, CLOSED);
    expect(await story.until({ T: 0, C: 0 })).toEqual(['T0 C2', 'T1 C3', 'T0 C0']);
    expect(story.untrueLabels).toEqual([]);
    expect(gate.commandsSince(mark)).toEqual(['OPEN', 'CLOSE']);
  });

  test('opened while closing: refused, nothing is sent, and the closing goes on', async () => {
    const gate = house.gate('Refuses');
    const mark = gate.mark();
    const story = await house.watch('Refuses');
    await house.ann.write('Refuses', T, CLOSED);
    await expect(house.ann.write('Refuses', T, OPEN)).rejects.toEqual(status(-70412));
    expect(await story.until({ T: 1, C: 1 })).toEqual(['T1 C3', 'C1']);
    expect(gate.commandsSince(mark)).toEqual(['CLOSE']);
  });

  test('opened while closing, with whileClosing "pulse": a pulse, and it opens', async () => {
    const gate = house.gate('Pulses');
    const mark = gate.mark();
    const story = await house.watch('Pulses');
    await house.ann.write('Pulses', T, CLOSED);
    await story.until({ C: 3 });
    await house.ann.write('Pulses', T, OPEN);
    expect(await story.until({ T: 0, C: 0 })).toEqual(['T1 C3', 'T0 C2', 'C0']);
    expect(gate.commandsSince(mark)).toEqual(['CLOSE', 'TRIGGER']);
  });

  test('five writes by five members within a second: T and C agree with the gate in the end', async () => {
    const name = 'Hasty';
    const gate = house.gate(name);
    const story = await house.watch(name);
    const members = await Promise.all(['Cy', 'Di', 'Ed'].map((member) => house.ann.invite(member)));
    await Promise.all(members.map((member) => member.look()));
    const writes = [house.ann, house.bob, ...members].map((member, turn) =>
      member.write(name, T, turn % 2 === 0 ? OPEN : CLOSED),
    );
    const outcomes = await Promise.allSettled(writes);
    await Promise.all(members.map((member) => member.leave()));
    const failures = outcomes.filter((outcome) => outcome.status === 'rejected');
    for (const failure of failures) expect([status(-70403), status(-70412)]).toContainEqual(failure.reason);
    expect(failures.length).toBeLessThan(5);

    await expect
      .poll(
        async () => {
          const { sensor, motion } = (await gate.do('state')) as { sensor: string; motion: string };
          const { T: target, C: current } = await house.ann.door(name);
          return motion === 'stopped' && target === current && (current === 0) === (sensor === 'open');
        },
        { timeout: 12_000, interval: 200 },
      )
      .toBe(true);
    expect(story.untrueLabels).toEqual([]);
  });
});

describe('what the gate does not do', () => {
  test('read-only: the write fails, nothing is sent, T goes back, and the state is still shown', async () => {
    const gate = house.gate('Read only');
    const mark = gate.mark();
    const story = await house.watch('Read only');
    await expect(house.ann.write('Read only', T, OPEN)).rejects.toEqual(status(-70401));
    expect(await house.ann.door('Read only')).toEqual({ T: 1, C: 1, O: 0 });
    await gate.press();
    expect(await story.until({ T: 0, C: 0 })).toEqual(['T0 C2', 'C0']);
    expect(gate.commandsSince(mark)).toEqual([]);
  });

  test('the sensor never leaves "closed": closed again after the travel time, and one warning', async () => {
    const lines = house.homebridge.lines.mark();
    const gate = house.gate('Jammed');
    const mark = gate.mark();
    await gate.do('jam');
    const story = await house.watch('Jammed');
    await house.ann.write('Jammed', T, OPEN);
    expect(await story.until({ T: 1, C: 1 })).toEqual(['T0 C2', 'T1 C1']);
    expect(gate.commandsSince(mark)).toEqual(['OPEN']);
    await expect.poll(() => house.complaints('Jammed', lines)).toHaveLength(1);
  });

  test('something is in the way: open and obstructed, one warning; the next movement clears it', async () => {
    const lines = house.homebridge.lines.mark();
    const gate = house.gate('Obstructed');
    const mark = gate.mark();
    await gate.do('obstruct');
    const story = await house.watch('Obstructed');
    await house.ann.write('Obstructed', T, CLOSED);
    expect(await story.until({ O: 1 })).toEqual(['T1 C3', 'T0 C0 O1']);
    expect(story.untrueLabels).toEqual([]);
    await expect.poll(() => house.complaints('Obstructed', lines)).toHaveLength(1);

    await gate.press();
    await story.until({ O: 0 });
    expect(gate.commandsSince(mark)).toEqual(['CLOSE']);
  });
});
