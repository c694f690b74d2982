import type { API, PlatformAccessory } from 'homebridge';
import { describe, expect, it } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { Bridge } from '../../src/homekit/bridge.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { RecordingLog } from '../helpers/recording-log.ts';

type Call = readonly ['register' | 'unregister' | 'update', ...names: string[]];

/** What the bridge asks of Homebridge, in order; what is called "refused" is not taken. */
function makeBridge(): { bridge: Bridge; calls: Call[]; clock: FakeClock } {
  const calls: Call[] = [];
  const clock = new FakeClock();
  const note = (call: Call[0], accessories: readonly PlatformAccessory[]): void => {
    calls.push([call, ...accessories.map(({ displayName }) => displayName)]);
  };
  const api = {
    registerPlatformAccessories: (_: string, __: string, accessories: PlatformAccessory[]) => {
      note('register', accessories);
      if (accessories.some(({ displayName }) => displayName === 'refused')) throw new Error('full');
    },
    unregisterPlatformAccessories: (_: string, __: string, accessories: PlatformAccessory[]) =>
      note('unregister', accessories),
    updatePlatformAccessories: (accessories: PlatformAccessory[]) => note('update', accessories),
  };
  return { bridge: new Bridge(api as unknown as API, [], clock), calls, clock };
}

const accessory = (name: string): PlatformAccessory =>
  ({ UUID: `of ${name}`, displayName: name }) as unknown as PlatformAccessory;

const newcomers = (...names: string[]): { accessory: PlatformAccessory; log: RecordingLog }[] =>
  names.map((name) => ({ accessory: accessory(name), log: new RecordingLog() }));

describe('new accessories', () => {
  it('are registered all at once', () => {
    const { bridge, calls } = makeBridge();
    const all = newcomers('A', 'B', 'C');
    expect(bridge.publishAll(all)).toEqual(all.map((each) => each.accessory));
    expect(calls).toEqual([['register', 'A', 'B', 'C']]);
    expect(bridge.accessories).toHaveLength(3);
  });

  it('are not registered when there are none', () => {
    const { bridge, calls } = makeBridge();
    expect(bridge.publishAll([])).toEqual([]);
    expect(calls).toEqual([]);
  });

  it('are registered one by one when one is refused, which is said of that one alone', () => {
    const { bridge, calls } = makeBridge();
    const all = newcomers('A', 'refused', 'B');
    const names = bridge.publishAll(all).map(({ displayName }) => displayName);
    expect(names).toEqual(['A', 'B']);
    expect(calls.slice(4)).toEqual([
      ['register', 'A'],
      ['register', 'refused'],
      ['unregister', 'refused'],
      ['register', 'B'],
    ]);
    expect(all.map(({ log }) => log.at('error').length)).toEqual([0, 1, 0]);
  });

  it('of which there are too many come on as far as there is room', () => {
    const { bridge } = makeBridge();
    const all = newcomers(...Array.from({ length: 200 }, (_, index) => `Gate ${index}`));
    const published = bridge.publishAll(all);
    expect(published.length).toBeGreaterThan(100);
    expect(published.length).toBeLessThan(150);
    expect(all.filter(({ log }) => log.at('error').length === 1)).toHaveLength(200 - published.length);
  });
});

describe('what is to be saved', () => {
  it('soon is saved together, and at once at the end', async () => {
    const { bridge, calls, clock } = makeBridge();
    const [a, b] = [accessory('A'), accessory('B')];
    for (const each of [a, b]) bridge.publish(each, silentLog);
    calls.length = 0;
    for (const each of [a, b, a]) bridge.saveSoon(each);
    expect(calls).toEqual([]);
    await clock.advance(1000);
    expect(calls).toEqual([['update', 'A', 'B']]);
    bridge.saveSoon(b);
    bridge.flush();
    expect(calls[1]).toEqual(['update', 'B']);
    expect(clock.pending).toBe(0);
  });

  it('at once takes along what was to be saved soon; what is not on the bridge is not saved', () => {
    const { bridge, calls } = makeBridge();
    const [a, b] = [accessory('A'), accessory('B')];
    for (const each of [a, b]) bridge.publish(each, silentLog);
    calls.length = 0;
    bridge.saveSoon(a);
    bridge.save(b);
    bridge.save(accessory('C'));
    bridge.remove('of A', silentLog);
    bridge.flush();
    expect(calls).toEqual([
      ['update', 'A', 'B'],
      ['unregister', 'A'],
    ]);
  });
});
