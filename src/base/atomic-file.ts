import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Replaces a file as a whole: written to a new file beside it, synced, renamed, and the folder synced, so
 * that after a crash or a power cut the old or the new content is there, never half of one. The folder is
 * made if it is missing.
 * @param mode permissions of the new file; 0600 by default, since it lies beside other people's files.
 * @throws the file system's own error; the old file is untouched then.
 */
export async function writeFileAtomic(path: string, content: string, mode = 0o600): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const temporary = join(folder, `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(content, 'utf8');
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await syncFolder(folder);
}

/** The rename itself is on disk only once the folder is. Windows cannot open a folder, and need not. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // The content is safe already; a file system that does not sync folders loses no more than the rename.
  }
}
