import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeFileAtomic } from '../../src/base/atomic-file.ts';
import { JsonFile } from '../../src/base/json-file.ts';
import { RecordingLog } from '../helpers/recording-log.ts';

let folder: string;
let path: string;
let log: RecordingLog;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-json-'));
  path = join(folder, 'state', 'door.json');
  log = new RecordingLog();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(): JsonFile<number> {
  return new JsonFile({
    path,
    version: 2,
    parse: (value) => (typeof value === 'number' ? value : undefined),
    log,
    what: 'the state of Garage',
  });
}

/** Puts a text where the file belongs. */
function onDisk(text: string): void {
  mkdirSync(join(folder, 'state'), { recursive: true });
  writeFileSync(path, text);
}

describe('JsonFile', () => {
  it('gives back what was saved, from a file for its own user alone', async () => {
    const first = file();
    expect(first.load()).toBeUndefined();
    first.save(7);
    await first.flush();
    expect(file().load()).toBe(7);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(log.lines).toEqual([]);
  });

  it('writes the last of many values, in fewer writes than values', async () => {
    const one = file();
    for (let value = 0; value <= 1000; value++) one.save(value);
    await one.flush();
    expect(file().load()).toBe(1000);
    expect(readdirSync(join(folder, 'state'))).toEqual(['door.json']);
  });

  it.each([
    ['empty', ''],
    ['cut short', '{"version":2,"val'],
    ['not JSON', 'hello'],
    ['an array', '[]'],
    ['without a version', '{"value":7}'],
    ['of an older version', '{"version":1,"value":7}'],
    ['of another shape', '{"version":2,"value":"7"}'],
  ])('starts anew, says so once, and can be written again when the file is %s', async (_name, text) => {
    onDisk(text);
    const one = file();
    expect(one.load()).toBeUndefined();
    expect(one.load()).toBeUndefined();
    expect(log.lines).toEqual([`warn ${path}: cannot be understood; starting without the state of Garage`]);
    one.save(8);
    await one.flush();
    expect(file().load()).toBe(8);
  });

  it('leaves a file of a newer version as it is', async () => {
    onDisk('{"version":3,"value":{"later":true}}');
    const one = file();
    expect(one.load()).toBeUndefined();
    one.save(8);
    await one.flush();
    expect(readFileSync(path, 'utf8')).toBe('{"version":3,"value":{"later":true}}');
    expect(log.lines).toHaveLength(1);
    expect(log.lines[0]).toContain('newer version');
  });

  it('says once that it cannot write, and goes on', async () => {
    writeFileSync(join(folder, 'state'), 'a file where the folder should be');
    const one = file();
    for (const value of [1, 2, 3]) {
      one.save(value);
      await one.flush();
    }
    expect(log.lines).toHaveLength(1);
    expect(log.lines[0]).toContain('it will not survive a restart');
    rmSync(join(folder, 'state'));
    one.save(4);
    await one.flush();
    expect(file().load()).toBe(4);
  });
});

describe('writeFileAtomic', () => {
  it('leaves the old file and nothing beside it when the new one cannot take its place', async () => {
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'inside'), '');
    await expect(writeFileAtomic(path, 'new')).rejects.toThrow();
    expect(readdirSync(join(folder, 'state'))).toEqual(['door.json']);
  });

  it('sets the permissions that it was given', async () => {
    await writeFileAtomic(path, 'new', 0o644);
    expect(statSync(path).mode & 0o777).toBe(0o644);
  });
});
