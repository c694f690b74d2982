import { chmodSync, mkdirSync, readdirSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectChannel, listInstances } from '../../src/channel/connect.ts';
import { listenAt } from '../../src/channel/listen.ts';
import { recordPath, socketPath } from '../../src/channel/location.ts';
import { probe, resultOf } from '../../src/channel/probe.ts';
import { ChannelServer } from '../../src/channel/server.ts';
import { Child } from '../helpers/child.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { RecordingLog } from '../helpers/recording-log.ts';
import { makeTempFolder, removeTempFolder } from '../helpers/temp-folder.ts';

const PLUGIN = new URL('fixtures/plugin.ts', import.meta.url).pathname;

let storage: string;
let log: RecordingLog;
let clock: FakeClock;
let servers: ChannelServer[];
let others: Server[];

beforeEach(() => {
  storage = makeTempFolder('channel');
  log = new RecordingLog();
  clock = new FakeClock();
  servers = [];
  others = [];
});

afterEach(async () => {
  for (const server of servers) await server.stop();
  for (const server of others) server.close();
  removeTempFolder(storage);
});

function make(instance?: string, storagePath = storage): ChannelServer {
  const server = new ChannelServer({ storagePath, instance, clock, log });
  server.serve('diagnostics', () => ({ instance: instance ?? null }));
  servers.push(server);
  return server;
}

/** Who answers. */
async function ask(storagePath: string, instance?: string): Promise<unknown> {
  const client = await connectChannel(storagePath, { instance, clock });
  try {
    return await client.call('diagnostics', {});
  } finally {
    await client.close();
  }
}

async function killPlugin(instance?: string, storagePath = storage): Promise<void> {
  const child = new Child({
    name: 'plugin',
    args: [PLUGIN, storagePath, ...(instance === undefined ? [] : [instance])],
  });
  const message = await child.messages.waitFor('its start', () => true);
  expect(message).toEqual({ listening: true });
  expect(await ask(storagePath, instance)).toEqual({ pid: child.pid });
  await child.stop('SIGKILL');
}

describe('no plugin', () => {
  it.each<[string, () => void, RegExp]>([
    ['an empty storage', () => undefined, /No Gatehouse plugin runs on/],
    ['a storage that is a file', () => (storage = join(storage, 'x')), /No Gatehouse plugin runs on/],
    ['a record that is none', () => record('{"path":5}'), /No Gatehouse plugin runs on/],
    [
      'a record without its socket',
      () => record(JSON.stringify({ path: join(storage, 'x.sock'), pid: 1, protocol: 1 })),
      /Start Homebridge/,
    ],
  ])('%s', async (_, prepare, message) => {
    const folder = storage;
    prepare();
    await expect(connectChannel(storage)).rejects.toMatchObject({
      code: 'NO_PLUGIN',
      retry: true,
      message: expect.stringMatching(message) as string,
    });
    storage = folder;
  });

  function record(content: string): void {
    mkdirSync(join(storage, 'gatehouse'));
    writeFileSync(recordPath(storage, undefined), content);
  }

  it('a plugin of a later version is not guessed at', async () => {
    await make().start();
    const file = recordPath(storage, undefined);
    const path = await socketPath(storage, undefined);
    writeFileSync(file, JSON.stringify({ path, pid: 1, protocol: 99 }));
    await expect(connectChannel(storage)).rejects.toMatchObject({ code: 'NOT_UNDERSTOOD' });
  });

  it('something else that listens there is not taken for one', async () => {
    mkdirSync(join(storage, 'gatehouse'));
    const path = await socketPath(storage, undefined);
    const other = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end('220 mail.example ESMTP\r\n');
    });
    others.push(other);
    other.listen(path);
    await once(other, 'listening');
    writeFileSync(recordPath(storage, undefined), JSON.stringify({ path, pid: 1, protocol: 1 }));
    await expect(ask(storage)).rejects.toMatchObject({ code: 'NOT_UNDERSTOOD' });
  });

  it('of another user: said so, whichever part is in the way', async () => {
    await make().start();
    const folder = join(storage, 'gatehouse');
    const asOther = async (): Promise<void> => {
      await expect(connectChannel(storage)).rejects.toMatchObject({
        code: 'NO_PERMISSION',
        message: expect.stringContaining('as the user that Homebridge runs as') as string,
      });
    };
    for (const path of [join(folder, 'control.sock'), recordPath(storage, undefined), folder]) {
      const mode = statSync(path).mode & 0o777;
      for (const open of [storage, folder, recordPath(storage, undefined)]) chmodSync(open, 0o755);
      chmodSync(path, 0);
      await asNobody(asOther);
      chmodSync(path, mode);
    }
  });

  /** Whoever runs this test as root is asked for no rights at all otherwise. */
  async function asNobody(work: () => Promise<void>): Promise<void> {
    const root = process.getuid?.() === 0;
    if (root) process.seteuid?.(65_534);
    try {
      await work();
    } finally {
      if (root) process.seteuid?.(0);
    }
  }

  it.each([
    ['EACCES', 'forbidden'],
    ['EPERM', 'forbidden'],
    ['ENOENT', 'none'],
    ['ECONNREFUSED', 'stale'],
    ['ENOTSOCK', 'not a socket'],
    ['EAGAIN', 'live'],
  ])('%s means %s', (code, result) => expect(resultOf(code)).toBe(result));
});

