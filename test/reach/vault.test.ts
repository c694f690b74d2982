import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { writeFileAtomic } from '../../src/base/atomic-file.ts';
import type { KeyRecord } from '../../src/reach/vault-records.ts';
import { Vault, type VaultOptions } from '../../src/reach/vault.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { RecordingLog } from '../helpers/recording-log.ts';
import { makeTempFolder, removeTempFolder } from '../helpers/temp-folder.ts';

// Real sockets, processes and scrypt take moments on an idle machine, and seconds on a busy one.
vi.setConfig({ testTimeout: 30_000 });

const SECRETS = ['-----BEGIN PRIVATE KEY----- abc', 'decommission-me'];
const RECORD: KeyRecord = {
  id: '1',
  computer: 'Study',
  tenantId: 't0001',
  remotecontrolId: 'r1',
  permissions: ['attended'],
  since: 5,
  state: 'registered',
  deviceKey: SECRETS[0]!,
  deviceKeyId: '{1}',
  decommissionToken: SECRETS[1]!,
};

let folder: string;
let log: RecordingLog;
let clock: FakeClock;
const vaults: Vault[] = [];

beforeEach(() => {
  folder = makeTempFolder('vault');
  log = new RecordingLog();
  clock = new FakeClock();
});
afterEach(async () => {
  for (const vault of vaults.splice(0)) await vault.close();
  expect(clock.pending).toBe(0);
  removeTempFolder(folder);
});

const path = (): string => join(folder, 'vault.json');
const text = (): string => readFileSync(path(), 'utf8');

async function open(options: Partial<VaultOptions> = {}): Promise<Vault> {
  const vault = await Vault.open({ path: path(), passphrase: undefined, clock, log, ...options });
  vaults.push(vault);
  return vault;
}

async function reopen(options: Partial<VaultOptions> = {}): Promise<Vault> {
  for (const vault of vaults.splice(0)) await vault.close();
  return open(options);
}

/** Opening needs both real time, for the disk, and that of the clock, for its waits. */
async function advanceUntilSettled(promise: Promise<unknown>): Promise<void> {
  const state = { settled: false };
  const settle = (): void => void (state.settled = true);
  promise.then(settle, settle);
  while (!state.settled) await clock.advance(250);
}

describe('the vault', () => {
  it('keeps what was put into it, in a file that is closed to others', async () => {
    const vault = await open();
    expect(vault.keys).toEqual([]);
    await vault.put(RECORD);
    await vault.update((data) => ({ ...data, usedRequests: { Study: '{guid}' } }));
    expect(statSync(path()).mode & 0o777).toBe(0o600);

    const again = await reopen();
    expect(again.keys).toEqual([RECORD]);
    expect(again.usedRequest('Study')).toBe('{guid}');
    expect(again.usedRequest('toString')).toBeUndefined();
    await again.remove('1');
    await again.remove('1');
    expect((await reopen()).keys).toEqual([]);
    expect(log.lines).toEqual([]);
  });

  it('shows a change when it is on disk, and not before', async () => {
    let go: () => void = () => undefined;
    const vault = await open({
      write: (file, content) =>
        new Promise<void>((resolve) => (go = resolve)).then(() => writeFileAtomic(file, content)),
    });
    const putting = vault.put(RECORD);
    await Promise.resolve();
    expect(vault.keys).toEqual([]);
    expect(existsSync(path())).toBe(false);
    go();
    await putting;
    expect(vault.keys).toEqual([RECORD]);
  });

  it('has not changed when the disk fails, and says so', async () => {
    let broken = true;
    const vault = await open({
      write: (file, content) =>
        broken
          ? Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }))
          : writeFileAtomic(file, content),
    });
    await expect(vault.put(RECORD)).rejects.toMatchObject({
      code: 'VAULT_NOT_WRITTEN',
      retry: true,
      message: `${path()} cannot be written (ENOSPC).`,
    });
    expect(vault.keys).toEqual([]);
    broken = false;
    await vault.put(RECORD);
    expect(vault.keys).toEqual([RECORD]);
  });

  it('makes many changes at once one after the other', async () => {
    const vault = await open();
    const ids = Array.from({ length: 20 }, (_, index) => String(index));
    await Promise.all(ids.map((id) => vault.put({ ...RECORD, id })));
    expect((await reopen()).keys.map(({ id }) => id)).toEqual(ids);
  });

  it('closes a file that others could read', async () => {
    await (await open()).put(RECORD);
    for (const vault of vaults.splice(0)) await vault.close();
    chmodSync(path(), 0o644);
    await open();
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    expect(log.at('warn')).toEqual([`${path()}: other users could read it; it is now closed to them`]);
  });

  it('removes what a process left that was killed while it wrote', async () => {
    writeFileSync(join(folder, '.vault.json.1234.tmp'), SECRETS[0]!);
    writeFileSync(join(folder, '.other.json.1234.tmp'), 'not ours');
    await open();
    expect(readdirSync(folder)).not.toContain('.vault.json.1234.tmp');
    expect(readdirSync(folder)).toContain('.other.json.1234.tmp');
  });

  it.each([
    ['no JSON', '{"format":"gatehouse-reach-v', /cannot be understood/],
    ['JSON of something else', '{"accessories":[]}', /cannot be understood/],
    [
      'a vault without keys',
      '{"format":"gatehouse-reach-vault","version":1,"value":{}}',
      /cannot be understood/,
    ],
    [
      'a record of a state that is none',
      JSON.stringify({
        format: 'gatehouse-reach-vault',
        version: 1,
        value: { keys: [{ ...RECORD, state: 'x' }], usedRequests: {} },
      }),
      /cannot be understood/,
    ],
    ['a newer version', '{"format":"gatehouse-reach-vault","version":2,"value":{}}', /newer version/],
    [
      'a sealed one that asks for too much memory',
      JSON.stringify({
        format: 'gatehouse-reach-vault',
        version: 1,
        sealed: { scrypt: { N: 2 ** 30, r: 8, p: 1, salt: '' }, iv: '', tag: '', data: '' },
      }),
      /cannot be understood/,
    ],
  ])('leaves alone a file that is %s', async (_what, content, message) => {
    writeFileSync(path(), content);
    const opening = open({ passphrase: 'x' });
    await expect(opening).rejects.toMatchObject({ code: 'VAULT_BROKEN' });
    await expect(opening).rejects.toThrow(message);
    expect(text()).toBe(content);
    // And the lock is free again.
    await expect(open({ lockPatience: 0 })).rejects.toMatchObject({ code: 'VAULT_BROKEN' });
  });
});

