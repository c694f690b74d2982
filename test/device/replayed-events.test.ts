import { describe, expect, it } from 'vitest';
import type { TimedEvent } from '../../src/device/types.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { plain } from './fake-link.ts';
import { HOUR, online, SECOND, watched } from './watched-device.ts';

describe('events of the time without a connection', () => {
  it.each(['before', 'after'])('a doorbell of an hour ago, told %s the response', async (when) => {
    const { clock, link, events, lines, now, connect } = online();
    const wall = clock.now() + HOUR;
    link.drop();
    await clock.advance(2 * HOUR);
    const bell = plain('DoorbellPushed', 1, 10_000 + HOUR / 100);
    link.greet();
    if (when === 'before') link.tell(bell);
    expect(events).toEqual([]);
    if (when === 'before') link.welcome({ t100ms: now() });
    else connect();
    if (when === 'after') link.tell(bell);
    expect(events).toHaveLength(1);
    const [{ at, age, old, event }] = events as [TimedEvent];
    expect(event).toEqual(bell);
    expect(old).toBe(true);
    expect(Math.abs(at! - wall)).toBeLessThanOrEqual(4_000);
    expect(Math.abs(age! - HOUR)).toBeLessThanOrEqual(4_000);
    expect(lines()).toEqual(['level closed', 'level closed']);
  });

  it('a doorbell of 3 s ago still rings', async () => {
    const { clock, link, events, now, connect } = online();
    link.drop();
    await clock.advance(30 * SECOND);
    connect();
    link.tell(plain('DoorbellPushed', 1, now() - 30));
    expect(events).toMatchObject([{ old: false }]);
  });

  it('an old StateChange is told as an event and does not move anything', async () => {
    const { clock, link, events, lines, now } = online();
    link.drop();
    await clock.advance(10 * SECOND);
    link.greet();
    link.tell(plain('StateChange', 1, now() - 50, 'open'));
    link.tell(plain('StateChange', 2, now() - 2, 'closed'));
    link.welcome({ t100ms: now(), state: 'closed' });
    link.tell(plain('StateChange', 3, now() - 1, 'open'));
    expect(events.map(({ event }) => event.cnt)).toEqual([1, 2, 3]);
    expect(events.every(({ old }) => !old)).toBe(true);
    expect(lines()).toEqual(['level closed', 'level closed']);
  });

  it('one that was held for long is old although it was fresh when it came', async () => {
    const { clock, link, events, now } = online();
    link.drop();
    link.greet();
    link.tell(plain('DoorbellPushed', 1, now()));
    link.drop();
    await clock.advance(16 * SECOND);
    link.connect({ t100ms: now() });
    expect(events).toMatchObject([{ old: true, session: 3 }]);
    expect(events[0]!.age).toBeLessThan(200);
  });

  it('one whose time cannot be known is old', () => {
    const { link, events, lines, now } = online();
    link.tell(plain('StateChange', 1, now() + 6_000, 'open'));
    expect(events).toMatchObject([{ at: undefined, age: undefined, old: true }]);
    expect(lines()).toEqual(['level closed']);
  });

  it('after a restart of the plugin nothing is told twice', async () => {
    const first = online();
    const told = [plain('StateChange', 4, first.now() - 50, 'open'), plain('DoorbellPushed', 5, first.now())];
    for (const event of told) first.link.tell(event);
    const memory = first.memories.at(-1)!;
    await first.device.stop();

    // A new process: its monotonic clock knows nothing of the old one.
    const clock = new FakeClock(first.clock.now() + 60 * SECOND);
    await clock.advance(7 * HOUR);
    clock.jumpWall(-7 * HOUR);
    const { link, device, events, lines } = watched(memory, clock);
    device.start();
    link.greet();
    link.tell(told[0]!);
    link.welcome({ t100ms: 10_600, state: 'closed' });
    link.tell(told[1]!);
    link.tell(plain('DoorbellPushed', 6, 10_590));
    expect(events.map(({ event, old }) => [event.cnt, old])).toEqual([[6, false]]);
    expect(lines()).toEqual(['level closed']);
  });

  it('a restart of the device begins to count anew', async () => {
    const { clock, link, events, memories, lines } = online();
    link.tell(plain('DoorbellPushed', 7, 10_000));
    link.drop();
    await clock.advance(60 * SECOND);
    link.connect({ t100ms: 80 });
    link.tell(plain('Restart', 0, 16));
    link.tell(plain('StateChange', 1, 70, 'open'));
    link.tell(plain('StateChange', 2, 80, 'open'));
    expect(events.map(({ event, old }) => [event.cnt, old])).toEqual([
      [7, false],
      [0, false],
      [1, false],
      [2, false],
    ]);
    expect(lines()).toEqual(['level closed', 'level closed', 'edge open']);
    expect(memories.at(-1)).toMatchObject({
      last: { cnt: 2, t100ms: 80 },
      restart: 16,
      previous: { last: { cnt: 7 } },
    });
  });
});

describe('what is remembered', () => {
  it('is given out when it changed, and only then', async () => {
    const { clock, link, device, memories, now } = online();
    expect(memories).toEqual([{ bootAt: clock.now() - 1_000_050 }]);
    link.tell(plain('DoorbellPushed', 7, now()));
    link.tell(plain('DoorbellPushed', 7, now()));
    expect(memories).toHaveLength(2);
    expect(memories[1]).toMatchObject({ last: { cnt: 7, t100ms: now() } });
    await clock.advance(HOUR);
    void device.query();
    link.answer({ t100ms: now() });
    expect(memories).toHaveLength(2);
    clock.jumpWall(HOUR);
    void device.query();
    link.answer({ t100ms: now() });
    expect(memories).toHaveLength(3);
    expect(memories[2]!.bootAt! - memories[1]!.bootAt!).toBe(HOUR);
  });
});