describe('a plugin that was killed', { timeout: 20_000 }, () => {
  it('is recognised, and its socket replaced by the next one', async () => {
    await killPlugin();
    await expect(connectChannel(storage)).rejects.toMatchObject({
      code: 'STALE',
      message: expect.stringContaining('ended without tidying up') as string,
    });
    expect(await listInstances(storage)).toMatchObject([{ state: 'stale' }]);
    expect(await make().start()).toBe(true);
    expect(await ask(storage)).toEqual({ instance: null });
    expect(log.lines).toEqual([]);
    await servers[0]!.stop();
    expect(readdirSync(join(storage, 'gatehouse'))).toEqual([]);
  });

  it('is replaced by exactly one of those that come at the same time', async () => {
    await killPlugin();
    const started = await Promise.all(Array.from({ length: 8 }, () => make().start()));
    expect(started.filter((listening) => listening)).toHaveLength(1);
    expect(await ask(storage)).toEqual({ instance: null });
    expect(readdirSync(join(storage, 'gatehouse')).toSorted()).toEqual(['channel.json', 'control.sock']);
  });

  it('leaves no folder behind either, where the path was too long for a socket', async () => {
    const long = join(storage, 'x'.repeat(120));
    await killPlugin(undefined, long);
    const [before] = await listInstances(long);
    expect(before).toMatchObject({ state: 'stale' });
    expect(await make(undefined, long).start()).toBe(true);
    expect(() => statSync(dirname(before!.path))).toThrow('ENOENT');
    expect(await ask(long)).toEqual({ instance: null });
  });
});

describe('a path that is too long for a socket', () => {
  it('goes to a private folder, which is written down and goes at the end', async () => {
    const long = join(storage, 'ä'.repeat(60));
    const server = make(undefined, long);
    expect(await server.start()).toBe(true);
    const [{ path } = { path: '' }] = await listInstances(long);
    expect(Buffer.byteLength(path)).toBeLessThan(104);
    expect(path.startsWith(long)).toBe(false);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await ask(long)).toEqual({ instance: null });
    expect(await make(undefined, long).start()).toBe(false);
    // Somebody else could have put their own socket there by now.
    chmodSync(dirname(path), 0o777);
    await expect(connectChannel(long)).rejects.toMatchObject({ code: 'NO_PERMISSION' });
    await server.stop();
    expect(() => statSync(dirname(path))).toThrow('ENOENT');
  });
});

