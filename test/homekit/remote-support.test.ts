import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Characteristic, PlatformAccessory } from 'homebridge';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectChannel } from '../../src/channel/connect.ts';
import { decodeLink } from '../../src/reach/remote-calls.ts';
import { deviceJson } from '../config/helpers.ts';
import { settle } from '../helpers/fake-clock.ts';
import { eventually } from '../reach/call-clock.ts';
import { House, STUDY } from '../reach/house.ts';
import { HOMEBRIDGES } from './bridges.ts';
import { PlatformBench } from './platform-bench.ts';

type Connection = Parameters<Characteristic['handleSetRequest']>[1];
const IPHONE = {} as Connection;
const NAME = 'Study support';

/** What the tile shows: the switch, the sensor, and whether there is something to look at. */
type Tile = readonly [on: unknown, open: unknown, fault: unknown];
const OFF: Tile = [false, 0, 0];
const ON: Tile = [true, 1, 0];
const REVOKING: Tile = [false, 1, 1];

describe.each(HOMEBRIDGES)('remote support in $name', { timeout: 30_000 }, (version) => {
  let house: House;
  let bench: PlatformBench;

  beforeEach(async () => {
    house = await House.build();
    bench = new PlatformBench(version);
  });
  afterEach(async () => {
    house.backend.faults.clear();
    await house.backend.stop();
    await bench.dispose();
    await house.tearDown().catch(() => undefined);
  });

  /** Starts Homebridge; waits until the vault is open. */
  const launch = async (changes: object = {}, computer: object = {}): Promise<void> => {
    const raw = house.rawConfig();
    const [study] = raw['computers'] as object[];
    const remoteSupport = { ...raw, computers: [{ ...study, ...computer }], ...changes };
    await bench.launchWith({ platform: 'Gatehouse', devices: [], remoteSupport });
    await eventually(() =>
      read('On').then(
        () => true,
        () => false,
      ),
    ).toBe(true);
  };

  const accessory = (name = NAME): PlatformAccessory => bench.accessory(name);
  const characteristic = (name: 'On' | 'ContactSensorState' | 'StatusFault', of = NAME): Characteristic => {
    const { Characteristic, Service } = bench.run.api.hap;
    const service = name === 'On' ? Service.Switch : Service.ContactSensor;
    return accessory(of).getService(service)!.getCharacteristic(Characteristic[name]);
  };
  const read = async (...which: Parameters<typeof characteristic>): Promise<unknown> =>
    characteristic(...which).handleGetRequest();
  const tile = async (name = NAME): Promise<Tile> => [
    await read('On', name),
    await read('ContactSensorState', name),
    await read('StatusFault', name),
  ];
  /** @returns the status of HAP, 0 when it worked */
  const write = async (on: boolean, name = NAME): Promise<unknown> => {
    const status = await characteristic('On', name)
      .handleSetRequest(on, IPHONE)
      .then(
        () => 0,
        (failure: unknown) => failure,
      );
    await settle();
    return status;
  };
  const call = async (method: `reach.${string}`, params: object): Promise<unknown> => {
    const client = await vi.waitFor(() => connectChannel(bench.storage));
    try {
      return await client.call(method, params);
    } finally {
      await client.close();
    }
  };
  const journal = (): readonly Record<string, unknown>[] =>
    readFileSync(join(bench.storage, 'gatehouse', 'journal.jsonl'), 'utf8')
      .split('\n')
      .filter((line) => line.includes('"support-'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('adds an accessory for each computer, and shows that support is off', async () => {
    await launch();
    expect(bench.run.bridged).toHaveLength(1);
    expect(bench.information(NAME)).toMatchObject({
      Manufacturer: 'TeamViewer',
      Model: 'REACH windows',
      Name: NAME,
    });
    expect(await tile()).toEqual(OFF);
  });

  it('grants and revokes, and writes that are repeated are harmless', async () => {
    await launch();
    expect(await Promise.all([write(true), write(true)])).toEqual([0, 0]);
    expect(await write(true)).toBe(0);
    expect(await tile()).toEqual(ON);
    expect(house.target.keyIds).toHaveLength(1);
    expect(await Promise.all([write(false), write(false)])).toEqual([0, 0]);
    expect(await write(false)).toBe(0);
    expect(await tile()).toEqual(OFF);
    expect(house.target.keyIds).toEqual([]);
  });

  it('makes links over the channel while support is on, and writes down who did what', async () => {
    await launch();
    await write(true);
    const link = decodeLink(await call('reach.link', { name: 'Study' }))!;
    expect(await house.verify(link)).toMatchObject({ accepted: true });
    await call('reach.revoke', { name: 'Study' });
    await expect(call('reach.link', { name: 'Study' })).rejects.toMatchObject({
      code: 'NOT_REGISTERED',
    });
    expect(await tile()).toEqual(OFF);
    const device = { id: accessory().UUID, name: 'Study' };
    await bench.shutdown();
    const tools = { name: 'the command line or the settings page' };
    expect(journal()).toMatchObject([
      { kind: 'support-granted', device, by: { name: 'Apple Home' }, detail: { computer: 'Study' } },
      { kind: 'support-link', device, by: tools, detail: { controlType: 'attended' } },
      { kind: 'support-revoked', device, by: tools },
    ]);
    expect(bench.run.log.at('info')).toContain('Remote support of Study granted by Apple Home');
  });

  it('keeps its accessory and the truth over restarts', async () => {
    await launch();
    const { UUID } = accessory();
    await write(true);
    await bench.shutdown();
    await expect(read('On')).rejects.toBe(-70402);
    await launch();
    expect(accessory().UUID).toBe(UUID);
    expect(await tile()).toEqual(ON);
    await write(false);
    await bench.shutdown();
    await launch();
    expect(await tile()).toEqual(OFF);
  });

  it.each([
    [401, -70401],
    [403, -70401],
    [404, -70402],
    [429, -70403],
  ])(
    'fails a write that TeamViewer answers with %i with status %i, and is off again',
    async (status, hapStatus) => {
      await launch();
      const told: unknown[] = [];
      characteristic('On').on('change', ({ newValue }) => told.push(newValue));
      house.backend.faults.add({ kind: 'status', status, times: 1 });
      expect(await write(true)).toBe(hapStatus);
      expect(await tile()).toEqual(OFF);
      expect(told.at(-1)).toBe(false);
      expect(bench.run.log.at('warn')[0]).toMatch(
        /^\[Study\] support could not be turned on from Home: Team/,
      );
      expect(await tile()).toEqual(OFF);
    },
  );

  it('shows a fault where a key may have been left behind', async () => {
    await launch();
    house.backend.faults.add({ kind: 'status after', status: 500, times: 1 });
    expect(await write(true)).toBe(-70402);
    expect(await tile()).toEqual([false, 0, 1]);
    await call('reach.forget', { name: 'Study' });
    expect(await tile()).toEqual(OFF);
  });

  it('fails a write that has no answer after 8 s, and is off again', async () => {
    await launch();
    house.backend.faults.add({ kind: 'timeout', times: 1, call: 'createdevicekey' });
    const written = write(true);
    await house.happenings.waitFor('the call', ({ event }) => event === 'received');
    expect(await read('On')).toBe(true);
    await bench.maker.clock.advance(7_999);
    expect(await read('On')).toBe(true);
    await bench.maker.clock.advance(1);
    expect(await written).toBe(-70408);
    expect(await read('On')).toBe(false);
    house.backend.faults.clear();
  });

  it('turns support off at once where the computer is not reached, and says that it is open yet', async () => {
    await launch();
    await write(true);
    house.target.online = false;
    expect(await write(false)).toBe(0);
    expect(await tile()).toEqual(REVOKING);
    await expect(call('reach.link', { name: 'Study' })).rejects.toMatchObject({ code: 'REVOKING' });
    house.target.online = true;
    expect(await write(false)).toBe(0);
    expect(await tile()).toEqual(OFF);
  });

  it('warns before support ends by itself, ends it, and says why', async () => {
    await launch({ revokeAfterHours: 1 });
    await write(true);
    await bench.maker.clock.advance(49 * 60_000);
    expect(await tile()).toEqual(ON);
    await bench.maker.clock.advance(60_000);
    expect(await tile()).toEqual([true, 1, 1]);
    await bench.maker.clock.advance(10 * 60_000);
    await eventually(() => house.target.keyIds).toEqual([]);
    await eventually(() => tile()).toEqual(OFF);
    await bench.shutdown();
    expect(journal().at(-1)).toMatchObject({ kind: 'support-revoked', by: { name: 'its time limit' } });
  });

  it('keeps the accessory of a computer that left the config until its key is gone', async () => {
    await launch();
    await write(true);
    await bench.shutdown();
    await launch({ computers: [{ name: 'Attic', platform: 'macos' }] });
    expect(bench.run.bridged).toHaveLength(2);
    expect(await tile()).toEqual(ON);
    expect(await write(false)).toBe(0);
    await eventually(() => Object.keys(bench.uuids())).toEqual(['Attic support']);
  });

  it('removes the accessory of a computer that left the config, unless that may be a mistake', async () => {
    await launch();
    await bench.shutdown();
    const raw = house.rawConfig();
    const relaunch = (computers: readonly unknown[]): Promise<void> =>
      bench.launchWith({ platform: 'Gatehouse', devices: [], remoteSupport: { ...raw, computers } });
    await relaunch([{ name: 'Study', platform: 'mac' }]);
    await eventually(() => bench.run.log.at('info').join()).toContain('kept until the config');
    await expect(read('On')).rejects.toBe(-70402);
    await bench.shutdown();
    await relaunch([]);
    await eventually(() => bench.run.bridged).toEqual([]);
  });

  it('knows a computer by its RemotecontrolID when it has another name', async () => {
    await launch({}, { remotecontrolId: STUDY });
    const { UUID } = accessory();
    await bench.shutdown();
    const raw = house.rawConfig();
    const computers = [{ name: 'Office', platform: 'windows', remotecontrolId: STUDY }];
    await bench.launchWith({ platform: 'Gatehouse', devices: [], remoteSupport: { ...raw, computers } });
    await eventually(() => bench.uuids()).toEqual({ 'Office support': UUID });
  });

  it('is left as it is when remoteSupport is taken out while there is a key, and goes without one', async () => {
    await launch();
    await write(true);
    await bench.shutdown();
    await bench.launch();
    await eventually(() => bench.run.log.at('warn').join()).toMatch(/device keys yet \(Study\)/);
    await expect(read('On')).rejects.toBe(-70402);
    expect(await write(true)).toBe(-70402);
    await bench.shutdown();
    await launch();
    await write(false);
    await bench.shutdown();
    await bench.launch();
    await eventually(() => bench.run.bridged).toEqual([]);
  });

  it('waits for a vault that is in use, and leaves gates alone', async () => {
    const support = await house.open({ folder: bench.storage });
    const remoteSupport = house.rawConfig();
    await bench.launchWith({ platform: 'Gatehouse', devices: [deviceJson()], remoteSupport });
    expect(bench.run.bridged).toHaveLength(1);
    await bench.shutdown();
    await bench.launchWith({ platform: 'Gatehouse', devices: [deviceJson()], remoteSupport });
    await eventually(() => bench.maker.clock.pending).toBeGreaterThan(0);
    await support.close();
    await eventually(async () => {
      await bench.maker.clock.advance(1_000);
      return Object.keys(bench.uuids());
    }).toEqual(['Garage', NAME]);
    expect(bench.run.log.at('error')).toEqual([]);
  });

  it.each([{}, { tenantId: '', computers: [] }])('is not configured by %j', async (remoteSupport) => {
    await bench.launchWith({ platform: 'Gatehouse', devices: [], remoteSupport });
    expect([...bench.run.log.at('error'), ...bench.run.log.at('warn')]).toEqual([]);
    expect(bench.run.bridged).toEqual([]);
  });

  it('says what is wrong in the config', async () => {
    await bench.launchWith({ platform: 'Gatehouse', devices: [], remoteSupport: { tenantId: '1' } });
    expect(bench.run.log.at('error')).toEqual([
      expect.stringMatching(/tenantId must begin with the letter t/),
    ]);
  });

  it('keeps no secret but in the vault', async () => {
    await launch();
    const { RolloutKey } = house.typed;
    await write(true);
    const vault = readFileSync(join(bench.storage, 'gatehouse', 'reach-vault.json'), 'utf8');
    const token = /"decommissionToken": ?"([^"]+)"/.exec(vault)![1]!;
    const link = decodeLink(await call('reach.link', { name: 'Study' }))!;
    await bench.shutdown();
    const written = [bench.cache, ...bench.run.log.lines, JSON.stringify(journal())].join('\n');
    for (const secret of [
      token,
      RolloutKey,
      /secret=(\S+)/.exec(link)![1]!,
      'PRIVATE KEY',
      'teamviewerapi',
    ]) {
      expect(written).not.toContain(secret);
    }
  });
});
