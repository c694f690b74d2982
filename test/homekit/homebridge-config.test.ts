import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bridgeOf, readHomebridgeConfig, sayPeers } from '../../src/homekit/homebridge-config.ts';
import { deviceJson } from '../config/helpers.ts';
import { RecordingLog } from '../helpers/recording-log.ts';
import { makeTempFolder, removeTempFolder } from '../helpers/temp-folder.ts';
import { HOMEBRIDGES } from './bridges.ts';
import { PlatformBench } from './platform-bench.ts';

const OURS = { platform: 'Gatehouse', devices: [{ name: 'Garage' }] };
const OTHERS = { platform: 'Gatehouse', devices: [{ name: 'Yard' }] };
const BRIDGE = { username: '0e:aa:00:00:00:01' };

describe('the bridge that runs the plugin', () => {
  it.each<[string, readonly unknown[] | undefined, string | undefined]>([
    ['the main one', [OURS], undefined],
    ['a child by its name', [{ ...OURS, _bridge: { ...BRIDGE, name: ' Gates ' } }], 'Gates'],
    ['a child without a name by its username', [{ ...OURS, _bridge: BRIDGE }], '0E:AA:00:00:00:01'],
    ['found although the block differs', [{ ...OTHERS, _bridge: { ...BRIDGE, name: 'A' } }], 'A'],
    [
      'one of two',
      [
        { ...OTHERS, _bridge: BRIDGE },
        { ...OURS, _bridge: { ...BRIDGE, name: 'B' } },
      ],
      'B',
    ],
    ['the main one of two', [{ ...OTHERS, _bridge: BRIDGE }, OURS], undefined],
    ['none that is known', [OTHERS, OTHERS], undefined],
    ['nonsense', [null, 7, { ...OURS, _bridge: 'yes' }], undefined],
    ['no list', undefined, undefined],
  ])('%s', (_, platforms, expected) => {
    expect(bridgeOf({ platforms }, OURS)).toBe(expected);
  });
});

describe('the config of Homebridge', () => {
  let folder: string;
  beforeEach(() => (folder = makeTempFolder('config')));
  afterEach(() => removeTempFolder(folder));
  const path = (): string => join(folder, 'config.json');

  it.each(['', '[]', '{', '"x"'])('is empty where it holds %j', (content) => {
    writeFileSync(path(), content);
    expect(readHomebridgeConfig(path())).toEqual({});
  });

  it('is empty where there is none, and read where it is, with a mark of its encoding as well', () => {
    expect(readHomebridgeConfig(path())).toEqual({});
    writeFileSync(path(), '\uFEFF{"platforms":[]}');
    expect(readHomebridgeConfig(path())).toEqual({ platforms: [] });
  });
});

describe('homebridge-remootio', () => {
  const devices = [
    { name: 'Garage', host: 'remootio_1.local' },
    { name: 'Yard', host: '192.168.1.51' },
  ];
  const said = (config: Record<string, unknown>): readonly string[] => {
    const log = new RecordingLog();
    sayPeers(log, config, devices);
    return log.lines;
  };
  const peer = (...addresses: unknown[]) => ({
    platform: 'Remootio',
    devices: addresses.map((ipAddress) => ({ name: 'x', ipAddress })),
  });

  it.each([['192.168.1.51'], [' http://192.168.1.51/ '], ['192.168.1.51:8080']])(
    'is warned of where it has the same device as %j',
    (address) => {
      expect(said({ platforms: [peer('192.168.1.1', address)] })).toEqual([
        expect.stringMatching(/^warn \[Yard\] homebridge-remootio is configured .* one connection/),
      ]);
    },
  );

  it('is warned of once for each device', () => {
    const config = { platforms: [peer('Remootio_1.local.', '192.168.1.51'), peer('192.168.1.51')] };
    expect(said(config)).toHaveLength(2);
  });

  it.each<[string, Record<string, unknown>]>([
    ['where it has other devices', { platforms: [peer('192.168.1.52')] }],
    [
      'where it is turned off',
      { platforms: [peer('192.168.1.51')], disabledPlugins: ['homebridge-remootio'] },
    ],
    [
      'where there is nonsense',
      { platforms: [{ platform: 'Remootio', devices: [null, { ipAddress: 5 }] }, 3] },
    ],
    ['where it is not', {}],
  ])('is not warned of %s', (_, config) => expect(said(config)).toEqual([]));

  it('is warned of when the plugin starts', async () => {
    const bench = new PlatformBench(HOMEBRIDGES[0]!);
    try {
      const config = { platforms: [peer('192.168.1.50')] };
      writeFileSync(join(bench.storage, 'config.json'), JSON.stringify(config));
      await bench.launch(deviceJson());
      expect(bench.run.log.at('warn')).toEqual([expect.stringMatching(/^\[Garage\] homebridge-remootio /)]);
      expect(bench.maker.running).toEqual(['Garage']);
    } finally {
      await bench.dispose();
    }
  });
});
