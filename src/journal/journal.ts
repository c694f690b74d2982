import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { Signal } from '../base/emitter.ts';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { valuesOf } from '../base/signal-values.ts';
import { linesBackwards } from './backwards.ts';
import type { KeyNames } from './device-events.ts';
import { makeEntry, parseEntry, type JournalDraft, type JournalEntry } from './entry.ts';
import { JournalFile } from './journal-file.ts';
import { newestFirst } from './newest-first.ts';
import { matches, type JournalQuery } from './query.ts';

export interface JournalOptions {
  /** See {@link journalPath}. One process at a time may write to it. */
  readonly path: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Bytes; 5 MB by default, which is some 25 000 entries. */
  readonly maxBytes?: number;
  /** Milliseconds; 400 days by default. */
  readonly maxAge?: number;
  /** Names for keys in entries that were made before the key had one. */
  readonly keyNames?: KeyNames;
}

const DEFAULT_MAX_BYTES = 5_000_000;
const DEFAULT_MAX_AGE = 400 * 24 * 60 * 60 * 1000;
/** How many entries wait in memory for a disk that cannot be written; beyond, the oldest are lost. */
const MOST_UNWRITTEN = 5000;
const COMPACTION_RETRY = 60 * 60 * 1000;

/**
 * Where the journal lies.
 * @param instance tells two Homebridge processes on one storage apart, for example child bridges.
 */
export function journalPath(storagePath: string, instance?: string): string {
  const suffix = instance === undefined ? '' : `-${instance.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;
  return join(storagePath, 'gatehouse', `journal${suffix}.jsonl`);
}

/**
 * The entries in a journal's file, the newest first, without a running plugin.
 * @throws the file system's own error; a missing file is no entries.
 */
export async function* readJournal(
  path: string,
  query: JournalQuery = {},
  keyNames?: KeyNames,
): AsyncGenerator<JournalEntry> {
  yield* select(parsed(linesBackwards(path)), query, keyNames);
}

/**
 * Who operated what, when: one JSON line for each entry, in a file that is bounded by size and age. A disk
 * that cannot be used is said once and costs the entries, never the caller.
 */
export class Journal {
  /** Every entry as it is taken, before it is on disk. */
  readonly recorded = new Signal<JournalEntry>();
  readonly #options: JournalOptions;
  readonly #file: JournalFile;
  readonly #closing = new AbortController();
  #unwritten: JournalEntry[] = [];
  /** How many of the first of them are being written at this moment. */
  #inBatch = 0;
  #lost = 0;
  /** Monotonic time. */
  #nextCompaction = 0;
  #writing: Promise<void> | undefined;
  readonly #said = new Set<string>();

  constructor(options: JournalOptions) {
    this.#options = options;
    const { path, maxBytes = DEFAULT_MAX_BYTES, maxAge = DEFAULT_MAX_AGE } = options;
    this.#file = new JournalFile(path, { maxBytes, maxAge });
  }

  /** Takes an entry; it is on disk soon after, in order. Never throws. After {@link close} nothing is taken. */
  record(draft: JournalDraft): void {
    if (this.#closing.signal.aborted) return;
    const entry = makeEntry(draft, this.#options.clock.now());
    this.#unwritten.push(entry);
    if (this.#unwritten.length > MOST_UNWRITTEN + this.#inBatch) {
      this.#unwritten.splice(this.#inBatch, 1);
      this.#lost++;
    }
    this.#writing ??= this.#write();
    this.recorded.emit(entry);
  }

  /** The entries asked for, those that happened last first. Ends early when the file cannot be read. */
  async *query(query: JournalQuery = {}): AsyncGenerator<JournalEntry> {
    await this.flush();
    yield* select(this.#backwards(), query, this.#options.keyNames);
  }

  /** The entries from now on, as they are taken; ends with the signal, or with the journal. */
  follow(
    options: { readonly query?: JournalQuery; readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<JournalEntry> {
    const { query = {}, signal } = options;
    const wanted = (entry: JournalEntry): boolean => matches(entry, query, this.#options.keyNames);
    const end = signal ? AbortSignal.any([signal, this.#closing.signal]) : this.#closing.signal;
    return valuesOf(this.recorded, { until: end, wanted });
  }

  /** Resolves when everything that was taken is on disk, or could not be written. Never rejects. */
  async flush(): Promise<void> {
    await this.#writing;
    if (this.#unwritten.length > 0) await (this.#writing ??= this.#write());
  }

  /** Writes what is left and ends everybody who follows. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.flush();
    this.recorded.clear();
  }

  async *#backwards(): AsyncGenerator<JournalEntry> {
    const unwritten = this.#unwritten.toReversed();
    yield* unwritten;
    try {
      // What was not written a moment ago may be in the file by now.
      const seen = new Set(unwritten.map((entry) => JSON.stringify(entry)));
      for await (const line of linesBackwards(this.#options.path)) {
        const entry = seen.delete(line) ? undefined : parseEntry(line);
        if (entry) yield entry;
      }
      this.#said.delete('read');
    } catch (error) {
      this.#say('read', `cannot be read (${messageOf(error)})`);
    }
  }

  async #write(): Promise<void> {
    try {
      // Whatever else is recorded in this turn goes with the same write.
      await Promise.resolve();
      while (this.#unwritten.length > 0) {
        const batch = [...this.#unwritten];
        this.#inBatch = batch.length;
        await this.#file.append(batch.map((entry) => JSON.stringify(entry)));
        this.#unwritten = this.#unwritten.slice(batch.length);
        this.#inBatch = 0;
        this.#sayRecovered();
        await this.#compact();
      }
    } catch (error) {
      this.#say('write', `cannot be written (${messageOf(error)}); what happens will not be remembered`);
    } finally {
      this.#inBatch = 0;
      this.#writing = undefined;
    }
  }

  /** The file as it is stays usable where this fails, so it is not tried with each entry. */
  async #compact(): Promise<void> {
    const { clock } = this.#options;
    if (clock.monotonic() < this.#nextCompaction) return;
    try {
      await this.#file.compact(clock.now());
      this.#said.delete('compact');
    } catch (error) {
      this.#nextCompaction = clock.monotonic() + COMPACTION_RETRY;
      this.#say('compact', `cannot be made smaller (${messageOf(error)})`);
    }
  }

  #sayRecovered(): void {
    if (!this.#said.delete('write')) return;
    const lost = this.#lost === 0 ? 'nothing was lost' : `${this.#lost} entries were lost`;
    this.#lost = 0;
    this.#options.log.info(`${this.#options.path}: can be written again; ${lost}`);
  }

  #say(kind: string, problem: string): void {
    if (this.#said.has(kind)) return;
    this.#said.add(kind);
    this.#options.log.warn(`${this.#options.path}: ${problem}`);
  }
}

async function* parsed(lines: AsyncIterable<string>): AsyncGenerator<JournalEntry> {
  for await (const line of lines) {
    const entry = parseEntry(line);
    if (entry) yield entry;
  }
}

async function* select(
  entries: AsyncIterable<JournalEntry>,
  query: JournalQuery,
  keyNames: KeyNames | undefined,
): AsyncGenerator<JournalEntry> {
  let left = query.limit ?? Infinity;
  for await (const entry of newestFirst(entries)) {
    if (!matches(entry, query, keyNames)) continue;
    yield entry;
    if (--left <= 0) return;
  }
}
