import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLOSED, OPEN } from '../../src/door/types.ts';
import { PLUGIN_VERSION } from '../../src/homekit/settings.ts';
import { deviceJson } from '../config/helpers.ts';
import { settle } from '../helpers/fake-clock.ts';
import { HOMEBRIDGES } from './bridges.ts';
import { MEMORY, V1, V2 } from './fakes.ts';
import { PlatformBench } from './platform-bench.ts';

const GARAGE = deviceJson();
const GATE = deviceJson({ name: 'Gate', host: '192.168.1.51' });

describe.each(HOMEBRIDGES)('the platform in $name, after a restart', (version) => {
  let bench: PlatformBench;

  beforeEach(() => (bench = new PlatformBench(version)));
  afterEach(() => bench.dispose());

  let before: Record<string, string>;

  beforeEach(async () => {
    await bench.launch(GARAGE, GATE);
    bench.maker.gate('Garage').device.online(V2('AB12'));
    bench.maker.gate('Gate').device.online(V2('CD34'));
    before = bench.uuids();
  });

  it('has the same accessories, with everything that is set anew at each start', async () => {
    await bench.shutdown();
    await bench.launch(GARAGE, GATE);
    expect(bench.uuids()).toEqual(before);
    expect(bench.run.bridged).toHaveLength(2);
    expect(bench.information('Garage')).toMatchObject({
      'Firmware Revision': PLUGIN_VERSION,
      'Serial Number': 'AB12',
      Model: 'Remootio 2',
    });
    expect(bench.run.log.lines).toEqual(['info [Garage] restored', 'info [Gate] restored']);
    expect(bench.maker.gate('Garage').device.options.expectedSerial()).toBe('AB12');
  });

  it('knows what the door and the device remembered', async () => {
    const { device, door } = bench.maker.gate('Garage');
    const memory = { target: OPEN, current: OPEN, obstruction: false, learnedCloseTime: 14_500 } as const;
    door!.remember.emit(memory);
    device.options.remember(MEMORY);
    await bench.shutdown();
    await bench.launch(GARAGE, GATE);
    expect(bench.maker.gate('Garage').doorOptions?.memory).toEqual(memory);
    expect(bench.maker.gate('Garage').device.options.memory).toEqual(MEMORY);
    expect(bench.maker.gate('Gate').doorOptions?.memory).toBeUndefined();
  });

  it('keeps its accessories when the cache of Homebridge was cleared', async () => {
    await bench.shutdown();
    rmSync(join(bench.storage, 'accessories'), { recursive: true });
    await bench.launch(GARAGE, GATE);
    expect(bench.uuids()).toEqual(before);
    expect(bench.run.bridged).toHaveLength(2);
  });

  it('keeps them when its own files are gone', async () => {
    await bench.shutdown();
    rmSync(join(bench.storage, 'gatehouse'), { recursive: true });
    await bench.launch(GARAGE, GATE);
    expect(bench.uuids()).toEqual(before);
    expect(bench.maker.gate('Garage').device.options.expectedSerial()).toBe('AB12');
  });

  it('keeps the accessory of a device that cannot be started, and does not pretend', async () => {
    await bench.shutdown();
    await bench.launchWith({ platform: 'Gatehouse', devices: [GARAGE, GATE] }, 'Garage');
    expect(bench.uuids()).toEqual(before);
    expect(await bench.readCurrent('Garage')).toBe(-70402);
  });

  it('keeps an accessory under a new name, and shows the name', async () => {
    await bench.shutdown();
    await bench.launch(deviceJson({ name: 'Front' }), GATE);
    expect(bench.uuids()).toEqual({ Front: before['Garage'], Gate: before['Gate'] });
    expect(bench.information('Front')['Name']).toBe('Front');
  });

  it('keeps an accessory at a new address, with new keys', async () => {
    await bench.shutdown();
    const moved = deviceJson({
      host: 'new.local',
      apiSecretKey: '1'.repeat(64),
      apiAuthKey: '2'.repeat(64),
    });
    await bench.launch(moved, GATE);
    expect(bench.uuids()).toEqual(before);
    expect(bench.accessory('Garage').context['address']).toBe('new.local:8080');
  });

  it('gives the accessory to the device that replaced its own, when the config says so', async () => {
    await bench.shutdown();
    await bench.launch(deviceJson({ serialNumber: 'NEW1' }), GATE);
    expect(bench.maker.gate('Garage').device.options.expectedSerial()).toBe('NEW1');
    bench.maker.gate('Garage').device.online(V2('NEW1'));
    expect(bench.uuids()).toEqual(before);
    expect(bench.accessory('Garage').context['serialNumber']).toBe('NEW1');
  });

  it('removes what is not configured any more, and forgets it', async () => {
    await bench.shutdown();
    await bench.launch(GARAGE);
    await bench.shutdown();
    expect(bench.uuids()).toEqual({ Garage: before['Garage'] });
    expect(bench.run.bridged).toEqual([before['Garage']]);
    expect(bench.stateFiles()).toEqual([`${before['Garage']}.json`]);
    expect(bench.run.log.lines).toEqual(['info [Gate] removed', 'info [Garage] restored']);
  });

  it.each<[string, unknown]>([
    ['a device has a bad key', { devices: [deviceJson({ apiAuthKey: 'abc' }), GATE] }],
    ['the list is misspelt', { device: [GARAGE, GATE] }],
    ['the config is none', null],
  ])('removes nothing while %s', async (_, config) => {
    await bench.shutdown();
    await bench.launchWith(config);
    expect(bench.uuids()).toEqual(before);
    expect(bench.run.bridged).toHaveLength(2);
    expect(bench.maker.running).not.toContain('Garage');
    // Without a device behind it, it does not pretend.
    expect(await bench.readCurrent('Garage')).toBe(-70402);
    expect(bench.information('Garage')['Firmware Revision']).toBe(PLUGIN_VERSION);
    expect(bench.run.log.at('info').join()).toContain('Kept until the config is in order');
  });

  describe('with a device under a new name and a new address', () => {
    const MOVED = deviceJson({ name: 'Front', host: 'new.local' });

    beforeEach(async () => {
      await bench.shutdown();
      await bench.launch(MOVED, GATE);
    });

    it('neither adds nor removes anything before it was reached', async () => {
      expect(bench.uuids()).toEqual(before);
      expect(await bench.readCurrent('Garage')).toBe(-70402);
      expect(bench.maker.running).toEqual(['Front', 'Gate']);
      expect(bench.maker.gate('Front').device.options.expectedSerial()).toBeUndefined();
      bench.maker.gate('Front').device.hello(V2('AB12'));
      await settle();
      expect(bench.uuids()).toEqual(before);
    });

    it('gives it the accessory that it had, by its serial number', async () => {
      const asked = bench.maker.gate('Front').device;
      asked.online(V2('AB12'));
      await settle();
      expect(asked.running).toBe(false);
      expect(bench.maker.running).toEqual(['Front', 'Gate']);
      expect(bench.uuids()).toEqual({ Front: before['Garage'], Gate: before['Gate'] });
      expect(bench.maker.gate('Front').device.options.expectedSerial()).toBe('AB12');
      bench.maker.gate('Front').door!.rest(OPEN);
      expect(await bench.readCurrent('Front')).toBe(OPEN);
    });

    it('gives it one of its own if it is another device, and removes the other then', async () => {
      bench.maker.gate('Front').device.online(V2('EF56'));
      await settle();
      await bench.shutdown();
      expect(Object.keys(bench.uuids()).sort()).toEqual(['Front', 'Gate']);
      expect(Object.values(bench.uuids())).not.toContain(before['Garage']);
      expect(bench.stateFiles()).not.toContain(`${before['Garage']}.json`);
      expect(bench.maker.gate('Front').door!.view.current).toBe(CLOSED);
    });

    it('gives it one of its own if it has no serial number', async () => {
      bench.maker.gate('Front').device.online(V1);
      await settle();
      expect(Object.keys(bench.uuids()).sort()).toEqual(['Front', 'Gate']);
    });

    it('leaves everything as it is if it is a device that another entry has', async () => {
      bench.maker.gate('Front').device.online(V2('CD34'));
      await settle();
      expect(bench.uuids()).toEqual(before);
      expect(bench.maker.running).toEqual(['Gate']);
      expect(bench.run.log.at('error')[0]).toContain('[Front] is the same device as Gate');
    });

    it('stops asking at the shutdown', async () => {
      await bench.shutdown();
      expect(bench.maker.running).toEqual([]);
      bench.maker.gate('Front').device.online(V2('EF56'));
      await settle();
      expect(bench.uuids()).toEqual(before);
    });
  });
});
