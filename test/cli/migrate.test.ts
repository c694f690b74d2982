import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lineDiff } from '../../src/cli/line-diff.ts';
import { gatehouse, gatehouseProgram, Home, type Json } from './gatehouse.ts';

const SECRET = 'ab'.repeat(32);
const AUTH = 'cd'.repeat(32);
const keys = { apiSecretKey: SECRET, apiAuthKey: AUTH };
const OTHERS = { bridge: { pin: '031-45-154' }, accessories: [{ accessory: 'x' }] };

let home: Home;

beforeEach(() => {
  home = new Home();
  home.write({
    ...OTHERS,
    plugins: ['homebridge-remootio', 'homebridge-other'],
    platforms: [
      { platform: 'config', port: 8581 },
      {
        platform: 'Remootio',
        devices: [
          { name: 'Garage', ipAddress: '192.168.1.5', ...keys, enableSecondaryRelayOutput: true },
          { name: 'Barn', ipAddress: '192.168.1.6', apiSecretKey: SECRET, apiAuthKey: 'short' },
          { name: 'Old name', ipAddress: '192.168.1.7', ...keys },
        ],
      },
      { platform: 'Gatehouse', name: 'Gates', devices: [{ name: 'Yard', host: '192.168.1.7', ...keys }] },
    ],
  });
});
afterEach(() => home.demolish());

const path = (): string => join(home.storage, 'config.json');
const config = (): Json => JSON.parse(readFileSync(path(), 'utf8')) as Json;

describe('gatehouse migrate', { timeout: 30_000 }, () => {
  it('shows what becomes of what, and writes nothing, as a program', async () => {
    const before = readFileSync(path(), 'utf8');
    const { code, out, error } = await gatehouseProgram(['migrate', ...home.here]);
    expect([code, error]).toEqual([0, '']);
    expect(out).toContain('Garage\n  name → name: stays as it is\n  ipAddress → host: is taken over\n');
    expect(out).toContain('  enableSecondaryRelayOutput → secondary: is "switch"\n');
    expect(out).toContain('-       "platform": "Remootio",\n');
    expect(out).toContain('+           "host": "192.168.1.5",\n');
    expect(out).toContain('To do: Barn: apiAuthKey holds characters other than');
    expect(out).toContain(
      'Old name\n  ipAddress: is a device of this plugin already; it stays as it is there\n',
    );
    expect(out).toMatch(/Nothing was written: say --write to do it\.\n$/);
    expect(out).not.toMatch(/(ab){4}|(cd){4}|short|031-45|8581/);
    expect(readFileSync(path(), 'utf8')).toBe(before);
    expect(readdirSync(home.storage)).toEqual(['config.json']);
  });

  it('writes the new config with --write, and keeps the old one', async () => {
    const before = readFileSync(path(), 'utf8');
    const { code, json } = await gatehouse('migrate', '--write', '--json', ...home.here);
    expect(code).toBe(0);
    expect(json).toMatchObject([{ ok: true, devices: ['Garage', 'Barn'], written: true }]);
    expect(config()).toEqual({
      ...OTHERS,
      plugins: ['homebridge-other', 'homebridge-gatehouse'],
      platforms: [
        { platform: 'config', port: 8581 },
        {
          platform: 'Gatehouse',
          name: 'Gates',
          devices: [
            { name: 'Yard', host: '192.168.1.7', ...keys },
            { name: 'Garage', host: '192.168.1.5', ...keys, secondary: 'switch' },
            { name: 'Barn', host: '192.168.1.6', apiSecretKey: SECRET, apiAuthKey: 'short' },
          ],
        },
      ],
    });
    expect(readFileSync(path(), 'utf8')).toMatch(/^\{\n {4}"bridge"/);
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    const backup = json[0]!['backup'] as string;
    expect(backup).toContain('config.json.before-gatehouse.');
    expect(readFileSync(backup, 'utf8')).toBe(before);
    expect(JSON.stringify(json)).not.toMatch(/(ab){4}|(cd){4}/);
  });

  it('has one shape of JSON', async () => {
    const { json } = await gatehouse('migrate', '--json', ...home.here);
    expect(json).toEqual([
      {
        ok: true,
        devices: ['Garage', 'Barn'],
        report: expect.arrayContaining([
          { device: 'Garage', key: 'ipAddress', becomes: 'host', message: 'is taken over' },
          {
            device: 'Old name',
            key: 'ipAddress',
            message: 'is a device of this plugin already; it stays as it is there',
          },
        ]) as unknown,
        problems: [expect.stringMatching(/^Barn: apiAuthKey /) as string],
        diff: expect.arrayContaining(['+           "host": "192.168.1.5",']) as unknown,
        written: false,
      },
    ]);
  });

  it('says when there is nothing to take over', async () => {
    home.write({ platforms: [] });
    const { code, error } = await gatehouse('migrate', ...home.here);
    expect([code, error]).toEqual([1, `gatehouse: ${path()} has no platform "Remootio" to take over.\n`]);
    const { json } = await gatehouse('migrate', '--json', ...home.here);
    expect(json).toMatchObject([{ ok: false, error: { code: 'NOTHING_FOUND' } }]);
  });
});

describe('the difference between two texts', () => {
  const show = (before: string, after: string): string[] =>
    lineDiff(before, after).map(({ sign, text }) => `${sign}${text}`);

  it.each([
    ['a\nb\nc', 'a\nb\nc', [' …']],
    ['a\nb\nc', 'a\nx\nc', [' a', '-b', '+x', ' c']],
    ['a', '', ['-a', '+']],
    ['1\n2\n3\n4\n5\n6', '1\n2\n3\n4\n5\n6\n7', [' …', ' 4', ' 5', ' 6', '+7']],
    [
      'a\n1\n2\n3\n4\n5\n6\n7\nb',
      'x\n1\n2\n3\n4\n5\n6\n7\ny',
      ['-a', '+x', ' 1', ' 2', ' 3', ' …', ' 5', ' 6', ' 7', '-b', '+y'],
    ],
  ])('%j → %j', (before, after, lines) => expect(show(before, after)).toEqual(lines));
});
