import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { ChannelServer } from '../../src/channel/server.ts';
import { exitCodeOf } from '../../src/cli/exit-codes.ts';
import { Finished } from '../../src/cli/finished.ts';
import { define } from '../../src/cli/reach.ts';
import { decodeLink, parseComputerState, remoteCalls } from '../../src/reach/remote-calls.ts';
import { readJournals } from '../../src/cli/journal-entries.ts';
import { House, reaches, STUDY, TOKEN, type HouseOptions } from './house.ts';

// Real sockets, processes and scrypt take moments on an idle machine, and seconds on a busy one.
vi.setConfig({ testTimeout: 30_000 });

let house: House;
const servers: ChannelServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
  await house.tearDown();
});

async function build(options?: HouseOptions): Promise<void> {
  house = await House.build(options);
  const platforms = [{ platform: 'Gatehouse', devices: [], remoteSupport: house.rawConfig() }];
  writeFileSync(join(house.folder, 'config.json'), JSON.stringify({ bridge: {}, platforms }));
}

async function reach(...args: readonly string[]) {
  const out: string[] = [];
  const notes: string[] = [];
  const program = new Command('gatehouse').exitOverride().configureOutput({
    writeOut: (text) => out.push(text),
    writeErr: (text) => notes.push(text),
  });
  define(program.command('reach'));
  const place = args[0] === 'simulate' ? [] : ['--storage', house.folder];
  const failure: unknown = await program
    .parseAsync(['reach', ...args, ...place], { from: 'user' })
    .then(() => undefined)
    .catch((error: unknown) => error);
  const code =
    failure === undefined ? 0 : failure instanceof Finished ? failure.exitCode : exitCodeOf(failure);
  return {
    code,
    out: out.join(''),
    notes: notes.join(''),
    error: failure instanceof Error ? failure.message : '',
  };
}

/** A plugin that runs on the storage and has remote support. */
async function startPlugin(): Promise<void> {
  const support = await house.open();
  const server = new ChannelServer({ storagePath: house.folder, clock: systemClock, log: silentLog });
  server.serve('status', () => ({ plugin: { version: '1.2.3', startedAt: 5 }, devices: [] }));
  for (const { name, parse, handle } of remoteCalls(support)) server.serveReach(name, parse, handle);
  servers.push(server);
  expect(await server.start()).toBe(true);
}

describe.each(['with the vault itself', 'through the running plugin'])('gatehouse reach, %s', (way) => {
  const prepare = async (options?: HouseOptions): Promise<void> => {
    await build(options);
    if (way === 'through the running plugin') await startPlugin();
  };

  it('goes from rollout to link to unregister', async () => {
    await prepare();
    expect(await reach('list')).toMatchObject({ code: 0, out: 'Study  off  \n' });
    expect(await reach('rollout', 'Study')).toMatchObject({
      code: 0,
      out: 'Study  on  attended\n',
      error: '',
    });

    const { code, out, notes } = await reach('link', 'Study');
    expect([code, notes]).toEqual([0, '']);
    expect(out).toMatch(/^teamviewerapi:\/\/\S+\n$/);
    expect(await house.verify(out.trim())).toMatchObject({ accepted: true });
    expect(await house.verify(out.trim())).toMatchObject({ accepted: false });

    expect(await reach('unregister', 'Study')).toMatchObject({ code: 0, out: 'Study  off  \n' });
    expect(house.target.keyIds).toEqual([]);
    expect(await reach('link', 'Study')).toMatchObject({ code: 1, out: '' });
  });

  it('speaks JSON', async () => {
    await prepare();
    const state = parseComputerState(JSON.parse((await reach('rollout', 'Study', '--json')).out));
    expect(state).toMatchObject({ name: 'Study', phase: 'open', controlTypes: ['attended'] });
    const { link } = JSON.parse((await reach('link', 'Study', '--type', 'attended', '--json')).out) as {
      link: string;
    };
    expect(await house.verify(link)).toMatchObject({ accepted: true });
    const refused = await reach('link', 'Study', '--type', 'unattended', '--json');
    expect(JSON.parse(refused.out)).toMatchObject({ ok: false, error: { code: 'INVALID', retry: false } });
  });

  it('says that the computer is unreachable, and that there is none of the name', async () => {
    await prepare();
    await reach('rollout', 'Study');
    house.target.online = false;
    const off = await reach('unregister', 'Study');
    expect(off.code).toBe(3);
    expect(off.out).toContain('off, but not unregistered yet');
    expect((await reach('link', 'Attic')).error).toContain('There are: Study.');
  });

  it('takes rollout data from a file', async () => {
    await prepare({ computer: { rolloutData: undefined } });
    const file = join(house.folder, 'typed');
    writeFileSync(
      file,
      Object.entries(house.typed)
        .map(([name, value]) => `${name}=${value}`)
        .join('\n'),
    );
    expect(await reach('rollout', 'Study', '--data', file)).toMatchObject({ code: 0 });
    expect((await reach('rollout', 'Study', '--data', '/does/not/exist')).error).toContain(
      '--data cannot be read',
    );
    writeFileSync(file, 'RolloutKey=hidden');
    const failed = await reach('rollout', 'Study', '--data', file);
    expect(failed.error).toContain('lacks the GUID');
    expect(failed.error).not.toContain('hidden');
    writeFileSync(file, '');
  });

  it('forgets orphans', async () => {
    await prepare();
    house.backend.faults.add({ kind: 'close after', times: 1 });
    expect(await reach('rollout', 'Study')).toMatchObject({ code: 5, out: '' });
    expect((await reach('list')).out).toContain('possibly orphaned keys: 1');
    expect((await reach('forget', 'Study')).out).toBe('Study  off  \n');
  });
});

