import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChannelClient } from '../../src/channel/client.ts';
import { connectChannel, listInstances } from '../../src/channel/connect.ts';
import type { ChannelEvent, Command } from '../../src/channel/protocol.ts';
import { CommandError } from '../../src/device/errors.ts';
import { DoorWriteError } from '../../src/door/errors.ts';
import { CLOSED, OPEN } from '../../src/door/types.ts';
import { PLUGIN_VERSION } from '../../src/homekit/settings.ts';
import { AUTH_KEY, deviceJson, SECRET_KEY } from '../config/helpers.ts';
import { HOMEBRIDGES } from './bridges.ts';
import { ANSWER, V2, type FakeDevice, type FakeDoor } from './fakes.ts';
import { PlatformBench } from './platform-bench.ts';

const TABLET = { keyNr: 5, keyType: 'unique key', via: 'bluetooth' } as const;

let bench: PlatformBench;
let clients: ChannelClient[];
beforeEach(() => {
  bench = new PlatformBench(HOMEBRIDGES[0]!);
  clients = [];
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await bench.dispose();
});

const device = (name = 'Garage'): FakeDevice => bench.maker.gate(name).device;
const door = (name = 'Garage'): FakeDoor => bench.maker.gate(name).door!;

/** The plugin with these devices and a client of its channel; every gate is there and closed. */
async function connect(...devices: Record<string, unknown>[]): Promise<ChannelClient> {
  await bench.launch(...(devices.length > 0 ? devices : [deviceJson()]));
  for (const { device: each } of bench.maker.gates.values()) {
    each.online(V2('ABC123'));
    each.say('closed');
  }
  return client();
}

async function client(): Promise<ChannelClient> {
  // It begins to listen after the start, on a real socket.
  const made = await vi.waitFor(() => connectChannel(bench.storage));
  clients.push(made);
  return made;
}

const refusal = (fields: Record<string, unknown>): unknown => expect.objectContaining(fields);
const command = (from: ChannelClient, name: Command, minutes?: number) =>
  from.call('command', { device: 'garage', command: name, minutes });

/** Door and device do what they are told. */
function obey(): void {
  door().onWrite = (target) => {
    door().travel(target);
    return Promise.resolve();
  };
  device().onCommand = () => Promise.resolve(ANSWER);
}

describe('status', () => {
  it('tells of the plugin and of each gate', async () => {
    const channel = await connect(deviceJson({ readOnly: true }));
    const { accessories } = bench.run;
    expect(await channel.call('status', {})).toEqual({
      plugin: {
        version: PLUGIN_VERSION,
        homebridge: bench.run.api.serverVersion,
        startedAt: bench.maker.clock.now(),
      },
      devices: [
        {
          id: accessories[0]!.UUID,
          name: 'Garage',
          state: 'online',
          sensor: 'closed',
          door: {
            target: 'closed',
            current: 'closed',
            obstruction: false,
            unavailable: false,
            reason: 'for a test',
          },
          readOnly: true,
          logging: 'unknown',
          serialNumber: 'ABC123',
          apiVersion: 2,
          remootioVersion: 'remootio-2',
        },
      ],
    });
  });

  it('tells what is the matter with a gate that is away, and still who it is', async () => {
    const channel = await connect();
    await bench.maker.clock.advance(1_000);
    const diagnosis = { code: 'port-closed', message: 'Closed.', remedy: 'Open it.' } as const;
    device().health = { ...device().health, identity: undefined, diagnosis };
    device().goOffline();
    await bench.maker.clock.advance(2_000);
    expect((await channel.call('status', {})).devices).toEqual([
      expect.objectContaining({
        state: 'offline',
        offlineFor: 2_000,
        serialNumber: 'ABC123',
        problem: { device: 'Garage', ...diagnosis },
      }),
    ]);
    expect(await channel.call('health', {})).toEqual({
      ok: false,
      problems: [{ device: 'Garage', ...diagnosis }],
    });
  });
});

describe('health', () => {
  it('is well where everything is', async () => {
    const channel = await connect();
    expect(await channel.call('health', {})).toEqual({ ok: true, problems: [] });
  });

  it('finds logging that is off only where something waits for it', async () => {
    const channel = await connect(
      deviceJson({ doorbell: true }),
      deviceJson({ name: 'Yard', host: '192.168.1.51' }),
    );
    for (const name of ['Garage', 'Yard']) device(name).health = { ...device(name).health, logging: 'off' };
    expect(await channel.call('health', {})).toMatchObject({
      ok: false,
      problems: [
        { device: 'Garage', code: 'logging-off', message: expect.stringContaining('doorbell') as string },
      ],
    });
  });
});

