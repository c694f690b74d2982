import { describe, expect, it } from 'vitest';
import { DeviceModel, type Outcome } from '../../src/simulator/device-model.ts';
import type { SimulatedEvent } from '../../src/simulator/event-log.ts';
import { completeSettings, OUTPUT_MODES, type OutputMode } from '../../src/simulator/settings.ts';
import type { OutputRoles, SimulatedDeviceOptions } from '../../src/simulator/settings.ts';
import type { Action } from '../../src/wire/actions.ts';
import { FakeClock } from '../helpers/fake-clock.ts';

const PHONE = { keyNr: 5, keyType: 'unique key', via: 'bluetooth' } as const;

function device(options: SimulatedDeviceOptions = {}) {
  const clock = new FakeClock();
  const model = new DeviceModel(
    completeSettings({ travelTime: 10_000, sensorDelay: 1_000, relayTime: 500, ...options }),
    clock,
  );
  const events: SimulatedEvent[] = [];
  model.logged.on(({ event }) => events.push(event));
  return { clock, model, events, types: () => events.map(({ type }) => type) };
}

const roles = (mode: OutputMode): OutputRoles => OUTPUT_MODES[mode];

const TRIGGERED: Outcome = { success: true, relayTriggered: true, errorCode: '' };
const ALREADY: Outcome = { success: true, relayTriggered: false, errorCode: '' };
const BUSY: Outcome = { success: false, relayTriggered: false, errorCode: 'ERR_RELAY_BUSY' };
const NO_SENSOR: Outcome = { success: false, relayTriggered: false, errorCode: 'ERR_NO_SENSOR' };
const INVALID: Outcome = { success: false, relayTriggered: false, errorCode: 'ERR_INVALID_REQUEST' };

describe('actions', () => {
  it.each<[string, SimulatedDeviceOptions, Action['type'], Outcome, string]>([
    ['OPEN, closed', { state: 'closed' }, 'OPEN', TRIGGERED, 'opening'],
    ['OPEN, open', { state: 'open' }, 'OPEN', ALREADY, 'stopped'],
    ['CLOSE, open', { state: 'open' }, 'CLOSE', TRIGGERED, 'closing'],
    ['CLOSE, closed', { state: 'closed' }, 'CLOSE', ALREADY, 'stopped'],
    ['OPEN, no sensor', { sensor: false }, 'OPEN', NO_SENSOR, 'stopped'],
    ['CLOSE, no sensor', { sensor: false, state: 'open' }, 'CLOSE', NO_SENSOR, 'stopped'],
    ['TRIGGER, no sensor', { sensor: false }, 'TRIGGER', TRIGGERED, 'opening'],
    ['TRIGGER, open', { state: 'open' }, 'TRIGGER', TRIGGERED, 'closing'],
    ['QUERY', {}, 'QUERY', ALREADY, 'stopped'],
    ['RESTART', {}, 'RESTART', ALREADY, 'stopped'],
    ['directional OPEN without sensor', { mode: 'directional', sensor: false }, 'OPEN', TRIGGERED, 'opening'],
    [
      'directional CLOSE without sensor, closed already',
      { mode: 'directional', sensor: false },
      'CLOSE',
      TRIGGERED,
      'closing',
    ],
    [
      'directional OPEN with sensor, open',
      { mode: 'directional', state: 'open' },
      'OPEN',
      ALREADY,
      'stopped',
    ],
    ['directional TRIGGER', { mode: 'directional' }, 'TRIGGER', INVALID, 'stopped'],
    ['directional TRIGGER_SECONDARY', { mode: 'open/close' }, 'TRIGGER_SECONDARY', INVALID, 'stopped'],
    ['no free relay', { mode: 'impulse/impulse' }, 'TRIGGER_SECONDARY', INVALID, 'stopped'],
    ['free relay', {}, 'TRIGGER_SECONDARY', TRIGGERED, 'stopped'],
  ])('%s', (_what, options, type, outcome, motion) => {
    const { model } = device(options);
    expect(model.carryOut({ type })).toEqual(outcome);
    expect(model.gate.motion).toBe(motion);
  });

  it.each(Object.keys(OUTPUT_MODES) as OutputMode[])('uses the outputs of the mode %s', (mode) => {
    const used = (type: Action['type']): number[] => {
      const { model } = device({ mode, state: type === 'CLOSE' ? 'open' : 'closed' });
      model.carryOut({ type });
      return ([1, 2] as const).filter((output) => model.outputs.isActive(output));
    };
    const { open, close, free } = roles(mode);
    expect([used('OPEN'), used('CLOSE'), used('TRIGGER_SECONDARY')]).toEqual([
      open,
      close,
      free === undefined ? [] : [free],
    ]);
  });

  it('answers ERR_RELAY_BUSY while the output is active, and not a moment longer', async () => {
    const { model, clock } = device();
    expect(model.carryOut({ type: 'TRIGGER' })).toEqual(TRIGGERED);
    await clock.advance(499);
    expect(model.carryOut({ type: 'TRIGGER' })).toEqual(BUSY);
    expect(model.carryOut({ type: 'OPEN' })).toEqual(BUSY);
    expect(model.carryOut({ type: 'TRIGGER_SECONDARY' })).toEqual(TRIGGERED);
    expect(model.carryOut({ type: 'TRIGGER_SECONDARY' })).toEqual(BUSY);
    await clock.advance(1);
    expect(model.carryOut({ type: 'TRIGGER' })).toEqual(TRIGGERED);
    expect(model.gate.motion).toBe('stopped');
  });

  it('ignores OPEN while the gate closes, since the sensor still says open', async () => {
    const { model, clock } = device({ state: 'open' });
    model.carryOut({ type: 'CLOSE' });
    await clock.advance(3_000);
    expect(model.carryOut({ type: 'OPEN' })).toEqual(ALREADY);
    expect(model.gate.motion).toBe('closing');
  });
});