describe('gatehouse reach', () => {
  it('writes into the journal that a link was made, and never the link', async () => {
    await build();
    await reach('rollout', 'Study');
    const { out } = await reach('link', 'Study');
    const [entry, ...more] = await readJournals(house.folder, { limit: 10 });
    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      kind: 'support-link',
      device: { name: 'Study' },
      detail: { controlType: 'attended' },
    });
    const secret = /secret=(\S+)/.exec(out)![1]!;
    for (const { name, text } of house.otherFiles) {
      expect([name, text.includes(secret) || text.includes('teamviewerapi')]).toEqual([name, false]);
    }
  });

  it('registers an app', async () => {
    await build();
    const { out } = await reach('register-app', 'AB:'.repeat(31) + 'AB');
    expect(out).toMatch(/^AppKey {4}(AB){32}\nAppKeyID {2}\S+\n$/);
    expect(JSON.parse((await reach('register-app', 'ab'.repeat(32), '--json')).out)).toMatchObject({
      appKey: 'ab'.repeat(32),
    });
    expect((await reach('register-app', 'x')).error).toContain('64 hex digits');
  });

  it('says what is wrong with the config, and quotes no secret', async () => {
    await build({ support: { tenantId: '0001' } });
    const { code, error } = await reach('list');
    expect(code).toBe(1);
    expect(error).toContain('tenantId must begin with the letter t');
    expect(error).not.toContain(TOKEN);
    writeFileSync(join(house.folder, 'config.json'), '{}');
    expect((await reach('list')).error).toContain('has no remoteSupport');
  });

  it('has no option that takes a secret', async () => {
    await build();
    const { out } = await reach('rollout', '--help');
    expect(out).not.toMatch(/--(script-)?token |--passphrase |--rollout-key /);
  });

  it('runs a backend', async () => {
    await build();
    const lines: string[] = [];
    const program = new Command('gatehouse').configureOutput({
      writeOut: (text) => {
        lines.push(text);
        // What Ctrl-C does.
        process.emit('SIGINT');
      },
    });
    define(program.command('reach'));
    const args = [
      'reach',
      'simulate',
      '--port',
      '0',
      '--rollout-folder',
      house.folder,
      '--rollout-format',
      'key=value',
    ];
    await program.parseAsync(args, { from: 'user' });
    expect(JSON.parse(lines[0]!)).toMatchObject({
      event: 'listening',
      computers: [{ remotecontrolId: STUDY }],
    });
    const file = join(house.folder, `${STUDY}.rollout`);
    expect(readFileSync(file, 'utf8')).toMatch(/^RolloutKey=/);
    writeFileSync(file, '');
  });
});

describe('the calls of the local channel', () => {
  it('refuse parameters that are none', async () => {
    await build();
    const [list] = remoteCalls(await house.open());
    for (const value of [
      17,
      'x',
      [],
      { name: 17 },
      { name: 'x', dataBase64: 1 },
      { name: 'x'.repeat(201) },
    ]) {
      expect(list!.parse(value)).toMatchObject({ ok: false });
    }
    expect(list!.parse(undefined)).toEqual({ ok: true, params: { name: '' } });
    expect(list!.parse({ name: 'x', dataBase64: '??' })).toMatchObject({ ok: true, params: { data: {} } });
    expect(decodeLink({ link: 'x' })).toBeUndefined();
    expect(parseComputerState({ name: 'x' })).toBeUndefined();
  });

  it('give states that survive JSON', async () => {
    await build();
    const support = await house.open();
    await support.rollout('Study');
    const state = await reaches(support, 'open');
    expect(parseComputerState(JSON.parse(JSON.stringify(state)))).toEqual(state);
  });
});
