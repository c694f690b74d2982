import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StateStore, type GateState } from '../../src/homekit/state-store.ts';
import { RecordingLog } from '../helpers/recording-log.ts';
import { makeTempFolder, removeTempFolder } from '../helpers/temp-folder.ts';
import { MEMORY } from './fakes.ts';

const UUID = '01234567-89ab-4cde-8f01-23456789abcd';
const OTHER = '11111111-2222-4333-8444-555555555555';
const STATE: GateState = {
  name: 'Garage',
  address: '192.168.1.50:8080',
  serialNumber: 'AB12',
  remootioVersion: 'remootio-2',
  door: { target: 0, current: 0, obstruction: true, learnedCloseTime: 14_500 },
  device: MEMORY,
};

let folder: string;
let log: RecordingLog;
const open = (): StateStore => new StateStore(folder, log);
const put = (value: unknown): void =>
  writeFileSync(join(folder, `${UUID}.json`), JSON.stringify({ version: 1, value }));

beforeEach(() => {
  folder = makeTempFolder('state');
  log = new RecordingLog();
});
afterEach(() => removeTempFolder(folder));

describe('the state of an accessory', () => {
  it('is there again after a restart', async () => {
    const store = open();
    store.open(UUID).update(STATE);
    await store.flush();
    expect(open().open(UUID).state).toEqual(STATE);
    expect(open().known()).toEqual([
      { uuid: UUID, name: 'Garage', address: '192.168.1.50:8080', serialNumber: 'AB12' },
    ]);
    expect(log.lines).toEqual([]);
  });

  it('keeps what a change does not mention', async () => {
    const store = open();
    store.open(UUID).update(STATE);
    store.open(UUID).update({ name: 'Gate', address: '10.0.0.2:8080' });
    await store.flush();
    expect(open().open(UUID).state).toEqual({ ...STATE, name: 'Gate', address: '10.0.0.2:8080' });
  });

  it('is written when it changes, and only then', async () => {
    const store = open();
    const file = store.open(UUID);
    file.update(STATE);
    await store.flush();
    put({ name: 'written by the test', address: '' });
    file.update({ ...STATE });
    await store.flush();
    expect(readFileSync(join(folder, `${UUID}.json`), 'utf8')).toContain('written by the test');
    file.update({ ...STATE, door: { target: 1, current: 1, obstruction: false } });
    await store.flush();
    expect(open().open(UUID).state?.door).toEqual({ target: 1, current: 1, obstruction: false });
  });

  it('is forgotten with its accessory', async () => {
    const store = open();
    store.open(UUID).update(STATE);
    store.open(OTHER).update({ name: 'Gate', address: 'x:1' });
    store.remove(UUID);
    store.remove(UUID);
    await store.flush();
    expect(readdirSync(folder)).toEqual([`${OTHER}.json`]);
    expect(store.known().map(({ uuid }) => uuid)).toEqual([OTHER]);
    expect(log.lines).toEqual([]);
  });
});

describe('what is on disk', () => {
  it.each<[string, Record<string, unknown>, Partial<GateState>]>([
    ['a door state that does not exist', { door: { ...STATE.door, current: 4 } }, { device: MEMORY }],
    ['a broken device memory', { device: { bootAt: 'x' } }, { door: STATE.door! }],
    ['neither', { door: undefined, device: undefined }, {}],
  ])('with %s still tells whose it is', (_, changes, kept) => {
    put({ ...STATE, ...changes });
    const { name, address, serialNumber, remootioVersion } = STATE;
    expect(open().open(UUID).state).toEqual({ name, address, serialNumber, remootioVersion, ...kept });
  });

  it.each([null, 7, 'x', [], {}, { name: 7, address: 'x' }, { name: 'x' }])('%j is nothing', (value) => {
    put(value);
    expect(open().open(UUID).state).toBeUndefined();
    expect(open().known()).toEqual([]);
  });

  it('never keeps the plugin from starting', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        writeFileSync(join(folder, `${UUID}.json`), text);
        open();
      }),
    );
  });

  it('of other things is left alone', async () => {
    writeFileSync(join(folder, 'journal.json'), '{}');
    writeFileSync(join(folder, `.${UUID}.json.tmp`), '');
    const store = open();
    expect(store.known()).toEqual([]);
    await store.flush();
    expect(readdirSync(folder)).toHaveLength(2);
    expect(log.lines).toEqual([]);
  });

  it('may be missing altogether', () => {
    expect(new StateStore(join(folder, 'none'), log).known()).toEqual([]);
    expect(log.lines).toEqual([]);
  });

  it('that cannot be listed is said once', () => {
    const file = join(folder, 'a file');
    writeFileSync(file, '');
    expect(new StateStore(file, log).known()).toEqual([]);
    expect(log.at('warn')).toHaveLength(1);
    expect(log.at('warn')[0]).toMatch(/cannot be read \(.*\); starting without it$/);
  });
});
