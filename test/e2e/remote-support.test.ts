import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { decodeLink } from '../../src/reach/remote-calls.ts';
import { VAULT_FILE } from '../../src/reach/vault-file.ts';
import { ReachBackend, type BackendHappening } from '../../src/simulator/reach/index.ts';
import { Tape } from '../helpers/tape.ts';
import { makeTempFolder, removeTempFolder } from '../helpers/temp-folder.ts';
import { withChannel } from './channel.ts';
import { Controller } from './hap.ts';
import { Homebridge } from './homebridge-process.ts';
import { filesBelow, findSecrets, type Secret } from './secret-forms.ts';

const STUDY = 'Study support';
const ID = 'r124124124';
const TOKEN = randomBytes(20).toString('hex');

/** Where the TeamViewer client of the computer writes what it writes; not ours to keep secret. */
const folder = makeTempFolder('rollout');
const rolloutFile = join(folder, 'rollout.json');
const answers = new Tape<BackendHappening>('the backend', (one) => JSON.stringify(one));
const secrets: Secret[] = [];
let backend: ReachBackend;
let homebridge: Homebridge;
let ann: Controller;
/** Of all runs. */
let log = '';

const keep = (what: string, text: string): void => void secrets.push({ what, bytes: Buffer.from(text) });

beforeAll(async () => {
  backend = new ReachBackend({
    tokens: [{ token: TOKEN, tenantId: 't0001' }],
    targets: [{ remotecontrolId: ID, rolloutFile, keyBits: 2048 }],
  });
  backend.happened.on((one) => answers.push(one));
  const apiBase = await backend.start();
  keep('the script token', TOKEN);
  const remoteSupport = {
    tenantId: 't0001',
    scriptToken: TOKEN,
    apiBase,
    computers: [{ name: 'Study', platform: 'windows', rolloutFile }],
  };
  homebridge = await Homebridge.make({
    version: '2.4.0',
    plugin: inject('plugin'),
    platforms: [{ platform: 'Gatehouse', devices: [], remoteSupport }],
    secrets: [TOKEN],
  });
  await homebridge.start();
  ann = await Controller.pair('Ann', homebridge);
  await computerIsThere();
});

afterAll(async () => {
  await ann.close();
  await homebridge.dispose();
  await backend.stop();
  removeTempFolder(folder);
});

const target = () => backend.targets.get(ID)!;

async function tile(): Promise<readonly number[]> {
  const values = [
    await ann.read(STUDY, 'On'),
    await ann.read(STUDY, 'ContactSensorState'),
    await ann.read(STUDY, 'StatusFault'),
  ];
  return values.map(Number);
}

function ask(method: `reach.${string}`): Promise<unknown> {
  return withChannel(homebridge.storage, (channel) => channel.call(method, { name: 'Study' }));
}

async function makeLink(): Promise<string> {
  const link = decodeLink(await ask('reach.link'))!;
  keep('a link', link);
  keep("a link's secret", /secret=([^&\s]+)/.exec(link)![1]!);
  return link;
}

async function verify(link: string): Promise<unknown> {
  const response = await fetch(`${backend.address}/simulator/verify-link`, {
    method: 'POST',
    body: JSON.stringify({ link }),
  });
  return response.json();
}

/** What is in the vault while support is on, and in the rollout data before. */
function noteSecrets(): void {
  const text = readFileSync(join(homebridge.storage, VAULT_FILE), 'utf8');
  const find = (name: string): string => new RegExp(`"${name}": ?"((?:[^"\\\\]|\\\\.)+)"`).exec(text)![1]!;
  const pem = JSON.parse(`"${find('deviceKey')}"`) as string;
  keep('the decommission token', find('decommissionToken'));
  keep('a line of the device key', pem.split('\n')[3]!);
}

async function stop(): Promise<void> {
  await homebridge.stop();
  log += homebridge.log;
}

async function restart(): Promise<void> {
  await stop();
  await homebridge.start();
  ann = await ann.reconnected();
  await computerIsThere();
}

/** The vault is opened, and the accessory made or woken, after the bridge runs. */
async function computerIsThere(): Promise<void> {
  await vi.waitFor(
    async () => {
      await ann.look();
      await tile();
    },
    { timeout: 10_000, interval: 50 },
  );
}

test('support is granted and revoked from Home, and a link opens one connection', async () => {
  expect(await tile()).toEqual([0, 0, 0]);
  await expect(ask('reach.link')).rejects.toMatchObject({ code: 'NOT_REGISTERED' });

  // A refusal is shown as one, and leaves everything as it was.
  backend.faults.add({ kind: 'status', status: 403, times: 1 });
  await expect(ann.write(STUDY, 'On', true)).rejects.toMatchObject({ status: -70401 });
  expect(await tile()).toEqual([0, 0, 0]);

  const { RolloutKey } = target().rolloutData;
  keep('the rollout key', RolloutKey);
  await ann.write(STUDY, 'On', true);
  expect(await tile()).toEqual([1, 1, 0]);
  expect(target().keyIds).toHaveLength(1);
  noteSecrets();

  const link = await makeLink();
  expect(await verify(link)).toMatchObject({
    accepted: true,
    remotecontrol_id: ID,
    control_type: 'attended',
  });
  expect(await verify(link)).toMatchObject({ accepted: false });

  await restart();
  expect(await tile()).toEqual([1, 1, 0]);
  expect(await verify(await makeLink())).toMatchObject({ accepted: true });

  const before = answers.mark();
  await ann.write(STUDY, 'On', false);
  expect(answers.since(before)).toContainEqual({ event: 'answered', call: 'unregister', status: 204 });
  expect(await tile()).toEqual([0, 0, 0]);
  expect(target().keyIds).toEqual([]);
  await expect(ask('reach.link')).rejects.toMatchObject({ code: 'NOT_REGISTERED' });

  await restart();
  expect(await tile()).toEqual([0, 0, 0]);
  await expect(ask('reach.link')).rejects.toMatchObject({ code: 'NOT_REGISTERED' });
  await stop();

  // The vault has nothing left to hide either, now that support is off.
  const places = [
    { where: 'the log', content: Buffer.from(log) },
    ...filesBelow(homebridge.storage, ['config.json']),
  ];
  const looked = places.map(({ where }) => where);
  for (const file of [/cachedAccessories/, /journal\.jsonl$/, /reach-vault\.json$/]) {
    expect(looked).toContainEqual(expect.stringMatching(file));
  }
  expect(findSecrets(secrets, places)).toEqual([]);
  expect(kindsIn(homebridge.storage)).toEqual([
    'support-granted',
    'support-link',
    'support-link',
    'support-revoked',
  ]);
});

function kindsIn(storage: string): readonly unknown[] {
  return readFileSync(join(storage, 'gatehouse', 'journal.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line.includes('"support-'))
    .map((line) => (JSON.parse(line) as JsonObject)['kind']);
}
