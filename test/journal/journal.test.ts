import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { timeOf, type JournalDraft, type JournalEntry } from '../../src/journal/entry.ts';
import { Journal, journalPath, readJournal, type JournalOptions } from '../../src/journal/journal.ts';
import { parseJournalQuery, type JournalQuery } from '../../src/journal/query.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { RecordingLog } from '../helpers/recording-log.ts';
import { makeTempFolder, removeTempFolder } from '../helpers/temp-folder.ts';

const GARAGE = { id: 'a1', name: 'Garage' };
const GATE = { id: 'b2', name: 'Gate' };
const DAY = 24 * 60 * 60 * 1000;

let storage: string;
let path: string;
let clock: FakeClock;
let log: RecordingLog;

beforeEach(() => {
  storage = makeTempFolder('journal');
  path = journalPath(storage);
  clock = new FakeClock();
  log = new RecordingLog();
});

afterEach(() => removeTempFolder(storage));

function makeJournal(options: Partial<JournalOptions> = {}): Journal {
  return new Journal({ path, clock, log, ...options });
}

async function all(entries: AsyncIterable<JournalEntry>): Promise<JournalEntry[]> {
  const list: JournalEntry[] = [];
  for await (const entry of entries) list.push(entry);
  return list;
}

/** Numbered entries, so that order can be seen. */
function numbered(n: number): JournalDraft {
  return { kind: 'other-event', at: clock.now(), device: GARAGE, detail: { n } };
}

function numbers(entries: readonly JournalEntry[]): unknown[] {
  return entries.map((entry) => entry.detail?.['n']);
}

describe('the journal', () => {
  it('is on disk in order, one line each, readable by its owner alone', async () => {
    const journal = makeJournal();
    for (let n = 0; n < 200; n++) journal.record(numbered(n));
    await journal.flush();
    for (let n = 200; n < 205; n++) {
      journal.record(numbered(n));
      await journal.flush();
    }
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as JournalEntry).detail?.['n'])).toEqual(
      Array.from({ length: 205 }, (_, n) => n),
    );
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await journal.close();
    expect(log.lines).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('is read newest first, also while it is not on disk yet and by who comes later', async () => {
    const journal = makeJournal();
    for (let n = 0; n < 5; n++) journal.record(numbered(n));
    expect(numbers(await all(journal.query()))).toEqual([4, 3, 2, 1, 0]);
    expect(numbers(await all(readJournal(path, { limit: 2 })))).toEqual([4, 3]);
    await journal.close();
    expect(numbers(await all(makeJournal().query()))).toEqual([4, 3, 2, 1, 0]);
  });

  it('has no entries where there is no file', async () => {
    expect(await all(makeJournal().query())).toEqual([]);
    expect(await all(readJournal(path))).toEqual([]);
    expect(log.lines).toEqual([]);
  });

  it('takes nothing after it was closed', async () => {
    const journal = makeJournal();
    await journal.close();
    journal.record(numbered(1));
    await journal.flush();
    expect(existsSync(path)).toBe(false);
  });

  it('tells the processes on one storage apart by their instance', () => {
    expect(journalPath('/s', '0E:12:AB')).toBe(join('/s', 'gatehouse', 'journal-0e-12-ab.jsonl'));
    expect(journalPath('/s')).toBe(join('/s', 'gatehouse', 'journal.jsonl'));
  });

  it('is read in pieces, as far as it is wanted', async () => {
    const journal = makeJournal();
    for (let n = 0; n < 3000; n++) journal.record(numbered(n));
    await journal.flush();
    const iterator = journal.query();
    expect((await iterator.next()).value).toMatchObject({ detail: { n: 2999 } });
    await iterator.return(undefined);
    expect(numbers(await all(journal.query({ limit: 3 })))).toEqual([2999, 2998, 2997]);
    expect(numbers(await all(journal.query()))).toEqual(Array.from({ length: 3000 }, (_, n) => 2999 - n));
  });
});

