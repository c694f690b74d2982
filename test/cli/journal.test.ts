import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { makeEntry, type JournalDraft } from '../../src/journal/entry.ts';
import { csvLine } from '../../src/cli/csv.ts';
import { localTime, pastTime } from '../../src/cli/time.ts';
import { Child } from '../helpers/child.ts';
import { FakePlugin } from './fake-plugin.ts';
import { gatehouse, gatehouseProgram, Home, MAIN } from './gatehouse.ts';

const HOUR = 3_600_000;
const now = Math.floor(systemClock.now() / 1000) * 1000;
const at = (hoursAgo: number): number => now - hoursAgo * HOUR;
const garage = { id: '1', name: 'Garage' };
const barn = { id: '2', name: 'Barn' };
const ann = { keyNr: 3, keyType: 'unique key', via: 'bluetooth', name: 'Ann' };

const DRAFTS: readonly (JournalDraft & { readonly at: number })[] = [
  { kind: 'plugin-started', at: at(50) },
  { kind: 'opened', at: at(30), device: garage, by: ann },
  { kind: 'closed', at: at(29), device: garage, old: true },
  { kind: 'doorbell', at: at(3), device: barn },
  { kind: 'opened', at: at(2), device: barn, by: { keyNr: 7, keyType: 'guest key', via: 'internet' } },
];
const lineOf = (draft: JournalDraft & { readonly at: number }): string =>
  JSON.stringify(makeEntry(draft, draft.at));

let home: Home;

beforeEach(async () => {
  home = await Home.build({});
  home.writeFile('gatehouse/journal.jsonl', `${DRAFTS.slice(0, 3).map(lineOf).join('\n')}\nbroken\n`);
  // Another bridge on the same storage.
  home.writeFile('gatehouse/journal-child.jsonl', `${DRAFTS.slice(3).map(lineOf).join('\n')}\n`);
});
afterEach(() => home.demolish());

const LINES = [
  'Gatehouse started',
  'Garage opened by Ann over Bluetooth',
  'Garage closed (told late)',
  'Doorbell pushed at Barn',
  'Barn opened by guest key 7 over the internet',
];

