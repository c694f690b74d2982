import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseKeysFile } from '../../src/cli/keys.ts';
import { SimulatedDevice } from '../../src/simulator/index.ts';
import { gatehouse, gatehouseProgram, Home } from './gatehouse.ts';

const SECRET = 'ab'.repeat(32);
const AUTH = 'cd'.repeat(32);

describe('a file of keys', () => {
  it.each([
    ['two lines', `${SECRET}\n${AUTH}\n`],
    ['lines with names', `API Auth Key: ${AUTH}\r\nAPI Secret Key: ${SECRET}\r\n`],
    ['variables', `# keys\nGATEHOUSE_SECRET_KEY="${SECRET}"\nGATEHOUSE_AUTH_KEY='${AUTH}'\n`],
    ['JSON', JSON.stringify({ apiSecretKey: SECRET, apiAuthKey: AUTH })],
    ['JSON on lines', JSON.stringify({ authKey: AUTH, secretKey: SECRET, name: 'x' }, undefined, 2)],
  ])('%s', (_what, text) => {
    const { secretKey, authKey } = parseKeysFile(text);
    expect([secretKey, authKey].map((key) => String(key).trim())).toEqual([SECRET, AUTH]);
  });

  it.each([[''], ['{}'], ['{"apiSecretKey":1}'], ['secret'], ['[]']])('%j has none', (text) => {
    expect(String(parseKeysFile(text).authKey)).not.toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('the keys of a device that is named by its address', { timeout: 30_000 }, () => {
  let home: Home;
  let device: SimulatedDevice;
  let address: readonly string[];

  beforeEach(async () => {
    home = new Home();
    home.write({});
    device = new SimulatedDevice();
    await device.start();
    address = ['--host', '127.0.0.1', '--port', String(device.port), ...home.here];
  });
  afterEach(async () => {
    await device.stop();
    await home.demolish();
  });

  it('come from the environment, and are never shown', async () => {
    const env = { GATEHOUSE_SECRET_KEY: device.secretKey, GATEHOUSE_AUTH_KEY: device.authKey };
    const well = await gatehouseProgram(['query', ...address], env);
    expect(well).toMatchObject({ code: 0, out: '127.0.0.1: closed\n', error: '' });
    const swapped = {
      GATEHOUSE_SECRET_KEY: env.GATEHOUSE_AUTH_KEY,
      GATEHOUSE_AUTH_KEY: env.GATEHOUSE_SECRET_KEY,
    };
    const ill = await gatehouseProgram(['query', '--json', ...address], swapped);
    expect(ill.code).toBe(3);
    expect(ill.json).toMatchObject([
      { error: { code: 'OFFLINE', message: expect.stringContaining('API Auth Key') as string } },
    ]);
    for (const key of [device.secretKey, device.authKey]) expect(ill.out + ill.error).not.toContain(key);
  });

  it('come from a file, which should be nobody else’s', async () => {
    const file = home.writeFile('keys', `${device.secretKey}\n${device.authKey}\n`);
    const well = await gatehouse('query', '--keys-file', file, ...address);
    expect(well).toMatchObject({ code: 0, out: '127.0.0.1: closed\n', error: '' });
    chmodSync(file, 0o644);
    const open = await gatehouse('query', '--keys-file', file, ...address);
    expect(open.code).toBe(0);
    expect(open.error).toBe(
      `${file} can be read by other users of this machine: chmod 600 keeps the keys to yourself.\n`,
    );
  });

  it.each([
    ['no file', undefined, 1, '--keys-file cannot be read (ENOENT'],
    [
      'half a key',
      `${SECRET}\n${AUTH.slice(2)}`,
      1,
      'keys: the API Auth Key has 62 hex digits instead of 64.',
    ],
    ['no key', 'nothing', 1, 'keys: the API Secret Key holds characters other than the hex digits'],
  ])('%s: one clear line', async (_what, content, code, message) => {
    const file = join(home.storage, 'keys');
    if (content !== undefined) writeFileSync(file, content, { mode: 0o600 });
    const ended = await gatehouse('query', '--keys-file', file, ...address);
    expect([ended.code, ended.out]).toEqual([code, '']);
    expect(ended.error).toContain(message);
    expect(ended.error).not.toMatch(/(ab|cd){8}/);
    rmSync(file, { force: true });
  });

  it('are never taken as arguments, nor repeated', async () => {
    for (const args of [
      ['--secret-key', SECRET],
      [`--api-secret-key=${SECRET}`],
      ['--keys', SECRET],
      [SECRET],
      ['Garage', SECRET],
    ]) {
      const { code, out, error } = await gatehouse('query', ...args, ...address);
      expect([code, out]).toEqual([2, '']);
      expect(error).not.toContain(SECRET);
      const json = await gatehouse('query', ...args, '--json', ...home.here);
      expect(json.code).not.toBe(0);
      expect(json.out + json.error).not.toContain(SECRET);
    }
  });

  it('are asked for nowhere but on a terminal', async () => {
    const { code, error } = await gatehouseProgram(['query', ...address]);
    expect(code).toBe(2);
    expect(error).toMatch(/^gatehouse: --host needs the keys of the device: in the environment/);
  });
});
