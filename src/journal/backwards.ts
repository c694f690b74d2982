import { open, type FileHandle } from 'node:fs/promises';
import { systemCode } from '../base/errors.ts';

const CHUNK = 64 * 1024;
/** A longer line is none of ours: it is passed over without being gathered. */
const LONGEST_LINE = 64 * 1024;
const NEWLINE = 0x0a;

/**
 * The lines of a file, the last one first, read in pieces from its end. What is appended meanwhile is not
 * seen, and a file that is replaced meanwhile is read to its old end. No file is no lines.
 * @throws the file system's own error.
 */
export async function* linesBackwards(path: string): AsyncGenerator<string> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw error;
  }
  try {
    yield* read(file);
  } finally {
    await file.close();
  }
}

async function* read(file: FileHandle): AsyncGenerator<string> {
  let end = (await file.stat()).size;
  // The part of a line whose beginning has not been read yet, in pieces, the last one first.
  let pieces: Buffer[] = [];
  while (end > 0) {
    const chunk = await readAt(file, Math.max(0, end - CHUNK), end);
    if (!chunk) return;
    end = Math.max(0, end - CHUNK);
    let lineEnd = chunk.length;
    for (
      let at = chunk.lastIndexOf(NEWLINE);
      at >= 0;
      at = at === 0 ? -1 : chunk.lastIndexOf(NEWLINE, at - 1)
    ) {
      const line = join([...pieces, chunk.subarray(at + 1, lineEnd)]);
      if (line !== undefined) yield line;
      pieces = [];
      lineEnd = at;
    }
    pieces = [...pieces, chunk.subarray(0, lineEnd)];
    // One piece too many is kept, so that the line stays known to be too long.
    if (lengthOf(pieces) > LONGEST_LINE) pieces = [Buffer.alloc(LONGEST_LINE + 1)];
  }
  const first = join(pieces);
  if (first !== undefined) yield first;
}

function join(pieces: readonly Buffer[]): string | undefined {
  const length = lengthOf(pieces);
  if (length === 0 || length > LONGEST_LINE) return undefined;
  return Buffer.concat(pieces.toReversed()).toString('utf8');
}

function lengthOf(pieces: readonly Buffer[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}

/** The bytes from `start` to `end`; undefined where the file has become shorter meanwhile. */
export async function readAt(file: FileHandle, start: number, end: number): Promise<Buffer | undefined> {
  const bytes = Buffer.alloc(end - start);
  for (let done = 0; done < bytes.length;) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, start + done);
    if (bytesRead === 0) return undefined;
    done += bytesRead;
  }
  return bytes;
}
