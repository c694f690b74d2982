import { afterEach, describe, expect, it } from 'vitest';
import { makeEntry } from '../../src/journal/entry.ts';
import { Child } from '../helpers/child.ts';
import { FakePlugin } from './fake-plugin.ts';
import { Home, MAIN, type Json } from './gatehouse.ts';

const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function build(...args: Parameters<typeof Home.build>): Promise<Home> {
  const home = await Home.build(...args);
  ends.push(() => home.demolish());
  return home;
}

function program(...args: readonly string[]): Child {
  const child = new Child({ name: `gatehouse ${args[0] ?? ''}`, args: [MAIN, ...args] });
  ends.push(() => child.stop());
  return child;
}

function line(child: Child, what: string, look: RegExp): Promise<{ text: string }> {
  return child.lines.waitFor(what, ({ text }) => look.test(text));
}

async function json(child: Child, what: string, look: (value: Json) => boolean): Promise<Json> {
  const found = await child.lines.waitFor(what, ({ text }) => look(JSON.parse(text) as Json));
  return JSON.parse(found.text) as Json;
}

describe('gatehouse watch', { timeout: 30_000 }, () => {
  it('shows who does what, with its true time, and ends by Ctrl-C with exit code 0', async () => {
    const home = await build({ Garage: { logging: true } });
    const garage = home.device('Garage');
    garage.operate({ keyNr: 3, keyType: 'guest key', via: 'internet' });
    const child = program('watch', ...home.here);
    const told = await line(child, 'what happened before', /operated by guest key 3 over the internet$/);
    expect(told.text).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}Garage operated/);
    await line(child, 'the connection', /Garage is connected: (open|closed)$/);
    garage.pushDoorbell();
    await line(child, 'the doorbell', /Doorbell pushed at Garage$/);
    garage.drop();
    await line(child, 'the drop', /Garage is not connected/);
    expect(await child.stop('SIGINT')).toEqual({ code: 0, signal: null });
    expect(garage.state.connections).toBe(0);
  });

  it('says why a device cannot be reached, and keeps watching', async () => {
    const home = await build({
      Garage: { config: { keyNames: [{ keyNumber: 5, name: 'Ann' }] } },
      Barn: { config: { port: 1 } },
    });
    const child = program('watch', '--json', ...home.here);
    const barn = await json(child, 'Barn', ({ device }) => device === 'Barn');
    expect(barn).toMatchObject({ kind: 'offline', old: false });
    expect(barn['line']).toMatch(/^Barn is not connected: 127\.0\.0\.1 answers, but nothing listens/);
    await json(child, 'Garage', ({ device, kind }) => device === 'Garage' && kind === 'online');
    home.device('Garage').operate({ keyNr: 5, keyType: 'unique key', via: 'bluetooth' });
    const opened = await json(child, 'the opening', ({ kind }) => kind === 'opened');
    expect(opened).toEqual({
      at: expect.any(Number) as number,
      device: 'Garage',
      kind: 'opened',
      line: 'Garage opened by Ann over Bluetooth',
      old: false,
      by: { keyNr: 5, keyType: 'unique key', via: 'bluetooth', name: 'Ann', inferred: true },
    });
  });

  it('listens to the running plugin, and says when that ends', async () => {
    const home = await build({ Garage: {}, Barn: {} });
    const plugin = await FakePlugin.start(home.storage, [{ name: 'Garage' }, { name: 'Barn' }]);
    ends.push(() => plugin.stop());
    const child = program('watch', 'garage', '--json', ...home.here);
    expect(await json(child, 'the present', () => true)).toMatchObject({
      device: 'Garage',
      kind: 'online',
      line: 'Garage is connected: closed',
    });
    const entry = (name: string): object => ({
      entry: makeEntry({ kind: 'opened', at: 5, device: { id: name, name } }, 6),
      line: `${name} opened`,
    });
    plugin.server.publish('journal', entry('Barn'));
    plugin.server.publish('journal', { nonsense: true });
    plugin.server.publish('journal', entry('Garage'));
    expect(await json(child, 'the opening', ({ kind }) => kind === 'opened')).toEqual({
      at: 5,
      device: 'Garage',
      kind: 'opened',
      line: 'Garage opened',
      old: false,
    });
    await plugin.stop();
    expect(await child.exited).toEqual({ code: 3, signal: null });
    expect(await json(child, 'the end', ({ ok }) => ok === false)).toMatchObject({
      error: { code: 'DISCONNECTED' },
    });
  });
});
