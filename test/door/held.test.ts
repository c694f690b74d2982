import { describe, expect, test } from 'vitest';
import { CLOSED, OPEN } from '../../src/door/types.ts';
import { API_KEY, OWNER, type FakeDevice } from './fake-device.ts';
import { Stage } from './stage.ts';
import type { KeyUse } from '../../src/wire/events.ts';

function hold(device: FakeDevice, data: KeyUse, age = 0): void {
  device.happen({ type: 'OutputHeldActive', cnt: 0, t100ms: 0, state: device.sensor, data }, age);
}

describe('an output that is held active', () => {
  test('opens a closed door', async () => {
    const stage = new Stage();
    hold(stage.device, OWNER);
    stage.device.gate.drive('opening');
    await stage.pass(10_000);
    expect(stage.told).toEqual(['T0 C2', 'T0 C0']);
  });

  test('says nothing of one that is open or opens', async () => {
    const stage = new Stage({ device: { position: 'open' } });
    hold(stage.device, OWNER);
    expect(stage.told).toEqual([]);
    const other = new Stage();
    await other.write(OPEN);
    hold(other.device, OWNER);
    other.device.say('level', 'open');
    expect(other.told).toEqual(['T0 C2']);
  });

  test('makes a closing uncertain', async () => {
    const stage = new Stage({ device: { position: 'open' } });
    await stage.write(CLOSED);
    hold(stage.device, OWNER);
    stage.device.say('level', 'open');
    expect(stage.told).toEqual(['T1 C3', 'T0 C0']);
  });

  test('may be ours, and may be overtaken', async () => {
    const stage = new Stage({ device: { position: 'open', logging: false } });
    await stage.write(CLOSED);
    hold(stage.device, API_KEY);
    stage.device.say('level', 'open');
    expect(stage.told).toEqual(['T1 C3']);
    const other = new Stage();
    hold(other.device, OWNER, 5_000);
    expect(other.told).toEqual([]);
  });

  test('is nothing to a door whose sensor is gone, nor are the events of the other output', () => {
    const stage = new Stage({ device: { hasSensor: false } });
    hold(stage.device, OWNER);
    expect(stage.shown).toBe('T1 C1 ?');
    const other = new Stage();
    const base = { cnt: 0, t100ms: 0, state: 'closed', data: OWNER } as const;
    other.device.happen({ type: 'SecondaryRelayTrigger', ...base }, 0);
    other.device.happen({ type: 'SecondaryOutputHeldActive', ...base }, 0);
    expect(other.told).toEqual([]);
  });
});
