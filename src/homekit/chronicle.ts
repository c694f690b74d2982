import type { Clock } from '../base/clock.ts';
import { Signal } from '../base/emitter.ts';
import type { Log } from '../base/log.ts';
import type { JournalConfig } from '../config/journal.ts';
import { describe } from '../journal/describe.ts';
import { makeEntry, type JournalDraft, type JournalEntry } from '../journal/entry.ts';
import { Journal, journalPath } from '../journal/journal.ts';
import type { JournalQuery } from '../journal/query.ts';

export interface ChronicleOptions {
  readonly config: JournalConfig;
  /** Homebridge's. */
  readonly storagePath: string;
  /** The child bridge; undefined on the main one. */
  readonly instance: string | undefined;
  readonly clock: Clock;
  /** Of the platform: an entry names its device. */
  readonly log: Log;
}

const DAY = 24 * 60 * 60 * 1000;

/** Everything that happens goes through here: into the log, into the journal if one is kept, and to who listens. */
export class Chronicle {
  readonly recorded = new Signal<JournalEntry>();
  readonly #options: ChronicleOptions;
  readonly #journal: Journal | undefined;

  constructor(options: ChronicleOptions) {
    this.#options = options;
    const { clock, config, instance, log, storagePath } = options;
    if (!config.enabled) return;
    this.#journal = new Journal({
      path: journalPath(storagePath, instance),
      clock,
      log,
      maxBytes: config.maxMegabytes * 1_000_000,
      maxAge: config.maxDays * DAY,
    });
    this.#journal.recorded.on((entry) => this.recorded.emit(entry));
  }

  /** @param level at which its line goes to the log; left out where the log has it already */
  record(draft: JournalDraft, level?: 'info' | 'debug'): void {
    const { clock, log } = this.#options;
    const entry = makeEntry(draft, clock.now());
    if (level) log[level](draft.old ? `${describe(entry)} (told late)` : describe(entry));
    if (this.#journal) this.#journal.record(draft);
    else this.recorded.emit(entry);
  }

  /** The newest first; nothing where no journal is kept. */
  async *query(query: JournalQuery): AsyncGenerator<JournalEntry> {
    if (this.#journal) yield* this.#journal.query(query);
  }

  /** Resolves when everything is on disk, or could not be written. */
  async close(): Promise<void> {
    await this.#journal?.close();
    this.recorded.clear();
  }
}
