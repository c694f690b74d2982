import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { messageOf, systemCode } from '../base/errors.ts';
import { isObject, own } from '../base/json.ts';
import type { ChannelClient } from '../channel/client.ts';
import { ChannelError } from '../channel/errors.ts';
import { parseEntry, timeOf, type JournalEntry } from '../journal/entry.ts';
import { journalPath, readJournal } from '../journal/journal.ts';
import { matches, type JournalQuery } from '../journal/query.ts';
import { CliError } from './cli-error.ts';
import type { KeyNamesFor } from './key-names.ts';

/**
 * The last entries of all journals of a storage (each bridge that runs the plugin has one), the newest last.
 * @throws {@link CliError} where a journal is there and cannot be read.
 */
export async function readJournals(
  storage: string,
  { limit, person, ...query }: JournalQuery & { readonly limit: number },
  keyNamesFor: KeyNamesFor = () => undefined,
): Promise<readonly JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for (const path of await journalFiles(storage)) {
    try {
      let left = limit;
      for await (const entry of readJournal(path, query)) {
        if (!matches(entry, { person }, keyNamesFor(entry))) continue;
        entries.push(entry);
        if (--left <= 0) break;
      }
    } catch (error) {
      throw new CliError('BAD_CONFIG', `${path} cannot be read (${messageOf(error)}).`, { cause: error });
    }
  }
  return entries.toSorted((a, b) => timeOf(a) - timeOf(b)).slice(-limit);
}

/** The journals' files; none where the plugin never ran. */
export async function journalFiles(storage: string): Promise<readonly string[]> {
  const usual = journalPath(storage);
  const folder = dirname(usual);
  const stem = basename(usual, '.jsonl');
  try {
    const names = await readdir(folder);
    return names
      .filter((name) => name.startsWith(stem) && name.endsWith('.jsonl'))
      .toSorted()
      .map((name) => join(folder, name));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw new CliError('BAD_CONFIG', `${folder} cannot be read (${messageOf(error)}).`, { cause: error });
  }
}

export interface FollowOptions {
  readonly storage: string;
  readonly query: JournalQuery;
  readonly limit: number;
  readonly keyNamesFor: KeyNamesFor;
  readonly client: ChannelClient;
  readonly signal: AbortSignal;
  readonly print: (entry: JournalEntry) => void;
}

/** What is in the files, then what the running plugin adds, until the signal is aborted. */
export async function followJournal(options: FollowOptions): Promise<void> {
  const { storage, query, limit, keyNamesFor, client, signal, print } = options;
  const notifications = client.notifications({ signal });
  await client.call('subscribe', { topics: ['journal'] });
  const before = await readJournals(storage, { ...query, limit }, keyNamesFor);
  for (const entry of before) print(entry);
  const printed = new Set(before.map((entry) => JSON.stringify(entry)));
  for await (const { data } of notifications) {
    const entry = isObject(data) ? parseEntry(JSON.stringify(own(data, 'entry') ?? null)) : undefined;
    if (!entry || printed.has(JSON.stringify(entry))) continue;
    if (matches(entry, query, keyNamesFor(entry))) print(entry);
  }
  if (!signal.aborted) throw new ChannelError('DISCONNECTED', 'The plugin ended; is Homebridge restarting?');
}
