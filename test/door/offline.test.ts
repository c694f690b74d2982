import { describe, expect, test } from 'vitest';
import { CLOSED, CLOSING, OPEN, OPENING, type DoorMemory } from '../../src/door/types.ts';
import { DeviceDoor } from '../../src/door/door.ts';
import { silentLog } from '../../src/base/log.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { FakeDevice } from './fake-device.ts';
import { Stage } from './stage.ts';

describe('offline', () => {
  test('the last value for 45 s, then unavailable; back online it is told in any case', async () => {
    const stage = new Stage();
    stage.device.goOffline();
    await stage.pass(44_999);
    expect(stage.told).toEqual([]);
    await stage.pass(1);
    expect(stage.takeTold()).toEqual(['T1 C1 ?']);
    expect(stage.door.view.reason).toBe('the device is offline');
    await stage.pass(3_600_000);
    stage.device.goOnline();
    expect(stage.takeTold()).toEqual(['T1 C1']);
  });

  test('a short absence: the truth is told once more, whatever it is', async () => {
    const stage = new Stage();
    stage.device.goOffline();
    await stage.pass(3_000);
    stage.device.goOnline();
    expect(stage.told).toEqual(['T1 C1']);
  });

  test('back online and open: target and current change together', async () => {
    const stage = new Stage();
    stage.device.goOffline();
    stage.device.gate.contact = 'open';
    await stage.pass(50_000);
    stage.device.goOnline();
    expect(stage.told).toEqual(['T1 C1 ?', 'T0 C0 ?', 'T0 C0']);
    expect(stage.log.lines).toContain('debug is open');
  });

  test('online without a report is not yet back', () => {
    const stage = new Stage({ device: { online: false } });
    const online = { ...stage.device.health, state: 'online' as const, offlineSince: undefined };
    stage.device.healthChanged.emit(online);
    expect(stage.told).toEqual([]);
    expect(stage.shown).toBe('T1 C1 ?');
    stage.device.say('level', 'open');
    expect(stage.shown).toBe('T0 C0');
  });

  test('a report before a change of health, such as the identity, before it is online: it is there', async () => {
    const stage = new Stage({ device: { online: false } });
    stage.device.say('level', 'open');
    stage.device.healthChanged.emit({ ...stage.device.health, state: 'connecting' });
    stage.device.healthChanged.emit({ ...stage.device.health, state: 'online', offlineSince: undefined });
    await stage.pass(45_000);
    expect(stage.shown).toBe('T0 C0');
  });

  test('a travel that ends while the device is away is taken as open', async () => {
    for (const [position, target] of [
      ['open', CLOSED],
      ['closed', OPEN],
    ] as const) {
      const stage = new Stage({ device: { position } });
      await stage.write(target);
      stage.device.goOffline();
      await stage.pass(30_000);
      expect(stage.shown).toBe('T0 C0');
      expect(stage.log.at('warn')).toEqual([]);
      stage.device.goOnline();
      expect(stage.shown).toBe(position === 'open' ? 'T1 C1' : 'T0 C0');
    }
  });

  test('a report of an older session does not count', () => {
    const stage = new Stage();
    stage.device.goOffline();
    stage.device.goOnline();
    stage.device.say('level', 'open', 0, 1);
    expect(stage.shown).toBe('T1 C1');
  });

  test('an old event moves nothing, nor does one of unknown time', async () => {
    const stage = new Stage();
    await stage.pass(20_000);
    stage.device.relayTrigger({ keyNr: 0, keyType: 'master key', via: 'wifi' }, 15_001);
    stage.device.happen({ type: 'SensorFlipped', cnt: 0, t100ms: 0, state: 'closed' }, undefined);
    stage.device.plain('DoorbellPushed');
    expect(stage.told).toEqual([]);
    expect(stage.device.queries).toBe(0);
  });

  test.each([
    ['long before the newest report', 2_000, 'open'],
    ['shortly before a report that says otherwise', 100, 'closed'],
  ] as const)('a relay trigger from %s is overtaken', async (_, age, state) => {
    const stage = new Stage({ device: { position: 'open' } });
    await stage.device.query();
    stage.device.relayTrigger({ keyNr: 0, keyType: 'master key', via: 'wifi' }, age, state);
    expect(stage.told).toEqual([]);
  });

  test('a relay trigger whose sensor state is news brings that along', () => {
    const stage = new Stage({ device: { position: 'open' } });
    stage.device.relayTrigger({ keyNr: 0, keyType: 'master key', via: 'wifi' }, 0, 'closed');
    expect(stage.told).toEqual(['T0 C2']);
    expect(stage.log.at('debug')).toEqual(['is closed', 'opening by master key over Wi-Fi']);
  });

  test('an edge from before the newest report that contradicts it makes the door ask', async () => {
    const stage = new Stage();
    await stage.pass(5_000);
    await stage.device.query();
    stage.device.say('edge', 'open', 3_000);
    await stage.pass(0);
    expect(stage.device.queries).toBe(2);
    expect(stage.shown).toBe('T0 C2');
  });
});