describe('events', () => {
  const EVERYTHING = (model: DeviceModel): void => {
    model.connectKey(PHONE);
    model.operate(PHONE, 'TRIGGER_SECONDARY');
    model.pushDoorbell();
    model.enableDoorbell(false);
    model.pushDoorbell();
    model.enableDoorbell(true);
    model.enableManualButton(false);
    model.pushManualButton();
    model.enableManualButton(true);
    model.pushManualButton();
    model.flipSensor();
    model.flipSensor();
    model.enableSensor(false);
    model.enableSensor(true);
    model.changeKey({
      keyNr: 9,
      keyType: 'guest key',
      bluetooth: true,
      wifi: false,
      internet: false,
      notification: false,
      isRemoved: false,
    });
  };

  it('tells everything with logging', async () => {
    const { model, clock, types, events } = device();
    EVERYTHING(model);
    await clock.advance(20_000);
    expect(types()).toEqual([
      'Connected',
      'SecondaryRelayTrigger',
      'DoorbellPushed',
      'DoorbellDisabled',
      'DoorbellEnabled',
      'ManualButtonDisabled',
      'ManualButtonEnabled',
      'ManualButtonPushed',
      'SensorFlipped',
      'SensorFlipped',
      'SensorDisabled',
      'SensorEnabled',
      'KeyManagement',
      'StateChange',
    ]);
    expect(events.map(({ state }) => state).slice(8, 12)).toEqual(['open', 'closed', 'no sensor', 'closed']);
  });

  it('tells StateChange alone without logging, with numbers that have no gaps', async () => {
    const { model, clock, events, types } = device({ logging: false });
    EVERYTHING(model);
    await clock.advance(20_000);
    model.operate(PHONE);
    await clock.advance(20_000);
    expect(types()).toEqual(['StateChange', 'StateChange']);
    expect(events.map(({ cnt, state }) => [cnt, state])).toEqual([
      [1, 'open'],
      [2, 'closed'],
    ]);
  });

  it('counts cnt by one and t100ms in tenths of a second since the start', async () => {
    const { model, clock, events } = device({ uptime: 5_000 });
    model.connectKey(PHONE);
    await clock.advance(1_299);
    model.connectKey(PHONE);
    expect(events.map(({ cnt, t100ms }) => [cnt, t100ms])).toEqual([
      [1, 50],
      [2, 62],
    ]);
    expect(model.nextCnt).toBe(3);
  });

  it('names who operated the gate, and the API for its own actions', () => {
    const { model, events, clock } = device({ relayTime: 0 });
    model.operate(PHONE);
    void clock.advance(0);
    model.carryOut({ type: 'TRIGGER_SECONDARY' });
    expect(events).toMatchObject([
      { type: 'RelayTrigger', state: 'closed', data: PHONE },
      { type: 'SecondaryRelayTrigger', data: { keyType: 'api key', via: 'wifi' } },
    ]);
  });

  it('tells no SecondaryRelayTrigger in version 1, which does not have it', () => {
    const { model, types } = device({ apiVersion: 1 });
    model.operate(PHONE, 'TRIGGER_SECONDARY');
    expect(types()).toEqual([]);
  });

  it('sees the remote control by the sensor alone', async () => {
    const { model, clock, types } = device();
    model.moveByRemoteControl();
    await clock.advance(10_000);
    expect([types(), model.sensor]).toEqual([['StateChange'], 'open']);
  });

  it('takes the button of the app in the open/close mode as the other direction', async () => {
    const { model, clock } = device({ mode: 'directional', sensor: false });
    model.operate(PHONE);
    await clock.advance(10_000);
    expect(model.gate.position).toBe(1);
    model.operate(PHONE);
    await clock.advance(500);
    model.pushManualButton();
    expect(model.gate.motion).toBe('opening');
    await clock.advance(10_000);
    model.pushManualButton();
    await clock.advance(10_000);
    expect(model.gate.position).toBe(0);
  });

  it('pulses nothing by the manual button while the output is busy', () => {
    const { model, types } = device();
    model.operate(PHONE);
    model.pushManualButton();
    expect([types(), model.gate.motion]).toEqual([['RelayTrigger', 'ManualButtonPushed'], 'opening']);
  });

  it('has no sensor events where no sensor is installed', async () => {
    const { model, clock, types } = device({ sensor: false });
    model.flipSensor();
    model.enableSensor(true);
    model.carryOut({ type: 'TRIGGER' });
    await clock.advance(20_000);
    expect([types(), model.sensor]).toEqual([['RelayTrigger'], 'no sensor']);
  });

  it('tells LeftOpen once, when the gate has been open for the threshold', async () => {
    const { model, clock, events, types } = device({ leftOpenAfter: 300_000 });
    model.operate(PHONE);
    await clock.advance(300_999);
    expect(types()).not.toContain('LeftOpen');
    await clock.advance(1);
    expect(events.at(-1)).toMatchObject({ type: 'LeftOpen', state: 'open', data: { timeOpen100ms: 3_000 } });
    await clock.advance(3_600_000);
    expect(types().filter((type) => type === 'LeftOpen')).toHaveLength(1);
  });

  it.each([
    ['that was closed in time', (model: DeviceModel) => void model.carryOut({ type: 'CLOSE' }), 0],
    ['that stays open', () => undefined, 1],
  ])('tells LeftOpen of a gate open from the start %s: %#', async (_what, act, count) => {
    const { model, clock, types } = device({ state: 'open', leftOpenAfter: 60_000 });
    act(model);
    await clock.advance(120_000);
    expect(types().filter((type) => type === 'LeftOpen')).toHaveLength(count);
  });
});

