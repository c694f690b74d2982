import { describe, expect, test } from 'vitest';
import { CLOSED, OPEN } from '../../src/door/types.ts';
import { OWNER } from './fake-device.ts';
import { Stage, type StageOptions } from './stage.ts';

const noSensor = (options: StageOptions = {}): Stage =>
  new Stage({
    ...options,
    device: { hasSensor: false, ...options.device },
    config: { withoutSensor: 'assumed', ...options.config },
  });

const remembersOpen = { target: OPEN, current: OPEN, obstruction: false } as const;

describe('assumed', () => {
  test('is there as soon as the device has spoken, without a warning', () => {
    const stage = noSensor({ device: { online: false } });
    expect(stage.shown).toBe('T1 C1 ?');
    stage.device.goOnline();
    expect(stage.shown).toBe('T1 C1');
    expect(stage.door.view.reason).toBe('assumed to be closed');
    expect(stage.log.at('warn')).toEqual([]);
  });

  test('follows its own commands by travel time', async () => {
    const stage = noSensor();
    expect(await stage.write(OPEN)).toBe('success');
    await stage.pass(9_998);
    expect(stage.shown).toBe('T0 C2');
    await stage.pass(1);
    expect(stage.shown).toBe('T0 C0');
    await stage.write(CLOSED);
    await stage.pass(9_998);
    expect(stage.shown).toBe('T1 C3');
    await stage.pass(1);
    expect(stage.shown).toBe('T1 C1');
    expect(stage.device.sent).toEqual(['TRIGGER', 'TRIGGER']);
    expect(stage.door.view.reason).toBe('closed from Home, assumed by its travel time');
  });

  test('follows the relay triggers of others', async () => {
    const stage = noSensor();
    stage.device.operate();
    await stage.pass(10_000);
    stage.device.operate();
    await stage.pass(10_000);
    expect(stage.told).toEqual(['T0 C2', 'T0 C0', 'T1 C3', 'T1 C1']);
  });

  test('a write that changes nothing sends nothing: a pulse would', async () => {
    const stage = noSensor();
    expect(await stage.write(CLOSED)).toBe('success');
    await stage.write(OPEN);
    expect(await stage.write(OPEN)).toBe('success');
    expect(stage.device.sent).toEqual(['TRIGGER']);
  });

  test('a second pulse in the middle of a travel ends as open, whoever gave it', async () => {
    const stage = noSensor({ memory: remembersOpen });
    await stage.write(CLOSED);
    await stage.pass(3_000);
    stage.device.operate();
    await stage.pass(10_000);
    expect(stage.told).toEqual(['T1 C3', 'T0 C0']);
  });

  test('two pulses at the same time', async () => {
    const stage = noSensor({ memory: remembersOpen });
    stage.device.scripts.push({ delay: 300 });
    stage.begin(CLOSED);
    await stage.pass(100);
    stage.device.operate();
    await stage.pass(20_000);
    expect(stage.shown).toBe('T0 C0');
  });

  test('close written while opening is refused, since a pulse would only stop it', async () => {
    const stage = noSensor();
    await stage.write(OPEN);
    await stage.pass(3_000);
    expect(await stage.write(CLOSED)).toBe('not now');
    expect(stage.told).toEqual(['T0 C2', 'T0 C2']);
    expect(stage.device.sent).toEqual(['TRIGGER']);
  });

  test.each([
    ['refuse', 'not now', ['TRIGGER']],
    ['pulse', 'success', ['TRIGGER', 'TRIGGER']],
  ] as const)('open written while closing: %s', async (whileClosing, outcome, sent) => {
    const stage = noSensor({ memory: remembersOpen, config: { whileClosing } });
    await stage.write(CLOSED);
    await stage.pass(3_000);
    expect(await stage.write(OPEN)).toBe(outcome);
    expect(stage.device.sent).toEqual(sent);
    await stage.pass(20_000);
    expect(stage.shown).toBe(whileClosing === 'refuse' ? 'T1 C1' : 'T0 C0');
  });

  test('a command without an answer leaves it open', async () => {
    const stage = noSensor();
    stage.device.scripts.push({ fail: 'NO_ANSWER' });
    expect(await stage.write(OPEN)).toBe('no answer');
    expect(stage.shown).toBe('T0 C0');
    const closing = noSensor({ memory: remembersOpen, config: { whileClosing: 'pulse' } });
    await closing.write(CLOSED);
    closing.device.scripts.push({ fail: 'NO_ANSWER' });
    await closing.write(OPEN);
    await closing.pass(20_000);
    expect(closing.shown).toBe('T0 C0');
  });

  test('an accepted command that pulsed nothing fails, and moves nothing', async () => {
    const stage = noSensor();
    stage.device.scripts.push({ answer: { relayTriggered: false } });
    expect(await stage.write(OPEN)).toBe('not now');
    expect(stage.told).toEqual(['T1 C1']);
  });

  test('a held output opens it, or spoils a closing', async () => {
    const held = { type: 'OutputHeldActive', cnt: 0, t100ms: 0, state: 'no sensor', data: OWNER } as const;
    const stage = noSensor();
    stage.device.happen(held, 0);
    await stage.pass(10_000);
    expect(stage.told).toEqual(['T0 C2', 'T0 C0']);
    await stage.write(CLOSED);
    stage.device.happen(held, 0);
    await stage.pass(10_000);
    expect(stage.shown).toBe('T0 C0');
    stage.device.happen(held, 0);
    expect(stage.shown).toBe('T0 C0');
  });

  test('a restart in the middle of a travel leaves it open', async () => {
    const stage = noSensor({ memory: remembersOpen });
    await stage.write(CLOSED);
    expect(stage.remembered).toEqual([]);
    await stage.pass(10_000);
    expect(stage.remembered).toEqual([{ target: CLOSED, current: CLOSED, obstruction: false }]);
  });

  test('a sensor that is there after all is believed', async () => {
    const stage = noSensor();
    await stage.write(OPEN);
    await stage.pass(1_000);
    stage.device.setSensor(true);
    await stage.pass(0);
    expect(stage.shown).toBe('T0 C0');
    await stage.write(CLOSED);
    expect(stage.device.sent).toEqual(['TRIGGER', 'CLOSE']);
    // Taken away again, it is assumed again, without a warning: that was chosen.
    stage.device.setSensor(false);
    await stage.pass(0);
    expect(stage.shown).toBe('T0 C0');
    expect(stage.log.at('warn')).toEqual([]);
  });

  test('without the choice, and without a sensor, there is no state to show', async () => {
    const stage = new Stage({ device: { hasSensor: false, directional: true } });
    expect(stage.shown).toBe('T1 C1 ?');
    expect(await stage.write(OPEN)).toBe('success');
    await stage.pass(60_000);
    expect(stage.shown).toBe('T0 C0 ?');
  });
});

