import { describe, expect, test } from 'vitest';
import type { Timer } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { DeviceDoor } from '../../src/door/door.ts';
import { reduce } from '../../src/door/reduce.ts';
import { initialState, viewOf, type DoorInput, type DoorState } from '../../src/door/state.ts';
import { CLOSED, OPEN } from '../../src/door/types.ts';
import { byKey } from '../../src/door/words.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { FakeDevice } from './fake-device.ts';

const START = 50_000;

/** The states that follow from inputs, each with its time after the start. */
function after(...inputs: (readonly [number, DoorInput])[]): DoorState {
  const begin = initialState({ whileClosing: 'refuse' }, undefined, START);
  return inputs.reduce((state, [time, input]) => reduce(state, input, START + time).state, begin);
}

function level(sensor: 'open' | 'closed', at: number): readonly [number, DoorInput] {
  return [at, { kind: 'report', report: { kind: 'level', sensor, at: START + at, session: 1 } }];
}

const online: readonly [number, DoorInput] = [0, { kind: 'online' }];
const opened: readonly [number, DoorInput] = [
  0,
  { kind: 'accepted', target: OPEN, relayTriggered: true, sensor: 'closed' },
];

describe('reduce', () => {
  test('what fell due before the input counts before it, though the timer is late', () => {
    const early = after(online, level('closed', 0), opened, level('closed', 19_999));
    expect(viewOf(early)).toMatchObject({ target: OPEN, current: 2 });
    const late = after(online, level('closed', 0), opened, level('closed', 20_001));
    expect(viewOf(late)).toMatchObject({ target: CLOSED, current: CLOSED });
  });

  test('the grace counts from the first word of the absence, and is not begun again', () => {
    const away: readonly [number, DoorInput] = [1_000, { kind: 'offline', since: START + 1_000 }];
    const again: readonly [number, DoorInput] = [40_000, { kind: 'offline', since: START + 40_000 }];
    const state = after(online, level('closed', 0), away, again, [46_000, { kind: 'tick' }]);
    expect(viewOf(state).unavailable).toBe(true);
  });

  test('commands whose event never comes are forgotten', () => {
    const commands = [1, 2, 3, 4, 5].flatMap((n) => [
      [n * 10_000, { kind: 'sent' }] as const,
      [n * 10_000, { kind: 'accepted', target: OPEN, relayTriggered: true, sensor: 'closed' }] as const,
    ]);
    expect(after(online, level('closed', 0), ...commands).own).toHaveLength(1);
  });

  test('nothing is waited for at rest and online', () => {
    expect(after(online, level('open', 0)).deadline).toBeUndefined();
    expect(after(online, level('closed', 0), opened).deadline).toBe(START + 20_000);
  });
});

/** Node's timers may fire a fraction of a millisecond before their time. */
class HastyClock extends FakeClock {
  override after(delay: number, callback: () => void): Timer {
    return super.after(delay > 1 ? delay - 0.5 : delay, callback);
  }
}

test('a timer that fires too early is set again', async () => {
  const clock = new HastyClock();
  const device = new FakeDevice(clock, { travel: 5_000 });
  const config = { whileClosing: 'refuse', readOnly: false, openTime: 5_000 } as const;
  const door = new DeviceDoor({ device, clock, log: silentLog, config });
  await door.setTarget(OPEN);
  await clock.advance(4_999);
  expect(door.view.current).toBe(2);
  await clock.advance(2);
  expect(door.view.current).toBe(OPEN);
  door.stop();
});

describe('who operated it', () => {
  test.each([
    [{ keyNr: 0, keyType: 'master key', via: 'bluetooth' }, 'by master key over Bluetooth'],
    [{ keyNr: 7, keyType: 'unique key', via: 'internet' }, 'by unique key 7 over the Internet'],
    [{ keyNr: 2, keyType: 'guest key', via: 'autoopen' }, 'by guest key 2 by auto-open'],
    [{ keyNr: 0, keyType: 'smart home', via: 'none' }, 'by smart home'],
    [{ keyNr: 0, keyType: 'api key', via: 'toString' }, 'by api key'],
  ])('%o is "%s"', (key, words) => {
    expect(byKey(key)).toBe(words);
  });
});