describe('what happened while nobody listened', () => {
  it('stands where it happened, not where it was recorded', async () => {
    const journal = makeJournal();
    const start = clock.now();
    const at = async (time: number, happened: number | undefined, n: number): Promise<void> => {
      await clock.advance(start + time - clock.now());
      journal.record({
        ...numbered(n),
        at: happened === undefined ? undefined : start + happened,
        old: true,
      });
    };
    await at(0, 0, 0);
    await at(1000, 1000, 1);
    await at(5000, 5000, 5);
    // After an outage of the device: what it did at 500, 2000 and 4000, and at a time that nobody knows.
    await at(9000, 500, 2);
    await at(9000, 2000, 3);
    await at(9000, 4000, 4);
    await at(9000, undefined, 8);
    await at(9500, 9500, 9);
    expect(numbers(await all(journal.query()))).toEqual([9, 8, 5, 4, 3, 1, 2, 0]);
    expect(numbers(await all(journal.query({ since: start + 600, until: start + 4500 })))).toEqual([4, 3, 1]);
    await journal.close();
  });

  it('is in order of time for any order of recording', async () => {
    const journal = makeJournal();
    const start = clock.now();
    for (let n = 0; n < 500; n++) {
      await clock.advance(1000);
      const late = n % 7 === 0 ? (n * 7919) % (n * 1000 + 1) : 0;
      journal.record({ ...numbered(n), at: clock.now() - late });
    }
    const times = (await all(journal.query())).map(timeOf);
    expect(times).toHaveLength(500);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    expect(times.at(-1)).toBeGreaterThanOrEqual(start);
    await journal.close();
  });
});

describe('queries', () => {
  const anna = { keyNr: 3, keyType: 'unique key', via: 'wifi', name: 'Anna' };
  const guest = { keyNr: 9, keyType: 'guest key', via: 'internet' };

  it.each<[JournalQuery, number[]]>([
    [{}, [5, 4, 3, 2, 1, 0]],
    [{ device: 'garage' }, [4, 3, 1, 0]],
    [{ device: 'b2' }, [5, 2]],
    [{ device: 'nowhere' }, []],
    [{ kinds: ['opened'] }, [5, 0]],
    [{ kinds: ['opened', 'closed'] }, [5, 3, 0]],
    [{ kinds: [] }, []],
    [{ person: 'ANNA' }, [3, 0]],
    [{ person: '9' }, [5]],
    [{ person: 'guest key 9' }, [5]],
    [{ limit: 2 }, [5, 4]],
    [{ device: 'Garage', kinds: ['opened', 'closed'], person: 'Anna', limit: 1 }, [3]],
  ])('%j', async (query, expected) => {
    const journal = makeJournal();
    const drafts: JournalDraft[] = [
      { kind: 'opened', device: GARAGE, by: anna },
      { kind: 'doorbell', device: GARAGE },
      { kind: 'doorbell', device: GATE },
      { kind: 'closed', device: GARAGE, by: anna },
      { kind: 'restarted', device: GARAGE },
      { kind: 'opened', device: GATE, by: guest },
    ];
    for (const [n, draft] of drafts.entries()) {
      journal.record({ ...draft, at: clock.now(), detail: { n } });
      await clock.advance(1000);
    }
    expect(numbers(await all(journal.query(query)))).toEqual(expected);
    await journal.close();
  });

  it.each<[unknown, unknown]>([
    [undefined, {}],
    [{}, {}],
    [{ limit: 5, device: 'x', since: 1, until: 2, person: 'y', kinds: ['opened'] }, { limit: 5 }],
    [[], /object/],
    ['all', /object/],
    [{ limit: 0 }, /limit/],
    [{ limit: 1.5 }, /limit/],
    [{ limit: '5' }, /limit/],
    [{ device: 5 }, /device/],
    [{ person: {} }, /person/],
    [{ since: 'yesterday' }, /since/],
    [{ until: Number.NaN }, /until/],
    [{ kinds: 'opened' }, /kinds/],
    [{ kinds: ['opened', 'eaten'] }, /kinds/],
  ])('from outside: %j', (value, expected) => {
    const query = parseJournalQuery(value);
    if (expected instanceof RegExp) expect(query).toMatch(expected);
    else expect(query).toMatchObject(expected as object);
  });
});

