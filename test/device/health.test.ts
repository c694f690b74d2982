import { describe, expect, it } from 'vitest';
import type { DeviceHello } from '../../src/session/link.ts';
import { settle } from '../helpers/fake-clock.ts';
import { plain } from './fake-link.ts';
import { online, SECOND, watched } from './watched-device.ts';

describe('identity', () => {
  it('is told once for each change', () => {
    const { link, device, identities, connect } = watched();
    device.start();
    const old: DeviceHello = { apiVersion: 1 };
    const updated: DeviceHello = { apiVersion: 2, serialNumber: 'S1', remootioVersion: 'remootio-1' };
    for (const hello of [old, old, updated, updated]) {
      connect(hello);
      link.drop();
    }
    expect(identities).toEqual([old, updated]);
    expect(device.health.identity).toEqual(updated);
  });

  it('is believed only when the device has proved that it has our keys', () => {
    const { link, device, identities } = watched();
    device.start();
    link.greet({ apiVersion: 3, serialNumber: 'STRANGER' });
    link.drop();
    expect(identities).toEqual([]);
    expect(device.health.identity).toBeUndefined();
  });

  it('is known before the first report', () => {
    const { device, connect } = watched();
    const seen: unknown[] = [];
    device.report.on(() => seen.push(device.health.identity));
    device.start();
    connect({ apiVersion: 1 });
    expect(seen).toEqual([{ apiVersion: 1 }]);
  });
});

describe('health', () => {
  it('goes from stopped over connecting to online, offline, and stopped', async () => {
    const { clock, link, device, healths, now, connect } = watched();
    const states = (): string[] => healths.map(({ state }) => state).filter((s, i, all) => s !== all[i - 1]);
    expect(device.health).toEqual({
      state: 'stopped',
      offlineSince: clock.monotonic(),
      connecting: false,
      diagnosis: undefined,
      logging: 'unknown',
      sensor: undefined,
      identity: undefined,
    });
    await clock.advance(SECOND);
    const started = clock.monotonic();
    device.start();
    device.start();
    expect(device.health).toMatchObject({ state: 'connecting', offlineSince: started, connecting: true });
    await clock.advance(SECOND);
    connect();
    expect(device.health).toMatchObject({ state: 'online', offlineSince: undefined, sensor: 'closed' });
    link.tell(plain('StateChange', 1, now(), 'open'));
    expect(device.health.sensor).toBe('open');
    await clock.advance(SECOND);
    const lost = clock.monotonic();
    link.drop('connecting');
    expect(device.health).toMatchObject({
      state: 'offline',
      offlineSince: lost,
      connecting: true,
      sensor: undefined,
    });
    await clock.advance(SECOND);
    link.drop('waiting');
    expect(device.health).toMatchObject({ state: 'offline', offlineSince: lost, connecting: false });
    await device.stop();
    expect(device.health).toMatchObject({ state: 'stopped', offlineSince: lost, connecting: false });
    expect(states()).toEqual(['connecting', 'online', 'offline', 'stopped']);
    expect(healths.at(-1)).toEqual(device.health);
  });

  it('is started once', async () => {
    const { clock, link, device } = online();
    await clock.advance(SECOND);
    device.start();
    expect(link.state).toBe('ready');
    expect(device.health).toMatchObject({ state: 'online', offlineSince: undefined });
  });

  it('is offline after the first attempt that fails', () => {
    const { link, device } = watched();
    device.start();
    link.drop();
    expect(device.health.state).toBe('offline');
  });

  it('passes the diagnosis on', () => {
    const { link, device, healths } = watched();
    device.start();
    const diagnosis = { code: 'host-not-found', message: 'no such host', remedy: 'look at it' } as const;
    link.diagnose(diagnosis);
    expect(healths.at(-1)?.diagnosis).toBe(diagnosis);
    link.diagnose(undefined);
    expect(healths.at(-1)?.diagnosis).toBeUndefined();
  });

  it('is told only when it changed', async () => {
    const { link, device, healths, now } = online();
    const before = healths.length;
    void device.query();
    link.answer({ t100ms: now() });
    link.tell(plain('StateChange', 1, now(), 'closed'));
    await settle();
    expect(healths).toHaveLength(before);
  });

  it('wakes the link', () => {
    const { link, device } = watched();
    device.wake();
    expect(link.woken).toBe(1);
  });
});

describe('stop', () => {
  it('fails what is not answered, and leaves no timer', async () => {
    const { clock, link, device, now } = online();
    void device.open();
    link.answer({ t100ms: now(), relayTriggered: true });
    await settle();
    const open = device.open();
    const failed = expect(open).rejects.toMatchObject({ code: 'CONNECTION_LOST', outcome: 'unknown' });
    await device.stop();
    await failed;
    expect(clock.pending).toBe(0);
    await expect(device.open()).rejects.toMatchObject({ code: 'OFFLINE' });
  });

  it('can be started again', async () => {
    const { device, link, connect } = online();
    await device.stop();
    link.ready.emit();
    expect(device.health.state).toBe('stopped');
    device.start();
    connect();
    expect(device.health.state).toBe('online');
  });
});
