import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeviceClock } from '../../src/device/device-clock.ts';
import type { RemootioEvent } from '../../src/wire/events.ts';
import { DeviceTimeline, steps } from './device-timeline.ts';
import { plain } from './fake-link.ts';

const WALL = 1.7e12;

function bell(cnt: number, t100ms: number): RemootioEvent {
  return plain('DoorbellPushed', cnt, t100ms);
}

/** What is passed on, as `[cnt, seconds before its arrival]`; `?` where the time is unknown. */
type Line = readonly [number, number | '?'];

/** A session in which the device says these things, `r` being a response, at one moment. */
function session(clock: DeviceClock, at: number, said: readonly (RemootioEvent | { r: number })[]): Line[] {
  clock.beginSession();
  const lines: Line[] = [];
  const note = (placed: ReturnType<DeviceClock['event']>): void => {
    if (!placed) return;
    const { event, arrivedAt, happenedAt } = placed;
    lines.push([event.cnt, happenedAt === undefined ? '?' : Math.round((arrivedAt - happenedAt) / 1_000)]);
  };
  for (const word of said) {
    if ('r' in word) clock.response(word.r, at, at, WALL).forEach(note);
    else note(clock.event(word, at));
  }
  return lines;
}

describe('the device clock', () => {
  it('whatever happens, passes every event on once, and dates it right or not at all', () => {
    fc.assert(
      fc.property(steps(0), (list) => {
        const { passed, delivered } = new DeviceTimeline().run(list);
        expect(passed.map(({ event }) => event)).toEqual([...delivered]);
        for (const { happenedAt, truth, present } of passed) {
          if (happenedAt === undefined) expect(present).toBe(false);
          else expect(Math.abs(happenedAt - truth)).toBeLessThanOrEqual(250);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('knows every event again although the wall clock is set by some seconds meanwhile', () => {
    fc.assert(
      fc.property(steps(45_000), (list) => {
        const { passed, delivered } = new DeviceTimeline().run(list);
        expect(passed.map(({ event }) => event)).toEqual([...delivered]);
      }),
      { numRuns: 300 },
    );
  });

  it('holds events until the session has had a response', () => {
    const clock = new DeviceClock();
    clock.beginSession();
    expect(clock.event(bell(3, 9_000), 100)).toBeUndefined();
    expect(clock.memory(WALL)).toBeUndefined();
    const [placed] = clock.response(10_000, 200, 200, WALL);
    expect(placed).toEqual({
      event: bell(3, 9_000),
      arrivedAt: 100,
      happenedAt: 200 - 100_000,
      present: true,
      gap: false,
    });
  });

  it('keeps what it holds when the session ends before its response', () => {
    const clock = new DeviceClock();
    expect(session(clock, 0, [bell(3, 9_990)])).toEqual([]);
    expect(session(clock, 1_000, [{ r: 10_000 }])).toEqual([[3, 0]]);
  });

  it('holds no more than the newest 200', () => {
    const clock = new DeviceClock();
    const many = Array.from({ length: 250 }, (_, cnt) => bell(cnt, cnt));
    const lines = session(clock, 0, [...many, { r: 10_000 }]);
    expect(lines).toHaveLength(200);
    expect(lines[0]?.[0]).toBe(50);
  });

  it('waits for the response again in each session', () => {
    const clock = new DeviceClock();
    session(clock, 0, [{ r: 10_000 }]);
    clock.beginSession();
    expect(clock.event(bell(1, 10_005), 600)).toBeUndefined();
  });

  it('says when events are missing', () => {
    const clock = new DeviceClock();
    session(clock, 0, [{ r: 10_000 }, bell(4, 9_000)]);
    expect([bell(5, 10_000), bell(7, 10_000)].map((event) => clock.event(event, 0)?.gap)).toEqual([
      false,
      true,
    ]);
  });

  it('never dates an event after its arrival', () => {
    const clock = new DeviceClock();
    session(clock, 0, [{ r: 10_000 }]);
    expect(clock.event(bell(4, 10_008), 100)?.happenedAt).toBe(100);
  });

  const restart = plain('Restart', 0, 16);
  const HOUR = 3_600_000;
  /** The first session ends at 1,000 s of the device's time with event 3 of 900 s; this comes an hour later. */
  it.each<[string, (RemootioEvent | { r: number })[], Line[]]>([
    ['the same events again', [{ r: 46_000 }, bell(2, 8_000), bell(3, 9_000), bell(4, 45_000)], [[4, 100]]],
    ['the same events, before the response', [bell(3, 9_000), bell(4, 45_000), { r: 46_000 }], [[4, 100]]],
    [
      'a restart, told before the response',
      [restart, bell(1, 400), { r: 500 }],
      [
        [0, 48],
        [1, 10],
      ],
    ],
    [
      'a restart, told after the response',
      [{ r: 500 }, restart, bell(1, 400)],
      [
        [0, 48],
        [1, 10],
      ],
    ],
    [
      'the rest of the boot before, then the restart',
      [bell(3, 9_000), bell(4, 20_000), restart, bell(1, 400), { r: 500 }],
      [
        [4, 2_600],
        [0, 48],
        [1, 10],
      ],
    ],
    [
      'the rest of the boot before, after the response',
      [{ r: 500 }, bell(3, 9_000), bell(4, 20_000), restart, bell(1, 400)],
      [
        [4, 2_600],
        [0, 48],
        [1, 10],
      ],
    ],
    [
      'without logging there is no Restart event',
      [{ r: 500 }, bell(4, 20_000), bell(1, 400)],
      [
        [4, 2_600],
        [1, 10],
      ],
    ],
    [
      'the device was up for longer than before',
      [{ r: 22_000 }, bell(4, 12_000), restart],
      [
        [4, 3_400],
        [0, 2_198],
      ],
    ],
    [
      'two restarts: nothing ever dated the boot between them',
      [bell(4, 20_000), restart, bell(1, 300), plain('Restart', 0, 17), bell(1, 400), { r: 500 }],
      [
        [4, 2_600],
        [0, '?'],
        [1, '?'],
        [0, 48],
        [1, 10],
      ],
    ],
    [
      'a Restart that no response betrays: our machine slept',
      [{ r: 60_000 }, restart, bell(1, 59_000)],
      [
        [0, 5_998],
        [1, 100],
      ],
    ],
    [
      'a Restart that no response betrays, and an early event of the new boot',
      [{ r: 60_000 }, restart, bell(1, 400)],
      [
        [0, 5_998],
        [1, 5_960],
      ],
    ],
    [
      'too late for the boot before, although its number would fit',
      [{ r: 30_000 }, bell(4, 20_000)],
      [[4, 1_000]],
    ],
    ['numbers that do not fit: the restart went unnoticed', [{ r: 46_000 }, bell(1, 45_000)], [[1, 100]]],
    ['an event from the future: of a boot that nobody knows', [{ r: 46_000 }, bell(9, 50_000)], [[9, '?']]],
  ])('an hour later: %s', (_, said, expected) => {
    for (const pluginRestarts of [false, true]) {
      let clock = new DeviceClock();
      const first = session(clock, 0, [{ r: 10_000 }, bell(2, 8_000), bell(3, 9_000)]);
      expect(first).toEqual([
        [2, 200],
        [3, 100],
      ]);
      if (pluginRestarts) clock = new DeviceClock(clock.memory(WALL));
      expect(session(clock, HOUR, said)).toEqual(expected);
      // And once more in the next session: nothing is passed on twice.
      const again = said.filter((word) => !('r' in word));
      const now = said.find((word) => 'r' in word)!;
      if (!expected.some(([, age]) => age === '?') && !said.includes(restart)) {
        expect(session(clock, HOUR, [now, ...again])).toEqual([]);
      }
    }
  });

  it('knows a Restart that it has passed on', () => {
    const clock = new DeviceClock();
    expect(session(clock, 0, [{ r: 500 }, restart, bell(1, 300)])).toHaveLength(2);
    expect(session(clock, 1_000, [{ r: 510 }, restart, bell(1, 300), bell(2, 505)])).toEqual([[2, 1]]);
    const reborn = new DeviceClock(clock.memory(WALL));
    expect(session(reborn, 2_000, [{ r: 520 }, restart, bell(1, 300), bell(2, 505)])).toEqual([]);
  });

  it('a second Restart in one session is another one', () => {
    const clock = new DeviceClock();
    const lines = session(clock, 0, [{ r: 500 }, restart, bell(1, 300), restart, bell(1, 400)]);
    expect(lines.map(([cnt]) => cnt)).toEqual([0, 1, 0, 1]);
  });

  it('an event twice in one session is one event', () => {
    const clock = new DeviceClock();
    expect(session(clock, 0, [{ r: 500 }, bell(4, 300), bell(4, 300)])).toEqual([[4, 20]]);
  });

  it('what was left of the boot before is passed on once', () => {
    const clock = new DeviceClock();
    session(clock, 0, [{ r: 10_000 }, bell(3, 9_000)]);
    const rest = [bell(4, 20_000), bell(5, 21_000)];
    expect(session(clock, HOUR, [{ r: 500 }, ...rest])).toHaveLength(2);
    expect(session(clock, HOUR, [{ r: 500 }, ...rest])).toEqual([]);
  });

  it('what happens at this moment is of this boot, though the short one before could have told it too', () => {
    const clock = new DeviceClock();
    // Without logging there is no Restart event.
    session(clock, 0, [{ r: 20 }]);
    session(clock, 60_000, [{ r: 30 }]);
    const placed = clock.event({ type: 'StateChange', cnt: 1, t100ms: 100, state: 'open' }, 67_000);
    expect(placed).toMatchObject({ present: true, happenedAt: expect.closeTo(67_000, -3) as number });
  });

  it('what the boot before would have told long ago is of this one', () => {
    const clock = new DeviceClock();
    session(clock, 0, [{ r: 10_000 }, bell(3, 9_000)]);
    expect(session(clock, HOUR, [{ r: 22_000 }, bell(4, 9_500)])).toEqual([[4, 1_250]]);
  });

  it('after years the clock of the device may be off by more', () => {
    const clock = new DeviceClock();
    session(clock, 0, [{ r: 864_000_000 }, bell(3, 863_980_000)]);
    const reborn = new DeviceClock(clock.memory(WALL));
    expect(session(reborn, HOUR, [{ r: 864_000_000 + 26_000 }, bell(3, 863_980_000)])).toEqual([]);
  });

  it('the boot before keeps its time across a restart of the plugin', () => {
    const clock = new DeviceClock();
    session(clock, 0, [{ r: 10_000 }, bell(3, 9_000)]);
    session(clock, HOUR, [{ r: 500 }]);
    const reborn = new DeviceClock(clock.memory(WALL));
    expect(session(reborn, HOUR + 10_000, [{ r: 600 }, bell(3, 9_000), bell(4, 20_000)])).toEqual([
      [4, 2_610],
    ]);
  });

  /** A device of 1,000 s, then a restart of the plugin; an hour later the device says `r`, the wall clock is off. */
  it.each<[string, number, number, boolean]>([
    ['nothing special', 46_000, 0, true],
    ['the wall clock was set by a minute', 46_000, 60_000, true],
    ['the wall clock was far behind', 46_000, -30 * 86_400_000, true],
    ['the device restarted', 500, 0, false],
    ['the device restarted and the wall clock was far behind', 500, -30 * 86_400_000, false],
    ['the device restarted long ago', 12_000, 0, false],
  ])('after a restart of the plugin, %s', (_, r, wallJump, same) => {
    const clock = new DeviceClock();
    session(clock, 0, [{ r: 10_000 }, bell(3, 9_990)]);
    const reborn = new DeviceClock(clock.memory(WALL));
    reborn.beginSession();
    reborn.response(r, HOUR, HOUR, WALL + wallJump);
    expect(reborn.memory(WALL)?.last).toEqual(same ? { cnt: 3, t100ms: 9_990 } : undefined);
    expect(reborn.memory(WALL)?.bootAt).toBe(WALL + HOUR - r * 100 - 50);
  });

  it('before its first response it remembers what it was given', () => {
    const memory = { bootAt: 5, last: { cnt: 1, t100ms: 2 }, restart: 2, previous: { bootAt: 3 } };
    expect(new DeviceClock(memory).memory(WALL)).toEqual(memory);
  });
});