describe('restart of the plugin', () => {
  test.each<[DoorMemory, string]>([
    [{ target: CLOSED, current: CLOSED, obstruction: false }, 'T1 C1'],
    [{ target: OPEN, current: OPEN, obstruction: false }, 'T0 C0'],
    [{ target: OPEN, current: OPEN, obstruction: true }, 'T0 C0 O'],
    [{ target: OPEN, current: OPENING, obstruction: false }, 'T0 C0'],
    [{ target: CLOSED, current: CLOSING, obstruction: false }, 'T0 C0'],
    [{ target: OPEN, current: CLOSED, obstruction: false }, 'T0 C0'],
    [{ target: CLOSED, current: CLOSED, obstruction: true }, 'T1 C1'],
  ])('%o is shown as %s for 45 s', async (memory, view) => {
    const stage = new Stage({ memory, device: { online: false } });
    expect(stage.shown).toBe(view);
    await stage.pass(44_999);
    expect(stage.shown).toBe(view);
    await stage.pass(1);
    expect(stage.shown).toBe(`${view} ?`);
    expect(stage.remembered).toEqual([]);
  });

  test('the first report corrects it', () => {
    const stage = new Stage({
      memory: { target: CLOSED, current: CLOSED, obstruction: false },
      device: { online: false, position: 'open' },
    });
    stage.device.goOnline();
    expect(stage.shown).toBe('T0 C0');
    expect(stage.remembered).toEqual([{ target: OPEN, current: OPEN, obstruction: false }]);
  });

  test('an obstruction stays until the sensor says closed', () => {
    const stage = new Stage({
      memory: { target: OPEN, current: OPEN, obstruction: true },
      device: { online: false, position: 'open' },
    });
    stage.device.goOnline();
    expect(stage.shown).toBe('T0 C0 O');
    stage.device.say('level', 'closed');
    expect(stage.shown).toBe('T1 C1');
  });

  test('without memory it is closed, and unavailable until the device has spoken', () => {
    const stage = new Stage({ device: { online: false } });
    expect(stage.shown).toBe('T1 C1 ?');
    expect(stage.door.view.reason).toBe('not known yet');
    stage.device.goOnline();
    expect(stage.shown).toBe('T1 C1');
    expect(stage.door.view.reason).toBe('is closed');
    expect(stage.remembered).toEqual([{ target: CLOSED, current: CLOSED, obstruction: false }]);
  });

  // With `switch` something else takes the place of the door, and says so itself.
  test.each([
    [undefined, 1],
    ['switch', 0],
  ] as const)('never a sensor, %s: %i warnings, nothing remembered', async (choice, warnings) => {
    const config = choice === undefined ? {} : { withoutSensor: choice };
    const stage = new Stage({ config, device: { online: false, hasSensor: false } });
    stage.device.goOnline();
    stage.device.relayTrigger({ keyNr: 0, keyType: 'master key', via: 'wifi' });
    stage.device.goOffline();
    stage.device.goOnline();
    await stage.pass(60_000);
    expect(stage.shown).toBe('T1 C1 ?');
    expect(stage.door.view.reason).toBe('the device has no status sensor');
    expect(stage.log.at('warn')).toHaveLength(warnings);
    expect(stage.door.settled).toBe(false);
    expect(stage.remembered).toEqual([]);
    expect(await stage.write(OPEN)).toBe('failed');
  });

  test('a device that was online before there was a door', async () => {
    const clock = new FakeClock();
    const device = new FakeDevice(clock, { position: 'open' });
    const door = new DeviceDoor({
      device,
      clock,
      log: silentLog,
      config: { whileClosing: 'refuse', readOnly: false },
    });
    expect(door.view).toMatchObject({ target: OPEN, current: OPEN, unavailable: false });
    await clock.advance(60_000);
    expect(door.view.unavailable).toBe(false);
    door.stop();
    expect(clock.pending).toBe(0);
  });
});

describe('what is remembered', () => {
  test('a travel as open, its end as it is, nothing twice', async () => {
    const stage = new Stage();
    await stage.write(OPEN);
    await stage.pass(20_000);
    await stage.write(CLOSED);
    await stage.pass(20_000);
    expect(stage.remembered.map(({ target, current }) => [target, current])).toEqual([
      [OPEN, OPEN],
      [CLOSED, CLOSED],
    ]);
  });

  test('the learned closing time', async () => {
    const stage = new Stage({ device: { position: 'open', travel: 12_000 } });
    await stage.write(CLOSED);
    await stage.pass(12_000);
    expect(stage.remembered.at(-1)?.learnedCloseTime).toBeCloseTo(12_000, -2);
  });
});

describe('a read', () => {
  test('is answered at once, and asks a device that has not spoken for 10 s', () => {
    const stage = new Stage();
    expect(stage.door.read()).toBe(stage.door.view);
    expect(stage.device.refreshes).toEqual([10_000]);
  });
});
