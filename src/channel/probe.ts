import { lstat } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { systemCode } from '../base/errors.ts';

export type ProbeResult =
  /** Somebody listens. */
  | 'live'
  /** The socket of a process that is gone. */
  | 'stale'
  | 'none'
  /** It belongs to somebody else. */
  | 'forbidden'
  /** Something else is in its place. */
  | 'not a socket';

/** Finds out whether somebody listens at a path, by connecting and saying nothing. Never rejects. */
export async function probe(path: string): Promise<ProbeResult> {
  if (!isPipe(path)) {
    const kind = await kindOf(path);
    if (kind !== 'socket') return kind;
  }
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      resolve('live');
      socket.destroy();
    });
    socket.once('error', (error) => resolve(resultOf(systemCode(error))));
  });
}

/** What a failed connection to a socket file says. */
export function resultOf(code: string | undefined): ProbeResult {
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'none';
  if (code === 'EACCES' || code === 'EPERM') return 'forbidden';
  // EAGAIN: its queue is full, so somebody is there.
  if (code === 'EAGAIN') return 'live';
  return code === 'ENOTSOCK' ? 'not a socket' : 'stale';
}

/**
 * Whether a socket outside of the storage is where only its owner can have put it: temporary folders are
 * everybody's, and the file that names it may be older than what lies there now.
 */
export async function isTrustworthy(path: string, owner: number): Promise<boolean> {
  try {
    const folder = await lstat(dirname(path));
    return folder.isDirectory() && folder.uid === owner && (folder.mode & 0o022) === 0;
  } catch {
    // Then there is no socket either, which is said in its own words.
    return true;
  }
}

export function isPipe(path: string): boolean {
  return path.startsWith('\\\\.\\pipe\\');
}

async function kindOf(path: string): Promise<'socket' | Exclude<ProbeResult, 'live' | 'stale'>> {
  try {
    return (await lstat(path)).isSocket() ? 'socket' : 'not a socket';
  } catch (error) {
    return systemCode(error) === 'EACCES' || systemCode(error) === 'EPERM' ? 'forbidden' : 'none';
  }
}
