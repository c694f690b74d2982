import { beforeEach, describe, expect, test } from 'vitest';
import { OutputHold, type HoldMemory } from '../../src/door/output-hold.ts';
import type { PlainEventType } from '../../src/wire/events.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { API_KEY, FakeDevice, OWNER } from './fake-device.ts';

const MINUTE = 60_000;
const HELD = { answer: { relayTriggered: true } } as const;

let clock: FakeClock;
let device: FakeDevice;
let hold: OutputHold;
/** "on" and "off", as the output of the gate became so. */
let told: string[];
let memory: HoldMemory | undefined;

beforeEach(() => {
  clock = new FakeClock();
  device = new FakeDevice(clock);
  memory = undefined;
  told = [];
  begin();
});

/** As after a restart of the plugin, with what was remembered. */
function begin(): void {
  hold = new OutputHold({ device, clock, memory, remember: (now) => (memory = now) });
  hold.changed.on(() => told.push(hold.gateHeld ? 'on' : 'off'));
}

/** Milliseconds since it happened. */
type Age = number | 'unknown';
const known = (age: Age): number | undefined => (age === 'unknown' ? undefined : age);

function happen(type: PlainEventType, age: Age = 0): void {
  device.happen({ type, cnt: 0, t100ms: 0, state: 'open' }, known(age));
}

function held(type: 'OutputHeldActive' | 'SecondaryOutputHeldActive', age: Age = 0): void {
  device.happen({ type, cnt: 0, t100ms: 0, state: 'open', data: OWNER }, known(age));
}

async function holdFor(minutes: number, action: 'open' | 'trigger' = 'open'): Promise<unknown> {
  const outcome = hold.hold(minutes, action).catch((error: unknown) => error);
  await clock.advance(1);
  return outcome;
}

describe('begun here', () => {
  test('lasts as long as it was asked for, without a word from the device', async () => {
    device.scripts.push(HELD);
    expect(await holdFor(5)).toBe(true);
    expect(device.sent).toEqual(['OPEN']);
    await clock.advance(5 * MINUTE - 10);
    expect(told).toEqual(['on']);
    await clock.advance(10);
    expect(told).toEqual(['on', 'off']);
    expect(memory).toEqual({});
  });

  test('by TRIGGER where that is wanted', async () => {
    device.scripts.push(HELD);
    await holdFor(1, 'trigger');
    expect(device.sent).toEqual(['TRIGGER']);
  });

  test.each(['before', 'after'] as const)('ends early, with its events %s the answer', async (order) => {
    const events = (): void => {
      const data = API_KEY;
      device.happen({ type: 'OutputHeldActive', cnt: 0, t100ms: 0, state: 'closed', data }, 0);
      happen('Output1Activated');
    };
    device.scripts.push(HELD);
    if (order === 'before') events();
    await holdFor(5);
    if (order === 'after') events();
    await clock.advance(MINUTE);
    happen('Output1Deactivated');
    expect(told).toEqual(['on', 'off']);
    expect(clock.pending).toBe(0);
  });

  test('is none where the gate was open already', async () => {
    device.scripts.push({ answer: { relayTriggered: false } });
    expect(await holdFor(5)).toBe(false);
    expect([told, memory]).toEqual([[], undefined]);
  });

  test.each([
    ['NOT_SUPPORTED', 'failed'],
    ['RELAY_BUSY', 'busy'],
    ['OFFLINE', 'offline'],
    ['NO_SENSOR', 'failed'],
  ] as const)('is none where the device says %s', async (fail, failure) => {
    device.scripts.push({ fail });
    expect(await holdFor(5)).toMatchObject({ failure });
    expect(told).toEqual([]);
  });

  test('with an answer that is too late for Home is one all the same', async () => {
    device.scripts.push({ delay: 3_000 });
    const outcome = hold.hold(5, 'open').catch((error: unknown) => error);
    await clock.advance(2_500);
    expect(await outcome).toMatchObject({ failure: 'no answer' });
    expect(told).toEqual([]);
    await clock.advance(500);
    expect(told).toEqual(['on']);
  });

  test('is there after a restart, for the rest of its time', async () => {
    device.scripts.push(HELD);
    await holdFor(5);
    hold.stop();
    expect(clock.pending).toBe(0);
    await clock.advance(2 * MINUTE);
    begin();
    expect(hold.gateHeld).toBe(true);
    await clock.advance(3 * MINUTE);
    expect(told).toEqual(['on', 'off']);
  });

  test('is over after a restart that took longer, or that set the clock back by years', async () => {
    device.scripts.push(HELD);
    await holdFor(5);
    hold.stop();
    await clock.advance(6 * MINUTE);
    begin();
    expect(hold.gateHeld).toBe(false);
    memory = { gate: { since: 0, until: clock.now() + 1e11, outputs: [] } };
    begin();
    expect(hold.gateHeld).toBe(false);
  });

  test('nothing more is remembered once it was stopped', async () => {
    device.scripts.push({ delay: 100 });
    void hold.hold(5, 'open');
    hold.stop();
    // Time for the gate behind the device to arrive.
    await clock.advance(20_000);
    expect([hold.gateHeld, clock.pending]).toEqual([false, 0]);
  });
});