describe('following', () => {
  it('yields what is recorded from the call on, filtered, until the signal', async () => {
    const journal = makeJournal();
    const controller = new AbortController();
    journal.record(numbered(0));
    const following = journal.follow({ query: { device: 'garage' }, signal: controller.signal });
    journal.record(numbered(1));
    journal.record({ kind: 'opened', device: GATE });
    expect((await following.next()).value).toMatchObject({ detail: { n: 1 } });
    const next = following.next();
    journal.record(numbered(2));
    expect((await next).value).toMatchObject({ detail: { n: 2 } });
    const last = following.next();
    controller.abort();
    expect(await last).toEqual({ done: true, value: undefined });
    expect(journal.recorded.size).toBe(0);
    await journal.close();
  });

  it('ends with the journal, and leaves no listener when its reader leaves', async () => {
    const journal = makeJournal();
    const left = journal.follow();
    journal.record(numbered(0));
    for await (const entry of left) {
      expect(entry.detail).toEqual({ n: 0 });
      break;
    }
    expect(journal.recorded.size).toBe(0);
    const following = journal.follow();
    const end = following.next();
    await journal.close();
    expect(await end).toEqual({ done: true, value: undefined });
    expect(await all(journal.follow({ signal: AbortSignal.abort() }))).toEqual([]);
  });

  it('does not keep everything for somebody who never reads', async () => {
    const journal = makeJournal({ path: join(storage, 'j') });
    const controller = new AbortController();
    const following = journal.follow({ signal: controller.signal });
    for (let n = 0; n < 1500; n++) journal.record(numbered(n));
    controller.abort();
    const kept = await all(following);
    expect(numbers(kept)).toEqual(Array.from({ length: 1000 }, (_, n) => 500 + n));
    await journal.close();
  });
});

describe('after a crash', () => {
  const whole = (n: number): string =>
    JSON.stringify({ v: 1, recordedAt: Date.UTC(2025, 11, 1) + n, kind: 'opened', detail: { n } });

  it.each<[string, string, unknown[]]>([
    ['a torn last line', `${whole(0)}\n${whole(1)}\n${whole(2).slice(0, 30)}`, [0, 1]],
    ['only the end of line torn off', `${whole(0)}\n${whole(1)}`, [0, 1]],
    ['a last line of zeros', `${whole(0)}\n${'\0'.repeat(5000)}`, [0]],
    ['nothing but a torn line', whole(0).slice(0, 20), []],
    ['nothing but zeros, many', '\0'.repeat(200_000), []],
    ['a torn line that ends inside a letter', `${whole(0)}\n{"v":1,"x":"\u00c3`, [0]],
    ['an empty file', '', []],
  ])('%s is skipped, and gone with the next append', async (_, content, kept) => {
    const journal = makeJournal();
    await journal.flush();
    journal.record(numbered(99));
    await journal.close();
    writeFileSync(path, content);
    expect(numbers(await all(readJournal(path)))).toEqual(kept.toReversed());
    const next = makeJournal();
    next.record(numbered(7));
    await next.close();
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as JournalEntry).detail?.['n'])).toEqual([...kept, 7]);
    expect(readFileSync(path, 'utf8').endsWith('\n')).toBe(true);
  });

  it('also in mid-life: what somebody else left at the end is repaired', async () => {
    const journal = makeJournal();
    journal.record(numbered(1));
    await journal.flush();
    appendFileSync(path, '{"torn');
    journal.record(numbered(2));
    await journal.close();
    expect(numbers(await all(readJournal(path)))).toEqual([2, 1]);
    expect(readFileSync(path, 'utf8')).not.toContain('torn');
  });

  it('skips lines in the middle that it does not know', async () => {
    const journal = makeJournal();
    journal.record(numbered(1));
    await journal.flush();
    appendFileSync(path, `garbage\n{"v":9,"recordedAt":1}\n${'x'.repeat(200_000)}\n`);
    journal.record(numbered(2));
    expect(numbers(await all(journal.query()))).toEqual([2, 1]);
    await journal.close();
  });
});

