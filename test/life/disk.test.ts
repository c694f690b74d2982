import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execFile, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OPEN } from '../../src/door/types.ts';
import { deviceJson } from '../config/helpers.ts';
import { has } from '../helpers/needs.ts';
import { HOMEBRIDGES } from '../homekit/bridges.ts';
import { PlatformBench } from '../homekit/platform-bench.ts';
import type { Report } from './disk-trouble.ts';
import { letItWrite } from './let-it-write.ts';

const GARAGE = deviceJson();
const OPENED = { target: OPEN, current: OPEN, obstruction: false } as const;

let bench: PlatformBench;
let path: string;

beforeEach(async () => {
  bench = new PlatformBench(HOMEBRIDGES[0]!);
  await bench.launch(GARAGE);
  bench.maker.gate('Garage').door!.remember.emit(OPENED);
  path = join(bench.storage, 'gatehouse', `${bench.accessory('Garage').UUID}.json`);
  await bench.shutdown();
});

afterEach(() => bench.dispose());

/** What the log says of the file, and whether the plugin runs as it should. */
async function launch(): Promise<readonly string[]> {
  await bench.launch(GARAGE);
  expect(bench.maker.running).toEqual(['Garage']);
  expect(path).toContain(bench.accessory('Garage').UUID);
  return bench.run.log.lines.filter((line) => line.includes(path));
}

const good = (): string => readFileSync(path, 'utf8');

/** Everything that may stand in a state file after years on an SD card. */
const BROKEN: readonly (readonly [string, () => string | Buffer])[] = [
  ['empty', () => ''],
  ['one byte', () => '{'],
  ['cut in the middle', () => good().slice(0, good().length / 2)],
  ['cut before its end', () => good().trimEnd().slice(0, -1)],
  ['not JSON', () => 'Garage is open'],
  ['zeroes, as after a power cut', () => Buffer.alloc(good().length)],
  ['null', () => 'null'],
  ['a list', () => '[]'],
  ['without a version', () => '{"value":{}}'],
  ['of no version', () => '{"version":"1","value":{}}'],
  ['without a value', () => '{"version":1}'],
  ['with a value of something else', () => '{"version":1,"value":{"name":7}}'],
  ['a prototype', () => '{"version":1,"value":{"__proto__":{"name":"Garage","address":""}}}'],
];

describe('a state file that is broken', () => {
  it.each(BROKEN)('%s: said once, the accessory stays, and the next change mends it', async (_, content) => {
    writeFileSync(path, content());
    expect(await launch()).toEqual([expect.stringMatching(/^warn .*cannot be understood/)]);
    expect(bench.maker.gate('Garage').doorOptions!.memory).toBeUndefined();
    bench.maker.gate('Garage').door!.remember.emit(OPENED);
    await bench.shutdown();
    expect(await launch()).toEqual([]);
    expect(bench.maker.gate('Garage').doorOptions!.memory).toEqual(OPENED);
  });

  it('of a newer version: said once, and left as it is', async () => {
    const newer = '{"version":99,"value":"what only the future understands"}';
    writeFileSync(path, newer);
    expect(await launch()).toEqual([expect.stringMatching(/^warn .*newer version/)]);
    bench.maker.gate('Garage').door!.remember.emit(OPENED);
    await bench.shutdown();
    expect(good()).toBe(newer);
  });

  it('no file at all, but a folder: said once for reading and once for writing', async () => {
    rmSync(path);
    mkdirSync(path);
    await launch();
    const { door } = bench.maker.gate('Garage');
    for (const current of [0, 1, 0, 1] as const) {
      door!.remember.emit({ ...OPENED, current });
      await letItWrite();
    }
    await bench.shutdown();
    expect(bench.run.log.lines.filter((line) => line.includes(path))).toEqual([
      expect.stringMatching(/^warn .*cannot be read/),
      expect.stringMatching(/^warn .*cannot be written/),
    ]);
  });
});

it('what SIGKILL left of a write is cleared away, and nothing else', async () => {
  const folder = join(bench.storage, 'gatehouse');
  const uuid = bench.accessory('Garage').UUID;
  const others = ['.notes.tmp', `.${uuid}.json.tmp`, `${uuid}.json.tmp`];
  for (const name of [...others, `.${uuid}.json.${randomUUID()}.tmp`]) writeFileSync(join(folder, name), '{');
  expect(await launch()).toEqual([]);
  expect(readdirSync(folder)).toEqual(expect.arrayContaining([...others, `${uuid}.json`]));
  expect(
    readdirSync(folder)
      .filter((name) => name.endsWith('.tmp'))
      .sort(),
  ).toEqual(others.sort());
});

const NAMESPACE = ['--map-root-user', '--mount'];

function mayMount(): boolean {
  const mount = ['mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', '/mnt'];
  return spawnSync('unshare', [...NAMESPACE, ...mount], { stdio: 'ignore' }).status === 0;
}

describe.skipIf(!has('unshare') || !mayMount())('a disk that cannot be written', () => {
  it.each(['full', 'read-only'] as const)(
    '%s: the plugin starts, says so once, runs on, and saves again when it can',
    async (trouble) => {
      const script = fileURLToPath(new URL('disk-trouble.ts', import.meta.url));
      const { stdout } = await promisify(execFile)(
        'unshare',
        [...NAMESPACE, process.execPath, script, trouble],
        { timeout: 30_000, env: { ...process.env, NODE_OPTIONS: '' } },
      );
      const report = JSON.parse(stdout.trim().split('\n').at(-1)!) as Report;
      expect(report).toEqual({
        running: ['Garage', 'Gate'],
        warnings: { Garage: 1, Gate: 1 },
        shown: { Garage: OPEN, Gate: OPEN },
        files: 2,
        after: OPENED,
      });
    },
    40_000,
  );
});
