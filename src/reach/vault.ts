import { chmod, mkdir, readdir, readFile, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writeFileAtomic } from '../base/atomic-file.ts';
import type { Clock } from '../base/clock.ts';
import { messageOf, systemCode } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { ReachError } from './errors.ts';
import { lockVault } from './vault-lock.ts';
import { EMPTY_VAULT, parseVaultData, type KeyRecord, type VaultData } from './vault-records.ts';
import { newSealingKey, openVault, sealVault, type SealingKey } from './vault-seal.ts';

export interface VaultOptions {
  readonly path: string;
  /** Encrypts the file; a plain one is encrypted at the opening. */
  readonly passphrase: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Milliseconds to wait for another process that has it open and is ending. */
  readonly lockPatience?: number;
  /** A test's way to have a disk that fails. */
  readonly write?: (path: string, content: string) => Promise<void>;
}

/** Homebridge gives a plugin that is being restarted five seconds to end. */
const LOCK_PATIENCE = 8_000;

/**
 * Device keys and decommission tokens on disk. What it says is what is on disk: a change is seen by nobody
 * before it is synced, so that nothing is ever reported that a crash could take back.
 */
export class Vault {
  readonly #options: VaultOptions;
  readonly #sealingKey: SealingKey | undefined;
  readonly #unlock: () => Promise<void>;
  #data: VaultData;
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(
    options: VaultOptions,
    data: VaultData,
    sealingKey: SealingKey | undefined,
    unlock: () => Promise<void>,
  ) {
    this.#options = options;
    this.#data = data;
    this.#sealingKey = sealingKey;
    this.#unlock = unlock;
  }

  /**
   * Opens the vault for this process alone. A file that cannot be read is never overwritten: what it holds
   * is the only way to unregister its keys.
   * @throws ReachError VAULT_IN_USE, VAULT_LOCKED, VAULT_BROKEN or VAULT_NOT_WRITTEN
   */
  static async open(options: VaultOptions): Promise<Vault> {
    const { path, passphrase, clock, log, lockPatience = LOCK_PATIENCE } = options;
    await mkdir(dirname(path), { recursive: true });
    const unlock = await lockVault(path, lockPatience, clock);
    try {
      await removeHalfWritten(path);
      const text = await readVaultFile(path, log);
      const opened = text === undefined ? undefined : await openVault(text, passphrase);
      if (opened && 'trouble' in opened) throw troubleWith(path, opened.trouble);
      const data = opened ? parseVaultData(opened.value) : EMPTY_VAULT;
      if (!data) throw troubleWith(path, 'broken');
      const encrypted = opened?.sealingKey !== undefined;
      const sealingKey =
        opened?.sealingKey ?? (passphrase === undefined ? undefined : await newSealingKey(passphrase));
      const vault = new Vault(options, data, sealingKey, unlock);
      // Not rewritten without need: a disk that is full must not keep the plugin from unregistering.
      if (opened && sealingKey && !encrypted) await vault.update((same) => ({ ...same }));
      return vault;
    } catch (error) {
      await unlock();
      throw error;
    }
  }

  get keys(): readonly KeyRecord[] {
    return this.#data.keys;
  }

  usedRequest(computer: string): string | undefined {
    return Object.hasOwn(this.#data.usedRequests, computer) ? this.#data.usedRequests[computer] : undefined;
  }

  /**
   * Changes what is in it; one change after the other. Resolves when it is on disk.
   * @throws ReachError VAULT_NOT_WRITTEN; nothing has changed then.
   */
  update(change: (data: VaultData) => VaultData): Promise<void> {
    const result = this.#writing.then(async () => {
      const next = change(this.#data);
      if (next === this.#data) return;
      await this.#write(next);
      this.#data = next;
    });
    this.#writing = result.catch(() => undefined);
    return result;
  }

  /** Puts a record in the place of the one with the same id, or adds it. */
  put(record: KeyRecord): Promise<void> {
    return this.update((data) => ({
      ...data,
      keys: [...data.keys.filter((other) => other.id !== record.id), record],
    }));
  }

  /** Takes out a record; one that is not there is none the worse. */
  remove(id: string): Promise<void> {
    return this.update((data) =>
      data.keys.some((key) => key.id === id)
        ? { ...data, keys: data.keys.filter((key) => key.id !== id) }
        : data,
    );
  }

  /** Waits for what is being written, and gives the vault back. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#unlock();
  }

  async #write(data: VaultData): Promise<void> {
    const { path, write = writeFileAtomic } = this.#options;
    try {
      await write(path, sealVault(data, this.#sealingKey));
    } catch (error) {
      const why = systemCode(error) ?? messageOf(error);
      throw new ReachError('VAULT_NOT_WRITTEN', `${path} cannot be written (${why}).`, { cause: error });
    }
  }
}

async function readVaultFile(path: string, log: Log): Promise<string | undefined> {
  try {
    const { mode } = await stat(path);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      await chmod(path, 0o600);
      log.warn(`${path}: other users could read it; it is now closed to them`);
    }
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw new ReachError('VAULT_BROKEN', `${path} cannot be read (${systemCode(error) ?? 'unknown error'}).`);
  }
}

/** A process that is killed while it writes leaves a file with keys in it. */
async function removeHalfWritten(path: string): Promise<void> {
  const begin = `.${basename(path)}.`;
  for (const name of await readdir(dirname(path))) {
    if (name.startsWith(begin) && name.endsWith('.tmp')) await unlink(join(dirname(path), name));
  }
}

function troubleWith(
  path: string,
  trouble: 'broken' | 'newer' | 'no passphrase' | 'wrong passphrase',
): ReachError {
  switch (trouble) {
    case 'no passphrase':
      return new ReachError('VAULT_LOCKED', `${path} is encrypted, and no passphrase is given.`);
    case 'wrong passphrase':
      return new ReachError('VAULT_LOCKED', `${path} does not open with this passphrase.`);
    case 'newer':
      return new ReachError('VAULT_BROKEN', `${path} was written by a newer version of this plugin.`);
    case 'broken':
      return new ReachError(
        'VAULT_BROKEN',
        `${path} cannot be understood. It is left as it is, since it may be the only way to unregister its keys: put a backup in its place.`,
      );
  }
}