describe('begun by somebody else', () => {
  test('lasts until its output is deactivated', async () => {
    held('OutputHeldActive');
    happen('Output1Activated');
    await clock.advance(60 * MINUTE);
    expect(told).toEqual(['on']);
    happen('Output1Deactivated');
    expect(told).toEqual(['on', 'off']);
  });

  test('on both outputs, lasts until both are', () => {
    held('OutputHeldActive');
    happen('Output1Activated');
    happen('Output2Activated');
    happen('Output1Deactivated');
    expect(told).toEqual(['on']);
    happen('Output2Deactivated');
    expect(told).toEqual(['on', 'off']);
  });

  test('of the second output is none of the gate', () => {
    held('SecondaryOutputHeldActive');
    happen('Output2Activated');
    expect([hold.gateHeld, hold.anyHeld]).toEqual([false, true]);
    held('OutputHeldActive');
    happen('Output1Activated');
    happen('Output2Deactivated');
    expect([hold.gateHeld, hold.anyHeld]).toEqual([true, true]);
    happen('Output1Deactivated');
    expect(hold.anyHeld).toBe(false);
  });

  test('ends with its Deactivated, though its Activated was missed', () => {
    held('OutputHeldActive');
    happen('Output2Deactivated');
    expect(told).toEqual(['on', 'off']);
    held('SecondaryOutputHeldActive');
    happen('Output1Deactivated');
    expect(hold.anyHeld).toBe(false);
    happen('Output1Deactivated');
    expect(hold.anyHeld).toBe(false);
  });

  test('and over while nobody was connected: the events that come later tell', () => {
    held('OutputHeldActive', 10 * MINUTE);
    happen('Output1Activated', 10 * MINUTE);
    happen('Output1Deactivated', 5 * MINUTE);
    expect(told).toEqual(['on', 'off']);
  });

  test('is not ended by what happened before it, or at a time that nobody knows', () => {
    held('OutputHeldActive');
    happen('Output1Deactivated', 5_000);
    happen('Output1Deactivated', 'unknown');
    held('OutputHeldActive', 'unknown');
    expect(told).toEqual(['on']);
  });

  test.each([0, undefined])('ends with a restart of the device, %s ms old', (age) => {
    held('OutputHeldActive');
    held('SecondaryOutputHeldActive');
    device.happen({ type: 'Restart', cnt: 0, t100ms: 0, state: 'open' }, age);
    expect(hold.anyHeld).toBe(false);
  });

  test('is there after a restart of the plugin', () => {
    held('OutputHeldActive');
    happen('Output1Activated');
    hold.stop();
    begin();
    expect(hold.gateHeld).toBe(true);
    happen('Output2Deactivated');
    happen('Output1Deactivated');
    expect(hold.gateHeld).toBe(false);
  });
});