describe('bounds', () => {
  it('drops the oldest part when the file has grown too large, whole lines, newest kept', async () => {
    const journal = makeJournal({ maxBytes: 20_000 });
    for (let n = 0; n < 1000; n++) {
      journal.record(numbered(n));
      if (n % 10 === 0) await journal.flush();
    }
    await journal.flush();
    expect(statSync(path).size).toBeLessThanOrEqual(21_000);
    const kept = numbers(await all(journal.query()));
    expect(kept.length).toBeGreaterThan(80);
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, index) => 999 - index));
    expect(readdirSync(dirname(path))).toEqual(['journal.jsonl']);
    await journal.close();
  });

  it('drops what is too old, at last a little later', async () => {
    const journal = makeJournal({ maxAge: 100 * DAY });
    for (let n = 0; n < 20; n++) {
      journal.record(numbered(n));
      await journal.flush();
      await clock.advance(10 * DAY);
    }
    const kept = await all(journal.query());
    const ages = kept.map((entry) => clock.now() - entry.recordedAt);
    expect(Math.max(...ages)).toBeLessThanOrEqual(120 * DAY);
    expect(kept.length).toBeGreaterThanOrEqual(9);
    await journal.close();
  });

  it('keeps what was recorded before the clock was set, as long as its neighbours', async () => {
    clock = new FakeClock();
    const journal = makeJournal({ maxAge: 100 * DAY });
    journal.record(numbered(0));
    await journal.flush();
    await clock.advance(50 * DAY);
    const wall = clock.now();
    clock.jumpWall(-wall);
    journal.record(numbered(1));
    await journal.flush();
    clock.jumpWall(wall);
    journal.record(numbered(2));
    await journal.flush();
    await clock.advance(60 * DAY);
    journal.record(numbered(3));
    await journal.flush();
    expect(numbers(await all(journal.query())).toSorted()).toEqual([2, 3]);
    await journal.close();
  });

  it('keeps the lines of a newer version when it makes the file smaller', async () => {
    const future = JSON.stringify({ v: 2, recordedAt: clock.now(), what: 'new' });
    const journal = makeJournal({ maxBytes: 10_000 });
    for (let n = 0; n < 70; n++) journal.record(numbered(n));
    await journal.flush();
    appendFileSync(path, `${future}\nrubbish\n`);
    for (let n = 0; n < 20; n++) journal.record(numbered(n));
    await journal.flush();
    const content = readFileSync(path, 'utf8');
    expect(Buffer.byteLength(content)).toBeLessThan(9_000);
    expect(content).toContain(future);
    expect(content).not.toContain('rubbish');
    await journal.close();
  });
});

describe('a disk that cannot be used', () => {
  it('is said once, loses nothing while memory lasts, and is told when it is well again', async () => {
    writeFileSync(join(storage, 'gatehouse'), 'a file where the folder should be');
    const journal = makeJournal();
    for (let n = 0; n < 10; n++) {
      journal.record(numbered(n));
      await journal.flush();
    }
    expect(log.at('warn')).toEqual([expect.stringMatching(/journal\.jsonl: cannot be written \(.+\)/)]);
    expect(numbers(await all(journal.query()))).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    rmSync(join(storage, 'gatehouse'));
    journal.record(numbered(10));
    await journal.flush();
    expect(log.at('info')).toEqual([expect.stringContaining('can be written again; nothing was lost')]);
    expect(numbers(await all(readJournal(path)))).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    await journal.close();
  });

  it.runIf(existsSync('/dev/full'))('full: the newest wait in memory, bounded', async () => {
    const full = join(storage, 'full.jsonl');
    symlinkSync('/dev/full', full);
    const journal = makeJournal({ path: full });
    for (let n = 0; n < 6000; n++) {
      journal.record(numbered(n));
      if (n % 500 === 0) await journal.flush();
    }
    await journal.flush();
    expect(log.at('warn').filter((line) => line.includes('cannot be written'))).toHaveLength(1);
    rmSync(full);
    await journal.close();
    const kept = numbers(await all(readJournal(full)));
    expect(kept[0]).toBe(5999);
    expect(kept.length).toBeGreaterThanOrEqual(5000);
    expect(kept.length).toBeLessThanOrEqual(5100);
    expect(log.at('info')).toEqual([expect.stringMatching(/\d+ entries were lost/)]);
  });

  it('a folder that is removed meanwhile is made again', async () => {
    const journal = makeJournal();
    journal.record(numbered(1));
    await journal.flush();
    rmSync(dirname(path), { recursive: true });
    journal.record(numbered(2));
    await journal.flush();
    expect(numbers(await all(journal.query()))).toEqual([2]);
    expect(log.lines).toEqual([]);
    await journal.close();
  });

  it('cannot be read: said once, no throw; but who reads without a journal is told', async () => {
    const journal = makeJournal({ path: storage });
    expect(await all(journal.query())).toEqual([]);
    expect(await all(journal.query())).toEqual([]);
    expect(log.at('warn')).toEqual([expect.stringContaining('cannot be read')]);
    await expect(all(readJournal(storage))).rejects.toThrow('EISDIR');
    await journal.close();
  });
});