describe('a held output', () => {
  it('is busy for its minutes and tells when it begins and ends', async () => {
    const { model, clock, events, types } = device({ minute: 1_000 });
    expect(model.carryOut({ type: 'OPEN', duration: 3 })).toEqual(TRIGGERED);
    expect(types()).toEqual(['OutputHeldActive', 'Output1Activated']);
    expect(events[0]).toMatchObject({ data: { keyType: 'api key' } });
    await clock.advance(2_999);
    expect(model.carryOut({ type: 'CLOSE' })).toEqual(BUSY);
    await clock.advance(1);
    expect(types()).toEqual(['OutputHeldActive', 'Output1Activated', 'StateChange', 'Output1Deactivated']);
    expect(model.carryOut({ type: 'CLOSE' })).toEqual(TRIGGERED);
  });

  it('may be held by somebody with the app, and is busy for the API then', async () => {
    const { model, clock, events } = device();
    expect(model.operate(PHONE, 'TRIGGER', 2)).toEqual(TRIGGERED);
    expect(events[0]).toMatchObject({ type: 'OutputHeldActive', data: PHONE });
    await clock.advance(119_999);
    expect(model.carryOut({ type: 'OPEN' })).toEqual(BUSY);
    await clock.advance(1);
    expect(model.carryOut({ type: 'OPEN' })).toEqual(ALREADY);
  });

  it('may be the free relay', async () => {
    const { model, clock, types } = device({ mode: 'free relay/impulse' });
    model.carryOut({ type: 'TRIGGER_SECONDARY', duration: 1 });
    await clock.advance(60_000);
    expect(types()).toEqual(['SecondaryOutputHeldActive', 'Output1Activated', 'Output1Deactivated']);
  });

  it('is not held where the gate is open already', () => {
    const { model } = device({ state: 'open' });
    expect(model.carryOut({ type: 'OPEN', duration: 5 })).toEqual(ALREADY);
    expect(model.outputs.isActive(1)).toBe(false);
  });

  it.each([1, 2] as const)('does not exist in version %d: the output is pulsed', async (apiVersion) => {
    const { model, clock, types } = device({ apiVersion });
    expect(model.carryOut({ type: 'TRIGGER', duration: 5 })).toEqual(TRIGGERED);
    await clock.advance(500);
    expect([model.outputs.isActive(1), types()]).toEqual([false, ['RelayTrigger']]);
  });

  it.each([0, -1, 1.5])('is refused for %d minutes', (duration) => {
    expect(device().model.carryOut({ type: 'TRIGGER', duration })).toEqual(INVALID);
  });
});