describe('gatehouse journal', { timeout: 30_000 }, () => {
  it('shows who did what, and when, of every bridge, the newest last, as a program', async () => {
    const { code, out, error } = await gatehouseProgram(['journal', ...home.here]);
    expect([code, error]).toEqual([0, '']);
    const expected = DRAFTS.map((draft, index) => `${localTime(draft.at)}  ${LINES[index]!}`);
    expect(out.split('\n')).toEqual([...expected, '']);
  });

  it.each([
    ['a device', ['--device', 'barn'], [3, 4]],
    ['kinds', ['--kind', 'opened', 'doorbell'], [1, 3, 4]],
    ['a person', ['--person', 'ann'], [1]],
    ['a key by its number', ['--person', '7'], [4]],
    ['an age', ['--since', '4h'], [3, 4]],
    ['a date', ['--since', new Date(at(29.5)).toISOString(), '--until', '4h'], [2]],
    ['a number', ['--limit', '2'], [3, 4]],
  ])('shows only what is asked for: %s', async (_what, flags, wanted) => {
    const { json } = await gatehouse('journal', '--json', ...flags, ...home.here);
    expect(json.map((entry) => DRAFTS.findIndex((draft) => draft.at === entry['at']))).toEqual(wanted);
  });

  it('has entries as they are on disk in its JSON, with their line', async () => {
    const { json } = await gatehouse('journal', '--json', '--person', 'ann', ...home.here);
    expect(json).toEqual([{ ...makeEntry(DRAFTS[1]!, at(30)), line: LINES[1] }]);
  });

  it('names keys as the config does now, each device its own', async () => {
    const named = await Home.build({ Barn: { config: { keyNames: [{ keyNumber: 7, name: 'Bob' }] } } });
    named.writeFile('gatehouse/journal.jsonl', `${DRAFTS.map(lineOf).join('\n')}\n`);
    const { out } = await gatehouse('journal', '--person', 'bob', ...named.here);
    expect(out).toMatch(/^[-\d :]+ {2}Barn opened by Bob over the internet\n$/);
    await named.demolish();
  });

  it('makes a table for a spreadsheet', async () => {
    const { out } = await gatehouse('journal', '--csv', '--since', '31h', '--until', '2d', ...home.here);
    expect(out).toBe('time,device,kind,by,key,way,told late,text\n');
    const lines = (await gatehouse('journal', '--csv', '--person', 'ann', ...home.here)).out.split('\n');
    expect(lines[1]).toBe(
      `${new Date(at(30)).toISOString()},Garage,opened,Ann,3,bluetooth,,Garage opened by Ann over Bluetooth`,
    );
  });

  it.each([
    ['both forms', ['--csv', '--json'], '--csv and --json exclude each other.'],
    ['a time that is none', ['--since', 'yesterday'], 'a date like 2026-07-28, or an age like 30m'],
    ['a kind that is none', ['--kind', 'dance'], 'Allowed choices are opened, closed'],
  ])('refuses %s', async (_what, flags, message) => {
    const { code, out, error } = await gatehouse('journal', ...flags, ...home.here);
    expect([code, out.includes('{"ok":true')]).toEqual([2, false]);
    expect(error + out).toContain(message);
  });

  it('is empty where the plugin never ran', async () => {
    const empty = await Home.build({});
    expect(await gatehouse('journal', ...empty.here)).toMatchObject({ code: 0, out: '', error: '' });
    await empty.demolish();
  });

  it('follows the running plugin, and tells nothing twice', async () => {
    const plugin = await FakePlugin.start(home.storage, []);
    const child = new Child({
      name: 'gatehouse journal',
      args: [MAIN, 'journal', '--follow', '--limit', '1', '--device', 'Barn', ...home.here],
    });
    try {
      const next = (text: RegExp): Promise<unknown> =>
        child.lines.waitFor(String(text), (line) => text.test(line.text));
      await next(/Barn opened by guest key 7/);
      const tell = (draft: JournalDraft & { readonly at: number }): void =>
        plugin.server.publish('journal', { entry: makeEntry(draft, draft.at), line: '' });
      tell(DRAFTS[4]!);
      tell({ kind: 'doorbell', at: now, device: garage });
      tell({ kind: 'closed', at: now, device: barn });
      await next(/Barn closed$/);
      expect(child.lines.since(0).map(({ text }) => text.slice(21))).toEqual([LINES[4], 'Barn closed']);
      expect(await child.stop('SIGINT')).toEqual({ code: 0, signal: null });
    } finally {
      await child.stop();
      await plugin.stop();
    }
  });

  it('cannot follow a plugin that does not run: exit code 3', async () => {
    const { code, error } = await gatehouse('journal', '--follow', ...home.here);
    expect([code, error]).toEqual([
      3,
      `gatehouse: No Gatehouse plugin runs on ${home.storage}. Start Homebridge, or say where its storage is.\n`,
    ]);
  });
});

describe('a line of a table', () => {
  it.each([
    [['a', 'b'], 'a,b'],
    [['a,b', 'say "no"'], '"a,b","say ""no"""'],
    [['two\nlines'], '"two\nlines"'],
    [['=1+1', '@x', '-2', '+3'], "'=1+1,'@x,'-2,'+3"],
    [['', 'x'], ',x'],
  ])('%j is %s', (cells, line) => expect(csvLine(cells)).toBe(line));
});

describe('a time in the past', () => {
  it.each([
    ['30s', now - 30_000],
    ['5m', now - 300_000],
    ['2h', now - 2 * HOUR],
    ['3d', now - 72 * HOUR],
    ['1w', now - 168 * HOUR],
    ['2026-07-28T10:00:00Z', Date.UTC(2026, 6, 28, 10)],
    ['2026-07-28', new Date(2026, 6, 28).getTime()],
  ])('%s', (text, time) => expect(pastTime(text, now)).toBe(time));

  it('is written as it is read', () => {
    const time = new Date(2026, 6, 8, 9, 5, 3).getTime();
    expect(localTime(time)).toBe('2026-07-08 09:05:03');
    expect(pastTime(localTime(time), now)).toBe(time);
  });
});
