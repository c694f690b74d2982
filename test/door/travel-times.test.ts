import { describe, expect, test } from 'vitest';
import {
  closingLimit,
  closingTime,
  isPlausibleClosing,
  learnedCloseTime,
  openingTime,
  withClosing,
} from '../../src/door/travel-times.ts';
import { CLOSED, OPEN } from '../../src/door/types.ts';
import { API_KEY, OWNER } from './fake-device.ts';
import { Stage } from './stage.ts';

describe('which time counts', () => {
  test.each([
    [{}, [], 20_000, 20_000],
    [{}, [14_000], 14_000, 14_000],
    [{ closeTime: 30_000 }, [14_000], 30_000, 30_000],
    [{ openTime: 8_000 }, [], 20_000, 8_000],
    [{ openTime: 8_000, closeTime: 30_000 }, [14_000], 30_000, 8_000],
  ])('configured %o, learned %o: closing %d, opening %d', (configured, closings, closing, opening) => {
    expect(closingTime(configured, closings)).toBe(closing);
    expect(openingTime(configured, closings)).toBe(opening);
  });

  test('a closing has travel × 1.5 + 5 s', () => {
    expect(closingLimit(20_000)).toBe(35_000);
  });
});

describe('learning', () => {
  test.each([
    [[], undefined],
    [[12], 12],
    [[90, 12], 12],
    [[12, 90, 13], 13],
    [[12, 13, 14, 90], 13],
    [[90, 12, 13, 90, 14], 14],
  ])('%o gives %s', (closings, expected) => {
    expect(learnedCloseTime(closings)).toBe(expected);
  });

  test('what cannot be a closing is not kept', () => {
    const closings = [12_000];
    for (const odd of [0, -1, 2_999, 180_001, NaN, Infinity])
      expect(withClosing(closings, odd)).toBe(closings);
    expect(withClosing(closings, 13_000.4)).toEqual([12_000, 13_000]);
    expect(isPlausibleClosing(undefined)).toBe(false);
  });

  test('five are kept', () => {
    let closings: readonly number[] = [];
    for (let seconds = 10; seconds < 20; seconds++) closings = withClosing(closings, seconds * 1000);
    expect(closings).toEqual([15_000, 16_000, 17_000, 18_000, 19_000]);
  });
});

describe('a door that learns', () => {
  const gate = { position: 'open', travel: 14_000 } as const;
  const open = { target: OPEN, current: OPEN, obstruction: false } as const;
  const learned = (stage: Stage): number | undefined => stage.remembered.at(-1)?.learnedCloseTime;

  test('from Home, then opens as fast as it closes', async () => {
    const stage = new Stage({ device: gate, learns: true });
    await stage.write(CLOSED);
    await stage.pass(14_000);
    expect(learned(stage)).toBe(14_000);
    await stage.write(OPEN);
    await stage.pass(13_998);
    expect(stage.shown).toBe('T0 C2');
    await stage.pass(1);
    expect(stage.shown).toBe('T0 C0');
  });

  test('from the relay trigger of somebody else', async () => {
    const stage = new Stage({ device: { ...gate, logging: true }, learns: true });
    stage.device.operate();
    await stage.pass(14_000);
    expect(learned(stage)).toBe(14_000);
  });

  test('from a closing that was late', async () => {
    const stage = new Stage({ device: { position: 'open', travel: 50_000 }, learns: true });
    await stage.write(CLOSED);
    await stage.pass(49_998);
    expect(stage.shown).toBe('T0 C0 O');
    await stage.pass(1);
    expect(stage.shown).toBe('T1 C1');
    expect(learned(stage)).toBe(50_000);
    expect(stage.door.view.reason).toBe('closed, later than expected');
  });

  test('keeps what it knew before the restart, and goes on from it', async () => {
    const memory = { ...open, learnedCloseTime: 30_000 };
    const stage = new Stage({ device: gate, learns: true, memory });
    stage.device.gate.blocked = true;
    await stage.write(CLOSED);
    await stage.pass(49_998);
    expect(stage.shown).toBe('T1 C3');
    await stage.pass(1);
    expect(stage.shown).toBe('T0 C0 O');
    expect(learned(stage)).toBe(30_000);
  });

  test('a remembered time that cannot be one is forgotten', async () => {
    const memory = { ...open, learnedCloseTime: 1 };
    const stage = new Stage({ device: { ...gate, travel: 60_000 }, learns: true, memory });
    await stage.write(CLOSED);
    await stage.pass(34_998);
    expect(stage.shown).toBe('T1 C3');
  });

  test.each<[string, (stage: Stage) => Promise<void>]>([
    [
      'somebody else pulsed in the middle of it',
      async (stage) => {
        await stage.write(CLOSED);
        await stage.pass(5_000);
        stage.device.relayTrigger(OWNER);
        await stage.pass(20_000);
      },
    ],
    [
      'it was late, and had been operated once more',
      async (stage) => {
        stage.device.gate.jammed = true;
        await stage.write(CLOSED);
        await stage.pass(36_000);
        stage.device.relayTrigger(API_KEY);
        stage.device.relayTrigger(OWNER);
        stage.device.say('edge', 'closed');
        await stage.pass(1);
      },
    ],
    [
      'only a level told of it, which may be late',
      async (stage) => {
        stage.device.losesEdges = true;
        await stage.write(CLOSED);
        await stage.pass(40_000);
      },
    ],
    [
      'it began in the middle of an opening',
      async (stage) => {
        await stage.write(CLOSED);
        await stage.pass(14_000);
        stage.remembered.length = 0;
        stage.device.gate.drive('opening');
        await stage.pass(6_000);
        stage.device.gate.jammed = true;
        await stage.write(CLOSED);
        await stage.pass(4_000);
        stage.device.say('edge', 'closed');
        await stage.pass(1);
        expect(learned(stage)).toBe(14_000);
        stage.remembered.length = 0;
      },
    ],
  ])('nothing is learned when %s', async (_, play) => {
    const stage = new Stage({ device: gate, learns: true });
    await play(stage);
    expect(stage.shown).toBe('T1 C1');
    expect(learned(stage)).toBeUndefined();
  });
});