describe('directional', () => {
  const directional = (options: StageOptions = {}): Stage =>
    noSensor({
      ...options,
      device: { directional: true, ...options.device },
      config: { withoutSensor: 'directional' },
    });

  test('OPEN and CLOSE are sent, at rest even if nothing seems to change', async () => {
    const stage = directional();
    expect(await stage.write(CLOSED)).toBe('success');
    await stage.pass(10_000);
    expect(await stage.write(OPEN)).toBe('success');
    expect(await stage.write(OPEN)).toBe('success');
    await stage.pass(10_000);
    expect(stage.told).toEqual(['T1 C3', 'T1 C1', 'T0 C2', 'T0 C0']);
    expect(stage.device.sent).toEqual(['CLOSE', 'OPEN']);
  });

  test('turns round in the middle of a travel', async () => {
    const stage = directional();
    await stage.write(OPEN);
    await stage.pass(3_000);
    await stage.write(CLOSED);
    await stage.pass(3_000);
    await stage.write(OPEN);
    await stage.pass(10_000);
    expect(stage.told).toEqual(['T0 C2', 'T1 C3', 'T0 C2', 'T0 C0']);
    expect(stage.device.sent).toEqual(['OPEN', 'CLOSE', 'OPEN']);
  });

  test('CLOSE that fails is never followed by a TRIGGER', async () => {
    const stage = directional({ memory: remembersOpen, device: { directional: false } });
    expect(await stage.write(CLOSED)).toBe('failed');
    await stage.pass(60_000);
    expect(stage.device.sent).toEqual(['CLOSE']);
    expect(stage.shown).toBe('T0 C0');
  });

  test('the trigger of somebody else does not say which way: it ends as open', async () => {
    const stage = directional();
    stage.device.relayTrigger(OWNER);
    await stage.pass(10_000);
    stage.device.relayTrigger(OWNER);
    await stage.pass(10_000);
    expect(stage.told).toEqual(['T0 C2', 'T0 C0']);
  });
});

describe('the second output', () => {
  const secondary = (options: StageOptions = {}): Stage =>
    new Stage({ ...options, config: { output: 'secondary', ...options.config } });

  test('TRIGGER_SECONDARY moves it, and the sensor of the gate says nothing about it', async () => {
    const stage = secondary();
    expect(await stage.write(OPEN)).toBe('success');
    stage.device.say('edge', 'closed');
    stage.device.relayTrigger(OWNER);
    await stage.pass(10_000);
    expect(await stage.write(CLOSED)).toBe('success');
    await stage.pass(10_000);
    expect(stage.told).toEqual(['T0 C2', 'T0 C0', 'T1 C3', 'T1 C1']);
    expect(stage.device.sent).toEqual(['TRIGGER_SECONDARY', 'TRIGGER_SECONDARY']);
  });

  test('follows SecondaryRelayTrigger, whatever is chosen for the gate itself', async () => {
    const stage = secondary({ config: { withoutSensor: 'directional' } });
    const base = { cnt: 0, t100ms: 0, state: 'closed', data: OWNER } as const;
    stage.device.happen({ type: 'SecondaryRelayTrigger', ...base }, 0);
    await stage.pass(10_000);
    expect(stage.told).toEqual(['T0 C2', 'T0 C0']);
    await stage.write(CLOSED);
    expect(stage.device.sent).toEqual(['TRIGGER_SECONDARY']);
    stage.device.happen({ type: 'SecondaryOutputHeldActive', ...base }, 0);
    await stage.pass(10_000);
    expect(stage.shown).toBe('T0 C0');
  });

  test('is unavailable while the device is away', async () => {
    const stage = secondary({ memory: remembersOpen });
    stage.device.goOffline();
    await stage.pass(45_000);
    expect(stage.shown).toBe('T0 C0 ?');
    expect(await stage.write(CLOSED)).toBe('offline');
    stage.device.goOnline();
    expect(stage.shown).toBe('T0 C0');
  });
});
