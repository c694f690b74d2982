import { randomUUID } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { lstat, rename, unlink } from 'node:fs/promises';
import type { Server } from 'node:net';
import { systemCode } from '../base/errors.ts';
import { isPipe, probe } from './probe.ts';

export type ListenResult =
  | 'listening'
  /** Somebody listens there already; that socket was not touched. */
  | 'in use';

const ATTEMPTS = 5;

/**
 * Listens on a socket that only its owner can open. The socket of a process that is gone is replaced, a live
 * one never is.
 * @param look tells whether somebody listens; for tests, in which the answer is overtaken by events.
 * @throws the system's own error where the path cannot be used at all.
 */
export async function listenAt(
  server: Server,
  path: string,
  look: typeof probe = probe,
): Promise<ListenResult> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      await listen(server, path);
      return 'listening';
    } catch (error) {
      if (systemCode(error) !== 'EADDRINUSE') throw error;
    }
    // A named pipe is gone with its process, so one that is in the way is alive.
    if (isPipe(path) || !(await removeStale(path, look))) return 'in use';
  }
  return 'in use';
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
    // Binding has happened by now, and nobody was accepted yet: who was too quick to be stopped by the mode
    // was stopped by the umask, unless that is empty.
    if (server.listening && !isPipe(path)) chmodSync(path, 0o600);
  });
}

/**
 * Takes the socket away if nobody listens on it. Another process may be doing the same at this moment, and
 * may even have put its own, live one in its place since we looked: so it is moved aside first, and put back
 * if it is not the one that was found dead.
 * @returns false when somebody listens.
 */
async function removeStale(path: string, look: typeof probe): Promise<boolean> {
  const found = await identityOf(path);
  const result = await look(path);
  if (result === 'none') return true;
  if (result === 'not a socket') throw new Error(`${path} is in the way and is not a socket; remove it`);
  if (result === 'forbidden') throw new Error(`${path} belongs to another user; remove it`);
  if (result === 'live') return false;
  const aside = `${path}.${randomUUID().slice(0, 4)}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return true;
    throw error;
  }
  if ((await identityOf(aside)) === found) {
    await unlink(aside);
    return true;
  }
  await rename(aside, path);
  return false;
}

/** Neither changes when a file is renamed. */
async function identityOf(path: string): Promise<string | undefined> {
  try {
    const { ino, mtimeNs } = await lstat(path, { bigint: true });
    return `${ino}/${mtimeNs}`;
  } catch {
    return undefined;
  }
}