describe('a passphrase', () => {
  it('encrypts the file', async () => {
    const vault = await open({ passphrase: 'correct horse' });
    await vault.put(RECORD);
    for (const secret of [...SECRETS, 'Study', 'registered']) expect(text()).not.toContain(secret);
    expect(JSON.parse(text())).toMatchObject({
      format: 'gatehouse-reach-vault',
      sealed: { scrypt: { N: 32_768, r: 8, p: 1 } },
    });
    expect((await reopen({ passphrase: 'correct horse' })).keys).toEqual([RECORD]);
  });

  it('encrypts a plain file at the opening', async () => {
    await (await open()).put(RECORD);
    expect(text()).toContain(SECRETS[1]);
    const vault = await reopen({ passphrase: 'correct horse' });
    expect(vault.keys).toEqual([RECORD]);
    expect(text()).not.toContain(SECRETS[1]);
    expect((await reopen({ passphrase: 'correct horse' })).keys).toEqual([RECORD]);
  });

  it('is another vector at each writing', async () => {
    const vault = await open({ passphrase: 'correct horse' });
    await vault.put(RECORD);
    const first = text();
    await vault.put(RECORD);
    const iv = (content: string): unknown => (JSON.parse(content) as { sealed: { iv: unknown } }).sealed.iv;
    expect(iv(text())).not.toBe(iv(first));
  });

  it.each([
    ['missing', undefined, /no passphrase is given/],
    ['wrong', 'battery staple', /does not open with this passphrase/],
  ])('that is %s leaves the file as it is', async (_what, passphrase, message) => {
    await (await open({ passphrase: 'correct horse' })).put(RECORD);
    const before = text();
    const opening = reopen({ passphrase });
    await expect(opening).rejects.toMatchObject({ code: 'VAULT_LOCKED' });
    await expect(opening).rejects.toThrow(message);
    expect(text()).toBe(before);
  });

  it('notices a single bit that is another', async () => {
    await (await open({ passphrase: 'correct horse' })).put(RECORD);
    for (const vault of vaults.splice(0)) await vault.close();
    const file = JSON.parse(text()) as { sealed: Record<string, string> };
    const original = structuredClone(file);
    for (const field of ['iv', 'tag', 'data'] as const) {
      const bytes = Buffer.from(original.sealed[field]!, 'base64');
      bytes[0]! ^= 1;
      file.sealed = { ...original.sealed, [field]: bytes.toString('base64') };
      writeFileSync(path(), JSON.stringify(file), { mode: 0o600 });
      await expect(open({ passphrase: 'correct horse' })).rejects.toMatchObject({ code: 'VAULT_LOCKED' });
    }
  });
});

describe('the lock', () => {
  it('keeps a second one out, until the first is closed', async () => {
    await open();
    const second = open({ lockPatience: 1_000 });
    const refused = second.then(
      () => 'opened',
      (error: unknown) => error,
    );
    await advanceUntilSettled(refused);
    expect(await refused).toMatchObject({ code: 'VAULT_IN_USE', retry: true });

    const third = open({ lockPatience: 1_000_000 });
    await vaults.shift()!.close();
    await advanceUntilSettled(third);
    expect((await third).keys).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')(
    'is beside the vault, where both users of one folder find it',
    async () => {
      await open();
      expect(readdirSync(folder)).toEqual(['vault.json.lock']);
      for (const vault of vaults.splice(0)) await vault.close();
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it('finds room for the address of a vault that lies deep', async () => {
    const deep = join(folder, 'a'.repeat(60), 'b'.repeat(60));
    const vault = await open({ path: join(deep, 'vault.json') });
    await vault.put(RECORD);
    expect(readdirSync(deep)).toEqual(['vault.json']);
    await expect(open({ path: join(deep, 'vault.json'), lockPatience: 0 })).rejects.toMatchObject({
      code: 'VAULT_IN_USE',
    });
  });
});
