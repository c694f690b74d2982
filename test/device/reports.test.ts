import { describe, expect, it } from 'vitest';
import { settle } from '../helpers/fake-clock.ts';
import { plain, relayTrigger, type FakeLink } from './fake-link.ts';
import { online, SECOND, watched } from './watched-device.ts';

describe('reports', () => {
  it('are made of every response, and dated between question and answer', async () => {
    const { clock, link, device, reports, now } = online();
    const answer = device.open();
    await clock.advance(400);
    link.answer({ t100ms: now(), state: 'open', relayTriggered: true });
    await answer;
    expect(reports).toEqual([
      { kind: 'level', sensor: 'closed', at: clock.monotonic() - 400, session: 1 },
      { kind: 'level', sensor: 'open', at: clock.monotonic() - 200, session: 1 },
    ]);
  });

  it('are made of a rejection too', async () => {
    const { link, device, now, lines } = online();
    const answer = device.open().catch(() => undefined);
    link.answer({ t100ms: now(), state: 'no sensor', success: false, errorCode: 'ERR_NO_SENSOR' });
    await answer;
    expect(lines()).toEqual(['level closed', 'level no sensor']);
  });

  it('are edges when the device tells of a change', async () => {
    const { clock, link, reports, now, lines } = online();
    await clock.advance(5 * SECOND);
    link.tell(plain('StateChange', 1, now(), 'open'));
    expect(lines()).toEqual(['level closed', 'edge open']);
    expect(Math.abs(reports[1]!.at - clock.monotonic())).toBeLessThanOrEqual(100);
  });

  it('are not made of other events', () => {
    const { link, now, lines } = online();
    link.tell(relayTrigger(1, now(), 'open'));
    link.tell(plain('DoorbellPushed', 2, now(), 'open'));
    expect(lines()).toEqual(['level closed']);
  });

  it.each([
    ['15 s old', 150, ['edge closed', 'level open']],
    ['older than 15 s', 153, ['level open']],
  ])('a StateChange that is %s', async (_, ticks, expected) => {
    const { clock, link, now, lines } = watched();
    link.start();
    // The clock is known; no report since is newer than the event.
    link.connect({ t100ms: now() });
    await clock.advance(60 * SECOND);
    link.tell(plain('StateChange', 1, now() - ticks, 'closed'));
    link.tell(plain('StateChange', 2, now(), 'open'));
    expect(
      lines()
        .slice(1)
        .map((line) => line.replace('edge open', 'level open')),
    ).toEqual(expected);
  });

  it.each([
    ['before a newer level', -1, false],
    ['in the same 100 ms, but sent after it', 0, true],
    ['after it', 1, true],
  ])('a StateChange that happened %s', async (_, ticks, reported) => {
    const { clock, link, device, now, lines } = online();
    await clock.advance(10 * SECOND);
    const answer = device.query();
    link.answer({ t100ms: now(), state: 'open' });
    await answer;
    link.tell(plain('StateChange', 1, now() + ticks, 'closed'));
    expect(lines()).toEqual(['level closed', 'level open', ...(reported ? ['edge closed'] : [])]);
  });

  it('a StateChange that is older than another one', async () => {
    const { clock, link, now, lines } = online();
    await clock.advance(10 * SECOND);
    link.tell(plain('StateChange', 5, now(), 'open'));
    link.tell(plain('StateChange', 3, now() - 20, 'closed'));
    expect(lines()).toEqual(['level closed', 'edge open']);
  });

  it('a StateChange of the boot before, although it is fresh', async () => {
    const { clock, link, events, lines } = online();
    link.drop();
    await clock.advance(18 * SECOND);
    link.connect({ t100ms: 50 });
    link.tell(plain('StateChange', 1, 10_100, 'open'));
    expect(events).toMatchObject([{ old: false }]);
    expect(lines()).toEqual(['level closed', 'level closed']);
  });

  it('belong to their session', async () => {
    const { clock, link, reports, connect } = online();
    link.drop();
    await clock.advance(SECOND);
    connect();
    expect(reports.map(({ session }) => session)).toEqual([1, 2]);
  });
});

describe('a QUERY of its own', () => {
  const queries = (link: FakeLink): number => link.sent.filter(({ type }) => type === 'QUERY').length;

  it('follows events that are missing', () => {
    const { link, now } = online();
    link.tell(plain('StateChange', 5, now()));
    link.tell(plain('StateChange', 6, now()));
    expect(queries(link)).toBe(0);
    link.tell(plain('StateChange', 8, now()));
    expect(queries(link)).toBe(1);
  });

  it('does not follow a gap that came before the response of the handshake', () => {
    const { link, now } = online();
    link.drop();
    link.greet();
    link.tell(plain('StateChange', 5, now()));
    link.tell(plain('StateChange', 9, now()));
    link.welcome({ t100ms: now() });
    expect(queries(link)).toBe(0);
  });

  it('follows an event in the middle of a session that cannot be news: the clock may have begun anew', async () => {
    const { link, clock, now } = online();
    link.tell(plain('DoorbellPushed', 5, now()));
    link.drop();
    link.greet();
    link.welcome({ t100ms: now() });
    // What the device has kept, or sends again.
    link.tell(plain('DoorbellPushed', 5, now()));
    link.tell(plain('DoorbellPushed', 6, now() - 9_000));
    expect(queries(link)).toBe(0);
    await clock.advance(20 * SECOND);
    link.tell(plain('DoorbellPushed', 0, 3));
    expect(queries(link)).toBe(1);
    link.answer({ t100ms: 5 });
    link.tell(plain('DoorbellPushed', 1, 5));
    expect(queries(link)).toBe(1);
  });

  it.each(['SensorEnabled', 'SensorFlipped', 'SensorDisabled'] as const)('follows %s', (type) => {
    const { link, now, lines } = online();
    link.tell(plain(type, 1, now()));
    expect(queries(link)).toBe(1);
    link.answer({ t100ms: now(), state: 'no sensor' });
    expect(lines()).toEqual(['level closed', 'level no sensor']);
  });

  it('is asked for when the last word of the device is too old', async () => {
    const { clock, link, device, now } = online();
    await clock.advance(10 * SECOND);
    device.refreshIfOlderThan(10 * SECOND);
    expect(queries(link)).toBe(0);
    await clock.advance(1);
    device.refreshIfOlderThan(10 * SECOND);
    device.refreshIfOlderThan(10 * SECOND);
    expect(queries(link)).toBe(1);
    link.answer({ t100ms: now() });
    await settle();
    device.refreshIfOlderThan(10 * SECOND);
    expect(queries(link)).toBe(1);
    await clock.advance(11 * SECOND);
    device.refreshIfOlderThan(10 * SECOND);
    expect(queries(link)).toBe(2);
    expect(link.options.at(-1)?.deadline).toBe(clock.monotonic() + 5 * SECOND);
  });

  it('never throws, and is tried again after a failure', async () => {
    const { clock, link, device } = online();
    await clock.advance(11 * SECOND);
    device.refreshIfOlderThan(10 * SECOND);
    link.fail(new Error('lost'));
    await settle();
    device.refreshIfOlderThan(10 * SECOND);
    expect(queries(link)).toBe(2);
  });

  it('is not sent without a session', () => {
    const { link, device } = watched();
    device.refreshIfOlderThan(0);
    device.start();
    device.refreshIfOlderThan(0);
    expect(link.sent).toEqual([]);
  });
});