describe('a restart', () => {
  it('is down for the boot time, then tells Restart with cnt 0 of a new clock', async () => {
    const { model, clock, events } = device({ bootTime: 1_600 });
    const downs: string[] = [];
    model.wentDown.on((why) => downs.push(why));
    model.cameUp.on(() => downs.push('up'));
    model.connectKey(PHONE);
    model.restart('power cut');
    expect([model.booting, downs]).toEqual([true, ['power cut']]);
    await clock.advance(1_600);
    expect([model.booting, downs]).toEqual([false, ['power cut', 'up']]);
    expect(events.at(-1)).toMatchObject({ type: 'Restart', cnt: 0, t100ms: 16 });
    model.connectKey(PHONE);
    expect(events.at(-1)).toMatchObject({ type: 'Connected', cnt: 1 });
  });

  it('sees and does nothing while it is down; the gate goes on', async () => {
    const { model, clock, types } = device({ bootTime: 60_000 });
    model.operate(PHONE);
    model.restart('restart');
    expect(model.operate(PHONE)).toEqual(INVALID);
    model.pushManualButton();
    model.pushDoorbell();
    await clock.advance(60_000);
    expect([types(), model.sensor]).toEqual([['RelayTrigger', 'Restart'], 'open']);
  });

  it('says nothing without logging, and its number 0 is used up', async () => {
    const { model, clock, events } = device({ logging: false });
    model.restart('restart');
    await clock.advance(2_000);
    model.operate(PHONE);
    await clock.advance(1_000);
    expect(events.map(({ type, cnt }) => [type, cnt])).toEqual([['StateChange', 1]]);
  });

  it('of the clock alone changes nothing else', async () => {
    const { model, clock, events } = device();
    model.restartClock();
    await clock.advance(100);
    model.connectKey(PHONE);
    expect(events).toMatchObject([{ type: 'Connected', cnt: 0, t100ms: 1 }]);
  });
});

it('has no timers left when it is disposed of', () => {
  const { model, clock } = device({ leftOpenAfter: 60_000, state: 'open' });
  model.carryOut({ type: 'CLOSE' });
  model.restart('restart');
  model.carryOut({ type: 'TRIGGER' });
  expect(clock.pending).toBeGreaterThan(0);
  model.dispose();
  expect(clock.pending).toBe(0);
});
