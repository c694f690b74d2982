import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { ChannelServer } from '../../src/channel/server.ts';
import { FakePlugin } from './fake-plugin.ts';
import { gatehouse, gatehouseProgram, Home } from './gatehouse.ts';

const ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function build(...args: Parameters<typeof Home.build>): Promise<Home> {
  const home = await Home.build(...args);
  ends.push(() => home.demolish());
  return home;
}

async function plugin(...args: Parameters<typeof FakePlugin.start>): Promise<FakePlugin> {
  const started = await FakePlugin.start(...args);
  ends.push(() => started.stop());
  return started;
}

describe('gatehouse status', { timeout: 30_000 }, () => {
  it('shows every device of the config, as a program, and what is wrong with those that are away', async () => {
    const home = await build({
      Garage: { serialNumber: 'abc' },
      'Side gate': { state: 'open', apiVersion: 1 },
      Barn: { config: { port: 1 } },
    });
    const { code, out, error } = await gatehouseProgram(['status', ...home.here]);
    expect([code, error]).toEqual([3, '']);
    expect(out.split('\n')).toEqual([
      '●  Garage     closed   online   direct, remootio-2, API 3, abc',
      '●  Side gate  open     online   direct, API 1',
      '○  Barn       unknown  offline  direct',
      '  127.0.0.1 answers, but nothing listens on port 1.',
      "  → Enable the Websocket API in the Remootio app, and check that the address is the device's.",
      '',
    ]);
  });

  it('ends with 0 when all that are asked for are online, and its JSON has one shape for all', async () => {
    const home = await build({ Garage: { serialNumber: 'abc' }, Barn: { config: { port: 1 } } });
    const well = await gatehouse('status', 'Garage', '--json', ...home.here);
    const garage = {
      id: 'abc',
      name: 'Garage',
      state: 'online',
      sensor: 'closed',
      readOnly: false,
      logging: 'unknown',
      serialNumber: 'abc',
      apiVersion: 3,
      remootioVersion: 'remootio-2',
      via: 'direct',
    };
    expect([well.code, well.json]).toEqual([0, [{ ok: true, devices: [garage] }]]);
    const both = await gatehouse('status', '--json', ...home.here);
    expect(both.code).toBe(3);
    expect(both.json).toMatchObject([
      { ok: false, devices: [garage, { name: 'Barn', state: 'offline', problem: { code: 'port-closed' } }] },
    ]);
  });

  it('asks the running plugin, which knows more', async () => {
    const home = await build({ Garage: {}, 'Side gate': {} });
    await plugin(home.storage, [
      {
        name: 'Garage',
        door: { target: 'open', current: 'opening', obstruction: false, unavailable: false, reason: '' },
      },
      {
        name: 'Side gate',
        state: 'offline',
        offlineFor: 180_000,
        problem: { code: 'no-answer', message: 'It does not answer.', remedy: 'Check its power.' },
      },
    ]);
    const { code, out } = await gatehouse('status', ...home.here);
    expect(code).toBe(3);
    expect(out.split('\n')).toEqual([
      '●  Garage     opening  online             by the running plugin, API 3, logging on',
      '○  Side gate  unknown  offline for 3 min  by the running plugin, API 3, logging on',
      '  It does not answer.',
      '  → Check its power.',
      '',
    ]);
    expect(home.device('Garage').state.connections).toBe(0);
  });

  it('shows nothing of a name that could steer a terminal', async () => {
    const home = await build({ 'Gar\u001b[31mage\u202e': {} });
    expect((await gatehouse('status', ...home.here)).out).toMatch(/^● {2}Gar \[31mage {2}closed/);
  });

  it('says what to do about a running plugin that does not know what it is asked', async () => {
    const home = await build({ Garage: {} });
    const server = new ChannelServer({ storagePath: home.storage, clock: systemClock, log: silentLog });
    await server.start();
    ends.push(() => server.stop());
    const { code, error } = await gatehouse('status', ...home.here);
    expect([code, error]).toEqual([
      1,
      'gatehouse: The running plugin does not say how it is (no such method): restart Homebridge, or use --direct.\n',
    ]);
  });
});

describe('the config', { timeout: 30_000 }, () => {
  it('is found where Homebridge keeps it', async () => {
    const home = await build({ Garage: {} });
    const config = home.writeFile('home/.homebridge/config.json', '{}');
    const { error } = await gatehouseProgram(['status'], {
      HOME: `${home.storage}/home`,
      UIX_STORAGE_PATH: '',
    });
    expect(error).toBe(`gatehouse: ${config} has no devices for this plugin.\n`);
    const ui = await gatehouseProgram(['query'], {
      HOME: `${home.storage}/home`,
      UIX_STORAGE_PATH: home.storage,
    });
    expect(ui.out).toBe('Garage: closed\n');
  });

  it('is named', async () => {
    const home = await build({ Garage: {} });
    expect((await gatehouse('query', '--config', `${home.storage}/config.json`)).out).toBe(
      'Garage: closed\n',
    );
  });

  it.each([
    ['is missing', undefined, 'cannot be read (ENOENT): say where it is with --storage or --config.'],
    ['is no JSON', '{ "apiSecretKey": ', 'is not valid JSON: correct it in the Homebridge UI.'],
    ['is not ours', '{"platforms":[{"platform":"config"}]}', 'has no devices for this plugin.'],
  ])('%s: one clear line', async (_what, content, message) => {
    const home = new Home();
    ends.push(() => home.demolish());
    if (content !== undefined) home.writeFile('config.json', content);
    const { code, error } = await gatehouse('status', ...home.here);
    expect([code, error]).toEqual([1, `gatehouse: ${home.storage}/config.json ${message}\n`]);
    const { json } = await gatehouse('status', '--json', ...home.here);
    expect(json).toMatchObject([{ ok: false, error: { retry: false } }]);
  });

  it('is not needed where nobody has one', async () => {
    const empty = new Home();
    ends.push(() => empty.demolish());
    const { code, error } = await gatehouseProgram(['status'], { HOME: empty.storage, UIX_STORAGE_PATH: '' });
    expect(code).toBe(1);
    expect(error).toMatch(/^gatehouse: No config of Homebridge was found in \S+\/\.homebridge or /);
  });
});
