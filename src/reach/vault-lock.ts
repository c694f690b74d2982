import { createHash } from 'node:crypto';
import { unlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sleep, type Clock } from '../base/clock.ts';
import { systemCode } from '../base/errors.ts';
import { ReachError } from './errors.ts';

/** The address of a Unix socket holds this much on every system. */
const LONGEST_ADDRESS = 100;
const RETRY_INTERVAL = 250;

/**
 * Keeps a second process from opening the same vault: two would overwrite each other's device keys, and each
 * would take the other's rollout for one that had crashed. The lock is a local socket that is listened on, so
 * the system takes it back however the process ends, and no file that was left behind locks anybody out.
 * @param patience milliseconds to wait for a process that is just ending.
 * @returns a function that gives the lock back.
 * @throws ReachError VAULT_IN_USE
 */
export async function lockVault(
  vaultPath: string,
  patience: number,
  clock: Clock,
): Promise<() => Promise<void>> {
  const address = lockAddress(vaultPath);
  const end = clock.monotonic() + patience;
  for (;;) {
    const server = await listen(address);
    if (server) return () => close(server);
    if (process.platform !== 'win32' && (await removeIfDead(address))) continue;
    if (clock.monotonic() >= end) {
      throw new ReachError(
        'VAULT_IN_USE',
        'Another process manages remote support at the moment: most likely the plugin itself is running.',
      );
    }
    await sleep(clock, RETRY_INTERVAL);
  }
}

function lockAddress(vaultPath: string): string {
  const digest = createHash('sha256').update(vaultPath).digest('hex').slice(0, 32);
  if (process.platform === 'win32') return `\\\\.\\pipe\\gatehouse-vault-${digest}`;
  const beside = `${vaultPath}.lock`;
  return Buffer.byteLength(beside) <= LONGEST_ADDRESS ? beside : join(tmpdir(), `gatehouse-${digest}.lock`);
}

/** @returns undefined when somebody else has the address. */
function listen(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error) => {
      if (systemCode(error) === 'EADDRINUSE') resolve(undefined);
      else
        reject(
          new ReachError(
            'VAULT_NOT_WRITTEN',
            `The vault cannot be locked (${systemCode(error) ?? 'unknown error'}).`,
          ),
        );
    });
    server.listen({ path: address, readableAll: true, writableAll: true }, () => {
      server.unref();
      resolve(server);
    });
  });
}

/** @returns whether a socket that a killed process has left behind was taken away. */
async function removeIfDead(address: string): Promise<boolean> {
  if (await isAnswered(address)) return false;
  return unlink(address).then(
    () => true,
    (error: unknown) => systemCode(error) === 'ENOENT',
  );
}

function isAnswered(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path: address });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error) => {
      // Only these two say that nobody is there.
      resolve(!['ECONNREFUSED', 'ENOENT'].includes(systemCode(error) ?? ''));
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
