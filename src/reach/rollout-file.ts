import { watch } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { systemCode } from '../base/errors.ts';
import { ReachError } from './errors.ts';
import { decodeText, parseRolloutText, type RolloutData } from './rollout-data.ts';

export interface RolloutFileOptions {
  readonly path: string;
  /** Milliseconds to wait for the client to rewrite a file that has served its request already. */
  readonly patience: number;
  /** Whether a request with this GUID was made before. */
  readonly used: (requestId: string) => boolean;
  readonly signal?: AbortSignal;
}

const LARGEST_FILE = 64 * 1024;
/** For folders that do not tell of changes, as on network drives. */
const POLL_INTERVAL = 1_000;

/**
 * The data in the rollout file, once it is fresh: the client rewrites the file at its start and after every
 * request, so data that was used means that it has not got round to it yet, and so does half a file. Both are
 * waited for.
 * @throws ReachError ROLLOUT_DATA_USED or NO_ROLLOUT_DATA after `patience`; a missing file fails at once.
 */
export async function readRolloutFile(options: RolloutFileOptions, clock: Clock): Promise<RolloutData> {
  const { path, patience, used, signal } = options;
  const end = clock.monotonic() + patience;
  // Watching begins before the first reading, so that no rewrite falls between them.
  const changes = new FolderChanges(path);
  try {
    for (let first = true; ; first = false) {
      const found = await attempt(path, used);
      if ('data' in found) return found.data;
      // A file that goes missing later is one that is being replaced.
      const hopeless = first && found.unreadable;
      if (hopeless || signal?.aborted || clock.monotonic() >= end) throw found.error;
      await changes.next(Math.min(POLL_INTERVAL, end - clock.monotonic()), clock, signal);
    }
  } finally {
    changes.close();
  }
}

type Attempt = { readonly data: RolloutData } | { readonly error: ReachError; readonly unreadable: boolean };

async function attempt(path: string, used: (requestId: string) => boolean): Promise<Attempt> {
  const where = `the rollout file ${path}`;
  let data: RolloutData;
  try {
    data = parseRolloutText(decodeText(await readSmall(path)), where);
  } catch (error) {
    if (error instanceof ReachError) return { error, unreadable: false };
    const message = `${where} ${whyUnreadable(error)}.`;
    return { error: new ReachError('NO_ROLLOUT_DATA', message), unreadable: true };
  }
  if (!used(data.requestId)) return { data };
  const error = new ReachError(
    'ROLLOUT_DATA_USED',
    `The data in ${where} has served its one request. The TeamViewer client rewrites it after each request and ` +
      'at its start: check that the client is running.',
  );
  return { error, unreadable: false };
}

async function readSmall(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(LARGEST_FILE);
    const { bytesRead } = await file.read(buffer, 0, LARGEST_FILE, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function whyUnreadable(error: unknown): string {
  switch (systemCode(error)) {
    case 'ENOENT':
      return 'does not exist; the TeamViewer client writes it at its start';
    case 'EACCES':
    case 'EPERM':
      return 'may not be read: it takes administrator rights, so a rollout command is the usual way';
    default:
      return `cannot be read (${systemCode(error) ?? 'unknown error'})`;
  }
}

/** Tells of changes in the file's folder: the client may rename a new file into its place. */
class FolderChanges {
  readonly #close: () => void;
  #changed = false;
  #wake: (() => void) | undefined;

  constructor(path: string) {
    const name = basename(path);
    try {
      const watcher = watch(dirname(path), { persistent: false }, (_event, changed) => {
        if (changed !== null && changed !== name) return;
        this.#changed = true;
        this.#wake?.();
      });
      // A folder that cannot be watched is polled, like one that says nothing.
      watcher.on('error', () => undefined);
      this.#close = () => watcher.close();
    } catch {
      this.#close = () => undefined;
    }
  }

  /** Resolves at the next change, or after `limit` milliseconds. */
  async next(limit: number, clock: Clock, signal: AbortSignal | undefined): Promise<void> {
    if (!this.#changed) {
      await new Promise<void>((resolve) => {
        const timer = clock.after(limit, resolve);
        this.#wake = () => {
          timer.cancel();
          resolve();
        };
        signal?.addEventListener('abort', this.#wake, { once: true });
      });
      if (this.#wake) signal?.removeEventListener('abort', this.#wake);
      this.#wake = undefined;
    }
    this.#changed = false;
  }

  close(): void {
    this.#close();
  }
}