describe('a command', () => {
  it('to open or close goes through the door, so that it is as in Apple Home', async () => {
    const channel = await connect();
    obey();
    expect(await command(channel, 'open')).toEqual({ relayTriggered: true, sensor: 'closed' });
    expect(door().written).toEqual([OPEN]);
    expect(device().commands).toEqual([]);
    device().say('open', 'edge');
    door().rest(OPEN);
    expect(await command(channel, 'open')).toMatchObject({ relayTriggered: true });
    door().rest(OPEN);
    door().onWrite = () => Promise.resolve();
    expect(await command(channel, 'open')).toEqual({ relayTriggered: false, sensor: 'open' });
  });

  it.each<[Command, number | undefined, string]>([
    ['trigger', undefined, 'trigger'],
    ['trigger', 5, 'trigger 5'],
    ['secondary', undefined, 'triggerSecondary'],
    ['secondary', 5, 'triggerSecondary 5'],
    ['hold', 30, 'open 30'],
    ['open', 30, 'open 30'],
    ['close', 30, 'close 30'],
  ])('%s for %s minutes is sent as "%s"', async (name, minutes, sent) => {
    const channel = await connect();
    obey();
    expect(await command(channel, name, minutes)).toEqual({ relayTriggered: true, sensor: 'closed' });
    expect(device().commands).toEqual([sent]);
    expect(door().written).toEqual([]);
  });

  it.each<[Command, number | undefined]>([
    ['open', undefined],
    ['open', 5],
    ['close', undefined],
    ['trigger', undefined],
    ['secondary', undefined],
    ['hold', 5],
    ['restart', undefined],
  ])(
    '%s (%s minutes) is refused by a gate that is only shown, and nothing is sent',
    async (name, minutes) => {
      const channel = await connect(deviceJson({ readOnly: true }));
      obey();
      await expect(command(channel, name, minutes)).rejects.toEqual(
        refusal({ code: 'READ_ONLY', retry: false }),
      );
      expect([door().written, device().commands]).toEqual([[], []]);
      expect(bench.run.log.at('info').at(-1)).toMatch(
        /^\[Garage\] ".*" from the command line came to nothing: /,
      );
    },
  );

  it('is refused as the device says it, with what became of it', async () => {
    const channel = await connect();
    const cause = new CommandError('RELAY_BUSY', 'OPEN: The output is busy.');
    door().onWrite = () => Promise.reject(new DoorWriteError('busy', cause.message, { cause }));
    await expect(command(channel, 'open')).rejects.toEqual(
      refusal({ code: 'RELAY_BUSY', outcome: 'rejected', message: cause.message }),
    );
    door().onWrite = () => Promise.reject(new DoorWriteError('not now', 'it is closing'));
    await expect(command(channel, 'open')).rejects.toEqual(refusal({ code: 'NOT_NOW' }));
  });

  it('that is not answered in time may have been carried out', async () => {
    const channel = await connect();
    device().onCommand = () => new Promise(() => undefined);
    const failed = expect(command(channel, 'trigger')).rejects.toEqual(refusal({ code: 'NO_ANSWER' }));
    await vi.waitFor(() => expect(device().commands).toEqual(['trigger']));
    await bench.maker.clock.advance(2_500);
    await failed;
  });

  it('to hold a gate without a sensor open asks for the same consent as the switch', async () => {
    const channel = await connect();
    obey();
    device().say('no sensor');
    await expect(command(channel, 'hold', 5)).rejects.toEqual(refusal({ code: 'NOT_NOW' }));
    expect(device().commands).toEqual([]);
  });

  it('to a device that is none is refused with the names of those there are', async () => {
    const channel = await connect();
    await expect(channel.call('command', { device: 'Shed', command: 'open' })).rejects.toEqual(
      refusal({ code: 'UNKNOWN_DEVICE', message: 'The plugin has no such device. It has "Garage".' }),
    );
  });

  it('is in the journal and the log, put down to the command line, and once in the log', async () => {
    const channel = await connect();
    obey();
    await command(channel, 'open');
    device().happen({ type: 'RelayTrigger', data: { keyNr: 0, keyType: 'api key', via: 'wifi' } });
    device().happen({ type: 'StateChange', state: 'open' });
    const { entries } = await channel.call('journal', { limit: 10 });
    expect(entries.map(({ line }) => line)).toEqual([
      'Garage opened by the command line',
      'Garage operated by the command line',
      'Garage: open sent by the command line',
      'Gatehouse started',
    ]);
    expect(bench.run.log.at('info').filter((line) => line.includes('command line'))).toEqual([
      'Garage opened by the command line',
    ]);
  });
});

