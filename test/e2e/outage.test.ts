import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import type { DoorStory } from './door-story.ts';
import { status } from './status.ts';
import { House, type Plan } from './house.ts';

const OPEN = 0;
const T = 'TargetDoorState';
const C = 'CurrentDoorState';

const GATES = {
  Gone: {},
  Idle: {},
  Handshake: {},
  'In travel': { travel: 3_000, config: { openSeconds: 4 } },
  'After travel': { travel: 3_000, config: { openSeconds: 4 } },
  'Power cut': {},
  'New keys': {},
  Blink: {},
} as const satisfies Record<string, Plan>;

let house: House<keyof typeof GATES>;

beforeAll(async () => {
  house = await House.build(inject('plugin'), '2.4.0', GATES);
});

afterEach(({ task }) => house.afterTest(task));

afterAll(async () => {
  await house.demolish();
});

/** When `Gone` went away, for the first and the last test. */
let gone: { readonly at: number; readonly mark: number; readonly line: number; readonly story: DoorStory };

describe('the device goes away', () => {
  test('for long: a write fails at once, and what was known is still shown', async () => {
    const gate = house.gate('Gone');
    const story = await house.watch('Gone');
    gone = {
      at: systemClock.monotonic(),
      mark: gate.mark(),
      line: house.homebridge.lines.mark(),
      story,
    };
    await gate.kill();
    const written = systemClock.monotonic();
    await expect(house.ann.write('Gone', T, OPEN)).rejects.toEqual(status(-70402));
    // It waits for a reconnect that is under way, for 2 s at most.
    expect(systemClock.monotonic() - written).toBeLessThan(2_400);
    expect(await house.ann.door('Gone')).toEqual({ T: 1, C: 1, O: 0 });
  });

  test('while idle, and comes back with another state', async () => {
    const gate = house.gate('Idle');
    const story = await house.watch('Idle');
    await gate.kill();
    await gate.start('open');
    await story.until({ T: 0, C: 0 });
    expect(story.untrueLabels).toEqual([]);
  });

  test('during the handshake, and comes back', async () => {
    const gate = house.gate('Handshake');
    const story = await house.watch('Handshake');
    await gate.kill();
    const mark = gate.mark();
    await gate.start('open', ['silence']);
    const lost = (seen: { event: string }): boolean => seen.event === 'frameLost';
    await gate.happenings.waitFor('a handshake', lost, { since: mark, within: 20_000 });
    await gate.kill();
    await gate.start('open');
    await story.until({ T: 0, C: 0 }, 30_000);
    expect(story.untrueLabels).toEqual([]);
  });

  test.each([
    ['In travel', 'closed', { T: 1, C: 1 }],
    ['After travel', 'open', { T: 0, C: 0 }],
  ] as const)('%s, and comes back %s', async (name, state, truth) => {
    const gate = house.gate(name);
    const mark = gate.mark();
    const story = await house.watch(name);
    await house.ann.write(name, T, OPEN);
    await story.until({ T: 0, C: 2 });
    await gate.kill();
    const restarted = gate.mark();
    await gate.start(state);
    await gate.authenticated(restarted);
    await story.until(truth, 30_000);
    await expect.poll(() => house.ann.door(name), { timeout: 10_000 }).toEqual({ ...truth, O: 0 });
    expect(story.untrueLabels).toEqual([]);
    expect(gate.commandsSince(mark)).toEqual(['OPEN']);
  });

  test('by a power cut, and sends a Restart', async () => {
    const gate = house.gate('Power cut');
    const mark = gate.mark();
    await gate.do('powerCycle');
    await gate.authenticated(mark);
    const story = await house.watch('Power cut');
    await house.ann.write('Power cut', T, OPEN);
    expect(await story.until({ T: 0, C: 0 })).toEqual(['T0 C2', 'C0']);
  });

  test('with its keys: one line that says so, and the new ones are needed', async () => {
    const line = house.homebridge.lines.mark();
    const gate = house.gate('New keys');
    await gate.do('renewKeys');
    await house.homebridge.lines.waitFor(
      'a warning',
      ({ from, text }) => from === 'stderr' && text.includes('[New keys]'),
      { since: line },
    );
    expect(house.said('New keys', 'stderr', line)).toEqual([expect.stringMatching(/API Auth Key|keys/)]);
    await expect(house.ann.write('New keys', T, OPEN)).rejects.toEqual(status(-70402));
  });

  test('for more than 45 s: C says so, and when it is back nothing old is sent', async () => {
    const gate = house.gate('Gone');
    const readC = (): Promise<unknown> => house.ann.read('Gone', C).catch((error: unknown) => error);
    await expect.poll(readC, { timeout: 60_000, interval: 500 }).toEqual(status(-70402));
    expect(systemClock.monotonic() - gone.at).toBeGreaterThan(44_000);
    expect(await house.ann.read('Gone', T)).toBe(1);
    expect(gone.story.told).toEqual([]);

    await gate.start('closed');
    await gate.authenticated(gone.mark);
    await expect.poll(readC).toBe(1);
    await gate.press();
    expect(await gone.story.until({ T: 0, C: 0 })).toEqual(['T0 C2', 'C0']);
    expect(gate.commandsSince(gone.mark)).toEqual([]);
    await expect.poll(() => house.said('Gone', 'stderr', gone.line)).toHaveLength(1);
    await expect
      .poll(() => house.said('Gone', 'stdout', gone.line))
      .toContainEqual(expect.stringMatching(/Connected again/));
  }, 90_000);

  // After the one that waits: only a connection that had been stable is made anew in the same moment.
  test('for a blink: a write waits for the reconnect, and is carried out once', async () => {
    const gate = house.gate('Blink');
    const mark = gate.mark();
    const story = await house.watch('Blink');
    // So that it is still being made when the write comes, and the plugin knows of the drop for certain.
    await gate.fault('late-answers', { delay: 400, times: 1 });
    await gate.do('drop');
    await gate.received('QUERY', mark);
    await house.ann.write('Blink', T, OPEN);
    expect(await story.until({ T: 0, C: 0 })).toEqual(['T0 C2', 'C0']);
    expect(gate.commandsSince(mark)).toEqual(['OPEN']);
    await gate.authenticated(mark);
  });
});
