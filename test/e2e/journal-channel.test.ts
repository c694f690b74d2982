import { stat } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import type { ChannelClient } from '../../src/channel/client.ts';
import { connectChannel, listInstances } from '../../src/channel/connect.ts';
import type { ChannelEvent, JournalLine } from '../../src/channel/protocol.ts';
import type { JournalEntry } from '../../src/journal/entry.ts';
import { journalPath, readJournal } from '../../src/journal/journal.ts';
import { withChannel as withChannelOf } from './channel.ts';
import { House, type Plan } from './house.ts';

const OPEN = 0;

const GATES = {
  Garage: { config: { keyNames: [{ keyNumber: 5, name: 'kitchen tablet' }] } },
  Shown: { config: { readOnly: true } },
} as const satisfies Record<string, Plan>;

let house: House<keyof typeof GATES>;

beforeAll(async () => {
  house = await House.build(inject('plugin'), '2.4.0', GATES);
});

afterEach(({ task }) => house.afterTest(task));

afterAll(async () => {
  await house.demolish();
});

const withChannel = <Result>(use: (channel: ChannelClient) => Promise<Result>): Promise<Result> =>
  withChannelOf(house.homebridge.storage, use);

/** The next thing that is told of the journal and reads so. */
async function heard(events: AsyncGenerator<ChannelEvent>, line: string): Promise<JournalLine> {
  for (;;) {
    // Not by `for await`, which would end the events with the first that is found.
    const next = await events.next();
    if (next.done) throw new Error(`the plugin ended without "${line}"`);
    const told = next.value.data as JournalLine;
    if (told.line === line) return told;
  }
}

async function journal(): Promise<JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for await (const entry of readJournal(journalPath(house.homebridge.storage))) entries.unshift(entry);
  return entries;
}

/** How often the log has such a line, whatever its prefix. */
function logged(line: string): number {
  return house.homebridge.lines.since(0).filter(({ text }) => text.endsWith(`] ${line}`)).length;
}

test('a key with a name: one line, entries with their time, and who listens is told', async () => {
  const line = 'Garage opened by kitchen tablet over Bluetooth';
  const story = await house.watch('Garage');
  const { opened, began } = await withChannel(async (channel) => {
    const events = channel.notifications();
    await channel.call('subscribe', { topics: ['journal'] });
    const { plugin } = await channel.call('status', {});
    await house.gate('Garage').press();
    return { opened: await heard(events, line), began: plugin.startedAt };
  });
  const key = { keyNr: 5, keyType: 'unique key', via: 'bluetooth', name: 'kitchen tablet' };
  expect(opened.entry).toMatchObject({ kind: 'opened', by: { ...key, inferred: true } });
  await expect
    .poll(async () => (await journal()).filter(({ device }) => device?.name === 'Garage'))
    .toMatchObject([{ kind: 'relay-triggered', by: key }, opened.entry]);
  expect(opened.entry['at']).toBeGreaterThan(began - 1_000);
  expect(opened.entry['at']).toBeLessThanOrEqual(opened.entry['recordedAt'] as number);
  await expect.poll(() => logged(line)).toBe(1);
  await story.until({ T: 0, C: 0 });
});

test('Apple Home and the channel: each is called what it is, and obeys the same rules', async () => {
  const garage = house.gate('Garage');
  const story = await house.watch('Garage');
  await withChannel(async (channel) => {
    const events = channel.notifications();
    await channel.call('subscribe', { topics: ['journal'] });
    const result = await channel.call('command', { device: 'Garage', command: 'close' });
    expect(result).toMatchObject({ relayTriggered: true });
    await heard(events, 'Garage closed by the command line');
    await story.until({ T: 1, C: 1 });
    const mark = garage.mark();
    expect(await channel.call('command', { device: 'garage', command: 'close' })).toMatchObject({
      relayTriggered: false,
    });
    expect(garage.commandsSince(mark)).toEqual([]);
    await house.ann.write('Garage', 'TargetDoorState', OPEN);
    await heard(events, 'Garage opened by Apple Home');
    expect(await channel.call('query', { device: 'Garage' })).toMatchObject({ sensor: 'open' });
  });
  await expect.poll(() => logged('Garage closed by the command line')).toBe(1);
  await expect.poll(() => logged('Garage opened by Apple Home')).toBe(1);
  await story.until({ T: 0, C: 0 });
});

test('a gate that is only shown: every command is refused, and nothing is sent', async () => {
  const shown = house.gate('Shown');
  const mark = shown.mark();
  await withChannel(async (channel) => {
    for (const command of ['open', 'close', 'trigger', 'secondary', 'restart'] as const) {
      await expect(channel.call('command', { device: 'Shown', command })).rejects.toMatchObject({
        code: 'READ_ONLY',
      });
    }
    const hold = { device: 'Shown', command: 'hold', minutes: 5 } as const;
    await expect(channel.call('command', hold)).rejects.toMatchObject({ code: 'READ_ONLY' });
    expect(await channel.call('query', { device: 'Shown' })).toMatchObject({ sensor: 'closed' });
  });
  expect(shown.commandsSince(mark)).toEqual([]);
  await expect
    .poll(async () => (await journal()).filter(({ kind }) => kind === 'refused'), { timeout: 5_000 })
    .toHaveLength(6);
});

test('killed and started again: what happened meanwhile is told once, and everything is as before', async () => {
  const { homebridge } = house;
  const garage = house.gate('Garage');
  const mark = garage.mark();
  await homebridge.kill();
  expect(await listInstances(homebridge.storage)).toMatchObject([{ state: 'stale' }]);
  await garage.disconnected(mark);
  await garage.press();
  await garage.sensor('closed', mark);
  const killed = Math.max(...(await journal()).map(({ recordedAt }) => recordedAt));

  await homebridge.start();
  await garage.authenticated(mark);
  // By when it was recorded: the device's own time has tenths of a second, and may lie before the kill.
  const told = async (): Promise<JournalEntry[]> =>
    (await journal()).filter(({ recordedAt, device }) => recordedAt > killed && device?.name === 'Garage');
  await expect.poll(told).toMatchObject([
    { kind: 'relay-triggered', by: { name: 'kitchen tablet' } },
    { kind: 'closed', by: { name: 'kitchen tablet', inferred: true } },
  ]);
  for (const { at, recordedAt } of await told()) expect(at).toBeLessThan(recordedAt);

  await withChannel(async (channel) => {
    expect((await channel.call('status', {})).devices).toHaveLength(2);
    await expect.poll(async () => (await channel.call('health', {})).ok, { timeout: 10_000 }).toBe(true);
  });
  expect(await told()).toHaveLength(2);
});

test('stopped: nothing is left but the journal, which is its owner’s alone', async () => {
  const { homebridge } = house;
  await homebridge.stop();
  expect(await listInstances(homebridge.storage)).toEqual([]);
  await expect(connectChannel(homebridge.storage)).rejects.toMatchObject({ code: 'NO_PLUGIN' });
  expect((await journal()).at(-1)).toMatchObject({ kind: 'plugin-stopped' });
  expect((await stat(journalPath(homebridge.storage))).mode & 0o777).toBe(0o600);
});