describe('the journal', () => {
  it('answers with filters, and with names that keys were given later', async () => {
    const channel = await connect();
    device().happen({ type: 'RelayTrigger', data: TABLET });
    device().happen({ type: 'Connected', data: { ...TABLET, keyNr: 6 } });
    await bench.shutdown();
    const names = [{ keyNumber: 5, name: 'kitchen tablet' }];
    await bench.launch(
      deviceJson({ keyNames: names }),
      deviceJson({ name: 'Yard', host: '192.168.1.51', keyNames: [{ keyNumber: 5, name: 'Anna' }] }),
    );
    await channel.closed;
    const again = await client();
    device('Yard').happen({ type: 'RelayTrigger', data: TABLET });
    const lines = async (query: object): Promise<readonly string[]> =>
      (await again.call('journal', { limit: 10, ...query })).entries.map(({ line }) => line);
    expect(await lines({ kinds: ['relay-triggered'] })).toEqual([
      'Yard operated by Anna over Bluetooth',
      'Garage operated by kitchen tablet over Bluetooth',
    ]);
    expect(await lines({ person: 'Kitchen tablet' })).toEqual([
      'Garage operated by kitchen tablet over Bluetooth',
    ]);
    expect(await lines({ device: 'garage', limit: 1 })).toEqual(['Key 6 connected to Garage over Bluetooth']);
    expect(await lines({ kinds: ['no such kind'] })).toEqual([]);
  });

  it('is empty where none is kept, and what happens is told all the same', async () => {
    await bench.launchWith({ platform: 'Gatehouse', devices: [deviceJson()], journal: false });
    const channel = await client();
    const events = channel.notifications();
    await channel.call('subscribe', { topics: ['journal'] });
    device().happen({ type: 'DoorbellPushed' });
    expect((await events.next()).value).toMatchObject({ data: { line: 'Doorbell pushed at Garage' } });
    expect(await channel.call('journal', { limit: 10 })).toEqual({ entries: [] });
  });
});

describe('a subscriber', () => {
  it('is told what happens, what a door is like and how things are', async () => {
    const channel = await connect();
    const events = channel.notifications();
    await channel.call('subscribe', { topics: ['journal', 'door', 'device', 'health'] });
    device().happen({ type: 'StateChange', state: 'open' });
    door().rest(OPEN);
    device().goOffline();
    const heard: ChannelEvent[] = [];
    while (heard.length < 4) heard.push((await events.next()).value as ChannelEvent);
    const { UUID: id } = bench.accessory('Garage');
    expect(heard).toMatchObject([
      {
        topic: 'journal',
        data: { line: 'Garage opened', entry: { v: 1, kind: 'opened', device: { id, name: 'Garage' } } },
      },
      { topic: 'door', data: { id, name: 'Garage', door: { target: 'open', current: 'open' } } },
      { topic: 'device', data: { id, name: 'Garage', state: 'offline' } },
      { topic: 'health', data: { ok: false, problems: [] } },
    ]);
  });
});

describe('a query', () => {
  it('asks the device itself, also one that is only shown', async () => {
    const channel = await connect(deviceJson({ readOnly: true }));
    Object.assign(device(), { query: () => Promise.resolve({ ...ANSWER, state: 'open' }) });
    expect(await channel.call('query', { device: 'GARAGE' })).toMatchObject({
      sensor: 'open',
      device: { name: 'Garage' },
    });
  });
});

describe('the diagnostics', () => {
  it('hold the settings, and no key in any form', async () => {
    const channel = await connect(deviceJson({ closeSeconds: 14 }));
    const found = await channel.call('diagnostics', {});
    expect(found).toMatchObject({
      plugin: { version: PLUGIN_VERSION },
      node: process.version,
      settings: [{ name: 'Garage', closeSeconds: 14 }],
      journal: { enabled: true, maxDays: 400 },
    });
    const text = JSON.stringify(found).toLowerCase();
    for (const key of [SECRET_KEY, AUTH_KEY]) {
      expect(text).not.toContain(key);
      expect(text).not.toContain(Buffer.from(key, 'hex').toString('base64').toLowerCase());
    }
    expect(Object.keys((found['settings'] as object[])[0]!)).not.toContain('apiSecretKey');
  });
});

describe('the channel itself', () => {
  it('has the name of the child bridge', async () => {
    const block = { platform: 'Gatehouse', devices: [deviceJson()] };
    const config = { platforms: [{ ...block, _bridge: { username: '0E:00:00:00:00:01', name: 'Gates' } }] };
    writeFileSync(join(bench.storage, 'config.json'), JSON.stringify(config));
    await bench.launchWith(block);
    const channel = await client();
    expect((await channel.call('status', {})).plugin.instance).toBe('Gates');
    expect(await listInstances(bench.storage)).toMatchObject([{ instance: 'Gates', state: 'live' }]);
  });

  it('ends with the plugin, whose clients are let go', async () => {
    const channel = await connect();
    await bench.shutdown();
    await channel.closed;
    expect(await listInstances(bench.storage)).toEqual([]);
  });

  it('that cannot be opened costs one line, and no gate', async () => {
    writeFileSync(join(bench.storage, 'gatehouse'), 'a file where the folder belongs');
    await bench.launch(deviceJson());
    await vi.waitFor(() =>
      expect(bench.run.log.at('warn')).toContainEqual(
        expect.stringMatching(/^The local channel .* cannot be opened/),
      ),
    );
    device().say('closed');
    expect(bench.maker.running).toEqual(['Garage']);
    obey();
    await door().setTarget(CLOSED);
    expect(door().written).toEqual([CLOSED]);
  });
});
