import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeFileAtomic } from '../base/atomic-file.ts';
import { parseJson } from '../base/json.ts';
import { readAt } from './backwards.ts';
import { recordedAtOf } from './entry.ts';

export interface JournalBounds {
  /** Bytes. When the file has grown beyond, its oldest part is dropped. */
  readonly maxBytes: number;
  /** Milliseconds since recording. What is older is dropped, some days later at most. */
  readonly maxAge: number;
}

/** What is left of `maxBytes` after compaction, so that the next one is far away. */
const KEEP = 0.75;
/** Waiting a little beyond `maxAge` makes compaction by age rare. */
const AGE_SLACK = 1.05;
/** Where the beginning of a torn last line is looked for, and where the first line is read. */
const PIECE = 64 * 1024;
const NEWLINE = 0x0a;

/**
 * A file of lines that is only ever appended to, and replaced as a whole where it grew too large or too old.
 * One writer at a time: the journal sees to that.
 */
export class JournalFile {
  readonly #path: string;
  readonly #bounds: JournalBounds;
  /** How long the file was after our last write; any other length means that its end must be looked at. */
  #size: number | undefined;
  /** When the first line was recorded; undefined until known. */
  #oldest: number | undefined;

  constructor(path: string, bounds: JournalBounds) {
    this.#path = path;
    this.#bounds = bounds;
  }

  /**
   * Appends the lines and waits for the disk. What is left of a line that a crash tore goes first.
   * @throws the file system's own error; none of the lines is in the file then, as far as it can be undone.
   */
  async append(lines: readonly string[]): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    const file = await open(this.#path, 'a+', 0o600);
    try {
      const found = (await file.stat()).size;
      const start = found === this.#size ? found : await this.#repair(file, found);
      this.#size = undefined;
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
      try {
        await file.appendFile(bytes);
        await file.datasync();
      } catch (error) {
        await this.#truncate(start).catch(() => undefined);
        throw error;
      }
      this.#size = start + bytes.length;
    } finally {
      await file.close();
    }
  }

  /**
   * Drops the oldest part where the bounds ask for it.
   * @throws the file system's own error; the file is as it was then.
   */
  async compact(now: number): Promise<void> {
    const { maxBytes, maxAge } = this.#bounds;
    this.#oldest ??= await this.#readOldest();
    const tooOld = this.#oldest !== undefined && now - this.#oldest > maxAge * AGE_SLACK;
    if (!tooOld && (this.#size ?? 0) <= maxBytes) return;
    const kept = dropOld(await this.#readEnd(maxBytes * KEEP), now - maxAge);
    const content = kept.map((line) => `${line}\n`).join('');
    await writeFileAtomic(this.#path, content);
    this.#size = Buffer.byteLength(content);
    this.#oldest = kept.map(recordedAtOf).find((time) => time !== undefined);
  }

  /** Makes the file end with a whole line. @returns its length then. */
  async #repair(file: FileHandle, size: number): Promise<number> {
    this.#oldest = undefined;
    let tail = Buffer.alloc(0);
    let start = size;
    let newline = -1;
    while (start > 0 && newline < 0) {
      const from = Math.max(0, start - PIECE);
      tail = Buffer.concat([(await readAt(file, from, start)) ?? Buffer.alloc(0), tail]);
      start = from;
      newline = tail.lastIndexOf(NEWLINE);
    }
    const torn = tail.subarray(newline + 1);
    if (torn.length === 0) return size;
    // Only its end of line was lost.
    if (parseJson(torn.toString('utf8')) !== undefined) {
      await file.appendFile('\n');
      return size + 1;
    }
    const whole = size - torn.length;
    await this.#truncate(whole);
    return whole;
  }

  /** By a handle of its own: Windows does not shorten a file that is open for appending. */
  async #truncate(length: number): Promise<void> {
    const file = await open(this.#path, 'r+');
    try {
      await file.truncate(length);
    } finally {
      await file.close();
    }
  }

  async #readOldest(): Promise<number | undefined> {
    const file = await open(this.#path, 'r');
    try {
      const start = await readAt(file, 0, Math.min(PIECE, (await file.stat()).size));
      return start
        ?.toString('utf8')
        .split('\n')
        .map(recordedAtOf)
        .find((time) => time !== undefined);
    } finally {
      await file.close();
    }
  }

  /** The whole lines in the last so many bytes; lines that are no entry of any version are left out. */
  async #readEnd(bytes: number): Promise<string[]> {
    const file = await open(this.#path, 'r');
    try {
      const { size } = await file.stat();
      const start = Math.max(0, Math.ceil(size - bytes));
      const end = (await readAt(file, start, size)) ?? Buffer.alloc(0);
      const text = end.subarray(start === 0 ? 0 : end.indexOf(NEWLINE) + 1).toString('utf8');
      return text.split('\n').filter((line) => recordedAtOf(line) !== undefined);
    } finally {
      await file.close();
    }
  }
}

/**
 * Only from the beginning: an entry from before the clock was set, which claims to be from 1970, stays as
 * long as what surrounds it.
 */
function dropOld(lines: readonly string[], cutoff: number): readonly string[] {
  const first = lines.findIndex((line) => (recordedAtOf(line) ?? 0) >= cutoff);
  return first < 0 ? [] : lines.slice(first);
}
