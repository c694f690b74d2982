import { describe, expect, test } from 'vitest';
import { LeftOpenWatch, type LeftOpenMemory } from '../../src/door/left-open.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { FakeDevice, type FakeDeviceOptions } from './fake-device.ts';

const MINUTE = 60_000;

/** A watch over a device whose sensor says what the test says, with the StateChange event before the report. */
class Scene {
  readonly clock = new FakeClock();
  readonly device: FakeDevice;
  readonly after: number | 'device';
  readonly told: boolean[] = [];
  memory: LeftOpenMemory | undefined;
  watch!: LeftOpenWatch;

  constructor(after: number | 'device', device: FakeDeviceOptions = {}) {
    this.after = after;
    this.device = new FakeDevice(this.clock, device);
    this.begin();
  }

  /** As after a restart of the plugin. */
  beginAgain(): void {
    this.watch.stop();
    this.begin();
  }

  begin(): void {
    const { after, clock, device, memory } = this;
    const remember = (now: LeftOpenMemory): unknown => (this.memory = now);
    this.watch = new LeftOpenWatch({ after, clock, device, memory, remember });
    this.watch.changed.on((leftOpen) => this.told.push(leftOpen));
  }

  /** The sensor changes, and the device tells at once. */
  change(state: 'open' | 'closed'): void {
    this.stateChange(state);
    this.device.gate.contact = state;
    this.device.say('edge', state);
  }

  /** The event alone, as it comes after an outage. */
  stateChange(state: 'open' | 'closed', age = 0): void {
    this.device.happen({ type: 'StateChange', cnt: 0, t100ms: 0, state }, age);
  }

  leftOpenEvent(minutes: number, age: number | 'unknown' = 0): void {
    const data = { timeOpen100ms: minutes * 600 };
    this.device.happen(
      { type: 'LeftOpen', cnt: 0, t100ms: 0, state: 'open', data },
      age === 'unknown' ? undefined : age,
    );
  }
}

describe('by our own clock', () => {
  test('after the time, and until it is closed', async () => {
    const scene = new Scene(10 * MINUTE);
    scene.change('open');
    await scene.clock.advance(10 * MINUTE - 1);
    expect(scene.told).toEqual([]);
    await scene.clock.advance(1);
    expect(scene.told).toEqual([true]);
    expect(scene.watch.openFor).toBe(10 * MINUTE);
    scene.change('closed');
    expect([scene.told, scene.watch.openFor]).toEqual([[true, false], 0]);
    expect(scene.clock.pending).toBe(0);
  });

  test('counts from the edge, not from its arrival', async () => {
    const scene = new Scene(10 * MINUTE);
    scene.device.gate.contact = 'open';
    scene.device.say('edge', 'open', 4_000);
    await scene.clock.advance(10 * MINUTE - 4_000);
    expect(scene.told).toEqual([true]);
  });

  test('goes on over a restart of the plugin', async () => {
    const scene = new Scene(10 * MINUTE);
    scene.change('open');
    await scene.clock.advance(4 * MINUTE);
    scene.watch.stop();
    expect(scene.clock.pending).toBe(0);
    await scene.clock.advance(5 * MINUTE);
    scene.beginAgain();
    await scene.clock.advance(MINUTE);
    expect(scene.told).toEqual([true]);
  });

  test('is still so after a restart', () => {
    const scene = new Scene(MINUTE, { position: 'open' });
    scene.memory = { openSince: scene.clock.now() - 2 * MINUTE, leftOpen: true };
    scene.device.goOffline();
    scene.beginAgain();
    expect(scene.watch.leftOpen).toBe(true);
    scene.device.goOnline();
    expect([scene.watch.leftOpen, scene.told]).toEqual([true, []]);
  });

  test('begins anew if it was closed while the plugin was down', async () => {
    const scene = new Scene(10 * MINUTE, { position: 'open' });
    scene.memory = { openSince: scene.clock.now() - 9 * MINUTE, leftOpen: false };
    scene.device.goOffline();
    scene.beginAgain();
    scene.stateChange('closed', 3 * MINUTE);
    scene.stateChange('open', 2 * MINUTE);
    scene.device.goOnline();
    await scene.clock.advance(8 * MINUTE - 1);
    expect(scene.told).toEqual([]);
    await scene.clock.advance(1);
    expect(scene.told).toEqual([true]);
  });

  test('begins anew as well where those events come after the first report', async () => {
    const scene = new Scene(10 * MINUTE, { position: 'open' });
    scene.stateChange('closed', 3 * MINUTE);
    scene.stateChange('open', 2 * MINUTE);
    await scene.clock.advance(8 * MINUTE - 1);
    expect(scene.told).toEqual([]);
    await scene.clock.advance(1);
    expect(scene.told).toEqual([true]);
  });

  test('says nothing of a device that is away, and looks again when it is back', async () => {
    const scene = new Scene(MINUTE, { position: 'open' });
    scene.device.goOffline();
    await scene.clock.advance(2 * MINUTE);
    expect(scene.told).toEqual([]);
    scene.device.goOnline();
    expect(scene.told).toEqual([true]);
  });

  test('knows nothing of the LeftOpen event, and nothing without a sensor', async () => {
    const scene = new Scene(MINUTE, { position: 'open' });
    scene.leftOpenEvent(5);
    expect(scene.told).toEqual([]);
    scene.device.setSensor(false);
    scene.device.say('level', 'no sensor');
    await scene.clock.advance(2 * MINUTE);
    expect(scene.told).toEqual([]);
  });
});

describe('by the LeftOpen event', () => {
  test('when it comes, and until it is closed', async () => {
    const scene = new Scene('device');
    scene.change('open');
    await scene.clock.advance(60 * MINUTE);
    scene.leftOpenEvent(60);
    expect(scene.told).toEqual([true]);
    expect(scene.watch.openFor).toBe(60 * MINUTE);
    scene.change('closed');
    expect(scene.told).toEqual([true, false]);
  });

  test('also when it comes late, as long as it stands open', () => {
    const scene = new Scene('device', { position: 'open', online: false });
    scene.leftOpenEvent(5, 20 * MINUTE);
    expect(scene.told).toEqual([true]);
    expect(scene.watch.openFor).toBe(25 * MINUTE);
    scene.device.goOnline();
    expect(scene.told).toEqual([true]);
  });

  test.each(['before', 'after'])('not when it was closed since, as is heard %s it', (order) => {
    const scene = new Scene('device', { position: 'closed', online: order === 'before' });
    scene.leftOpenEvent(5, 20 * MINUTE);
    scene.stateChange('closed', 10 * MINUTE);
    scene.device.goOnline();
    expect(scene.watch.leftOpen).toBe(false);
    expect(scene.told.length).toBe(order === 'before' ? 0 : 2);
  });

  test('not at a time that nobody knows', () => {
    const scene = new Scene('device', { position: 'open' });
    scene.leftOpenEvent(5, 'unknown');
    expect(scene.told).toEqual([]);
  });
});
