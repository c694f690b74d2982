import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Logging, PlatformConfig } from 'homebridge';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OPEN } from '../../src/door/types.ts';
import { GatehousePlatform } from '../../src/homekit/platform.ts';
import { PLUGIN_VERSION } from '../../src/homekit/settings.ts';
import { AUTH_KEY, deviceJson, SECRET_KEY } from '../config/helpers.ts';
import { settle } from '../helpers/fake-clock.ts';
import { HOMEBRIDGES } from './bridges.ts';
import { V1, V2 } from './fakes.ts';
import { PlatformBench } from './platform-bench.ts';

const GARAGE = deviceJson();
const GATE = deviceJson({ name: 'Gate', host: '192.168.1.51' });

describe.each(HOMEBRIDGES)('the platform in $name', (version) => {
  let bench: PlatformBench;

  beforeEach(() => (bench = new PlatformBench(version)));
  afterEach(() => bench.dispose());

  describe('at its first start', () => {
    it('adds an accessory for each device, connects, and says so in one line each', async () => {
      await bench.launch(GARAGE, GATE);
      expect(bench.run.bridged).toHaveLength(2);
      expect(bench.maker.running).toEqual(['Garage', 'Gate']);
      expect(bench.run.log.lines).toEqual(['info [Garage] added', 'info [Gate] added']);
    });

    it('gives a device what the config says of it, and nothing remembered', async () => {
      await bench.launch(deviceJson({ port: 81, serialNumber: 'AB12' }));
      const { device, doorOptions } = bench.maker.gate('Garage');
      expect(device.options.config).toMatchObject({ host: '192.168.1.50', port: 81 });
      expect(device.options.expectedSerial()).toBe('AB12');
      expect(device.options.memory).toBeUndefined();
      expect(doorOptions?.memory).toBeUndefined();
    });

    it('has its UUIDs from nowhere: the same config in another house has others', async () => {
      await bench.launch(GARAGE);
      const here = bench.accessory('Garage').UUID;
      await bench.shutdown();
      rmSync(bench.storage, { recursive: true });
      await bench.launch(GARAGE);
      expect(bench.accessory('Garage').UUID).not.toBe(here);
    });

    it('fills in what Home shows of the accessory', async () => {
      await bench.launch(GARAGE);
      expect(bench.information('Garage')).toMatchObject({
        Name: 'Garage',
        Manufacturer: 'Remootio',
        Model: 'Remootio',
        'Serial Number': bench.accessory('Garage').UUID,
        'Firmware Revision': PLUGIN_VERSION,
      });
    });

    it('cleans a name that Home would refuse, and says how', async () => {
      await bench.launch(deviceJson({ name: 'Gate #2' }));
      expect(bench.information('Gate 2')['Name']).toBe('Gate 2');
      expect(bench.run.log.at('info')[0]).toBe(
        '[Gate #2] is shown as "Gate 2", since Apple Home does not take its name',
      );
    });

    it('leaves a bad device out, names it, and runs the rest', async () => {
      await bench.launch(deviceJson({ apiAuthKey: 'abc' }), GATE);
      expect(bench.maker.running).toEqual(['Gate']);
      expect(bench.run.log.at('error')).toHaveLength(1);
      expect(bench.run.log.at('error')[0]).toMatch(/^Garage: apiAuthKey has 3 hex digits instead of 64; /);
    });

    it('runs the rest when one cannot be started', async () => {
      await bench.launchWith({ platform: 'Gatehouse', devices: [GARAGE, GATE] }, 'Garage');
      expect(bench.maker.running).toEqual(['Gate']);
      expect(bench.run.log.at('error')).toEqual(['[Garage] could not be started: broken for a test']);
    });

    it.each([undefined, null, 'x', [], {}, { devices: 7 }, { devices: [null] }])(
      'survives the config %j',
      async (config) => {
        await bench.launchWith(config);
        expect(bench.run.bridged).toEqual([]);
      },
    );
  });

  describe('when a device is reached', () => {
    it('binds its serial number: in the context, on disk, and for the next hello', async () => {
      await bench.launch(GARAGE);
      const { device } = bench.maker.gate('Garage');
      expect(device.options.expectedSerial()).toBeUndefined();
      device.online(V2('AB12'));
      await bench.shutdown();
      expect(device.options.expectedSerial()).toBe('AB12');
      const context = {
        name: 'Garage',
        address: '192.168.1.50:8080',
        serialNumber: 'AB12',
        remootioVersion: 'remootio-2',
      };
      expect(bench.accessory('Garage').context).toEqual(context);
      expect(bench.stateOf('Garage')).toEqual({ version: 1, value: context });
      expect(bench.cache).toContain('AB12');
      expect(bench.information('Garage')).toMatchObject({ 'Serial Number': 'AB12', Model: 'Remootio 2' });
    });

    it('keeps no key anywhere but in the config', async () => {
      await bench.launch(GARAGE);
      bench.maker.gate('Garage').device.online(V2('AB12'));
      await bench.shutdown();
      const files = [
        join(bench.storage, 'accessories', 'cachedAccessories'),
        ...bench.stateFiles().map((name) => join(bench.storage, 'gatehouse', name)),
      ];
      const written = files.map((path) => readFileSync(path, 'utf8')).join();
      for (const text of [written, bench.run.log.lines.join()]) {
        expect(text.toLowerCase()).not.toContain(SECRET_KEY);
        expect(text.toLowerCase()).not.toContain(AUTH_KEY);
      }
    });

    it('does not believe a hello alone', async () => {
      await bench.launch(GARAGE);
      bench.maker.gate('Garage').device.hello(V2('AB12'));
      expect(bench.accessory('Garage').context).not.toHaveProperty('serialNumber');
    });

    it('binds nothing to a device of API version 1, and binds it when it is upgraded', async () => {
      await bench.launch(GARAGE);
      bench.maker.gate('Garage').device.online(V1);
      const { UUID } = bench.accessory('Garage');
      expect(bench.accessory('Garage').context).not.toHaveProperty('serialNumber');
      await bench.shutdown();
      await bench.launch(GARAGE);
      bench.maker.gate('Garage').device.online(V2('AB12'));
      expect(bench.accessory('Garage').UUID).toBe(UUID);
      expect(bench.accessory('Garage').context['serialNumber']).toBe('AB12');
    });

    it('that is in the config twice, under two addresses, lets go of the second connection', async () => {
      await bench.launch(GARAGE, GATE);
      bench.maker.gate('Garage').device.online(V2('AB12'));
      bench.maker.gate('Gate').device.online(V2('ab12'));
      await settle();
      expect(bench.maker.running).toEqual(['Garage']);
      expect(await bench.readCurrent('Gate')).toBe(-70402);
      expect(bench.run.log.at('error')).toEqual([
        '[Gate] is the same device as Garage (serial number ab12) and is left alone; remove one of the two from the config, or correct its host',
      ]);
    });
  });

  it('ends every connection at the shutdown, and has everything on disk', async () => {
    await bench.launch(GARAGE, GATE);
    const { door } = bench.maker.gate('Gate');
    door!.remember.emit({ target: OPEN, current: OPEN, obstruction: false });
    await bench.shutdown();
    expect(bench.maker.running).toEqual([]);
    expect(door!.stopped).toBe(true);
    expect(bench.stateOf('Gate')).toMatchObject({ value: { door: { target: OPEN } } });
  });

  describe('on a bridge that is full', () => {
    const many = (count: number): unknown[] =>
      Array.from({ length: count }, (_, index) =>
        deviceJson({ name: `Gate ${index}`, host: `gate-${index}` }),
      );

    it('adds 149, and names child bridges for the rest', { timeout: 30_000 }, async () => {
      await bench.launch(...many(151));
      expect(bench.run.bridged).toHaveLength(149);
      expect(bench.maker.running).toHaveLength(149);
      expect(bench.run.log.at('error')).toEqual(
        ['Gate 149', 'Gate 150'].map(
          (name) =>
            `[${name}] cannot be added: a bridge carries 149 accessories at most; let this plugin, or another one with many accessories, run on a child bridge of its own`,
        ),
      );
    });

    it('says the same when the accessories of others fill it', async () => {
      await bench.launchWith({ devices: [] });
      const others = Array.from(
        { length: 148 },
        (_, index) =>
          new bench.run.api.platformAccessory(`Other ${index}`, bench.run.api.hap.uuid.generate(`${index}`)),
      );
      bench.run.api.registerPlatformAccessories('homebridge-other', 'Other', others);
      const log = bench.run.log as unknown as Logging;
      const config = { platform: 'Gatehouse', devices: many(2) } as PlatformConfig;
      new GatehousePlatform(log, config, bench.run.api, bench.maker);
      bench.run.api.signalFinished();
      expect(bench.run.bridged).toHaveLength(149);
      expect(bench.maker.running).toEqual(['Gate 0']);
      expect(bench.run.log.at('error')).toEqual([
        '[Gate 1] cannot be added (Cannot Bridge more than 149 Accessories): a bridge carries 149 accessories at most; let this plugin, or another one with many accessories, run on a child bridge of its own',
      ]);
      expect(bench.run.accessories.map((each) => each.displayName)).not.toContain('Gate 1');
    });
  });
});