describe('several plugins on one storage', () => {
  it('are told apart by name', async () => {
    expect(await make('0E:12:AB').start()).toBe(true);
    expect(await make('0e-12-ab').start()).toBe(true);
    expect(await make('Bridge').start()).toBe(true);
    expect(await ask(storage, '0E:12:AB')).toEqual({ instance: '0E:12:AB' });
    expect(await ask(storage, '0e-12-ab')).toEqual({ instance: '0e-12-ab' });
    expect(await ask(storage, 'bridge')).toEqual({ instance: 'Bridge' });
    await expect(connectChannel(storage)).rejects.toMatchObject({
      code: 'SEVERAL_INSTANCES',
      message: expect.stringMatching(/"0E:12:AB".*"Bridge"|"Bridge".*"0E:12:AB"/) as string,
    });
    await expect(connectChannel(storage, { instance: 'other' })).rejects.toMatchObject({
      code: 'UNKNOWN_INSTANCE',
      message: expect.stringContaining('"Bridge"') as string,
    });
    const listed = await listInstances(storage);
    expect(listed.map(({ instance, state }) => [instance, state]).toSorted()).toEqual([
      ['0E:12:AB', 'live'],
      ['0e-12-ab', 'live'],
      ['Bridge', 'live'],
    ]);
  });

  it('the one that runs is meant where the others do not', async () => {
    await make('one').start();
    await make('two').start();
    writeFileSync(
      recordPath(storage, 'gone'),
      JSON.stringify({ instance: 'gone', path: join(storage, 'gone.sock'), pid: 1, protocol: 1 }),
    );
    await servers[0]!.stop();
    expect(await ask(storage)).toEqual({ instance: 'two' });
  });

  it('a live socket is never taken over, and it is said why', async () => {
    expect(await make('Bridge').start()).toBe(true);
    const second = make('Bridge');
    expect(await second.start()).toBe(false);
    expect(log.at('warn')).toEqual([
      expect.stringMatching(/Another Homebridge of the name "Bridge".*name of its own/),
    ]);
    expect(await ask(storage)).toEqual({ instance: 'Bridge' });
    await second.stop();
    expect(await ask(storage)).toEqual({ instance: 'Bridge' });
  });

  it('also where it took the place of a dead one while we looked', async () => {
    await killPlugin();
    const path = await socketPath(storage, undefined);
    const ours = createServer();
    others.push(ours);
    const result = await listenAt(ours, path, async () => {
      unlinkSync(path);
      const quicker = createServer((socket) => socket.on('error', () => undefined));
      others.push(quicker);
      quicker.listen(path);
      await once(quicker, 'listening');
      return 'stale';
    });
    expect(result).toBe('in use');
    expect(await probe(path)).toBe('live');
    expect(readdirSync(dirname(path)).toSorted()).toEqual(['channel.json', 'control.sock']);
  });

  it('also where its record was lost', async () => {
    expect(await make().start()).toBe(true);
    writeFileSync(recordPath(storage, undefined), 'lost');
    expect(await make().start()).toBe(false);
    expect(statSync(join(storage, 'gatehouse', 'control.sock')).isSocket()).toBe(true);
  });
});

describe('where the socket cannot be', () => {
  it('something else in its place is left alone, and said', async () => {
    mkdirSync(join(storage, 'gatehouse'));
    writeFileSync(join(storage, 'gatehouse', 'control.sock'), 'precious');
    expect(await make().start()).toBe(false);
    expect(log.at('warn')).toEqual([
      expect.stringMatching(/cannot be opened \(.*is not a socket; remove it\)/),
    ]);
  });

  it('a storage that is no folder is said once, and nothing is thrown', async () => {
    writeFileSync(join(storage, 'file'), '');
    expect(await make(undefined, join(storage, 'file')).start()).toBe(false);
    expect(log.at('warn')).toHaveLength(1);
  });

  it('Windows has named pipes, of the storage and the instance', async () => {
    const path = await socketPath('C:\\homebridge', undefined, 'win32');
    expect(path).toMatch(/^\\\\\.\\pipe\\gatehouse-[0-9a-f]{16}$/);
    expect(await socketPath('C:\\homebridge', 'a', 'win32')).toBe(`${path}-a`);
    expect(await socketPath('C:\\other', undefined, 'win32')).not.toBe(path);
  });
});
