import { createHash } from 'node:crypto';
import { mkdtemp, mkdir, readdir, readFile, rmdir, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { writeFileAtomic } from '../base/atomic-file.ts';
import { systemCode } from '../base/errors.ts';
import { isObject, own, parseJson } from '../base/json.ts';
import { PROTOCOL_VERSION } from './protocol.ts';

/** A plugin that listens, or did so until it ended without a word. Stands in a file beside the socket. */
export interface ChannelInstance {
  /** What tells it from others on the same storage: the name or username of its bridge. */
  readonly instance: string | undefined;
  /** Of the socket, or the named pipe. */
  readonly path: string;
  readonly pid: number;
  readonly protocol: number;
}

/** `sun_path` holds 104 bytes on macOS and 108 on Linux, the closing zero included. */
const LONGEST_SOCKET_PATH = 103;
const RECORD = /^channel(-[a-z0-9-]+)?\.json$/;
const PRIVATE_FOLDER = 'gatehouse-';

/** The plugin's folder in Homebridge's storage. */
export function folderOf(storagePath: string): string {
  return join(storagePath, 'gatehouse');
}

/** The file that says where an instance listens. */
export function recordPath(storagePath: string, instance: string | undefined): string {
  return join(folderOf(storagePath), `channel${suffixOf(instance)}.json`);
}

/**
 * Where an instance listens: in the storage, unless that path is too long for a socket; then in a new folder
 * that is its owner's alone, under the system's temporary one.
 */
export async function socketPath(
  storagePath: string,
  instance: string | undefined,
  platform: NodeJS.Platform = process.platform,
): Promise<string> {
  const suffix = suffixOf(instance);
  if (platform === 'win32') return `\\\\.\\pipe\\gatehouse-${hash(storagePath, 16)}${suffix}`;
  const folder = folderOf(storagePath);
  const path = join(folder, `control${suffix}.sock`);
  if (fits(path)) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return path;
  }
  const parent = fits(join(tmpdir(), `${PRIVATE_FOLDER}XXXXXX`, 'control.sock')) ? tmpdir() : '/tmp';
  // mkdtemp makes it with mode 0700.
  return join(await mkdtemp(join(parent, PRIVATE_FOLDER)), 'control.sock');
}

/** Whether a socket lies in a folder of its own, which goes with it. */
function isPrivate(path: string): boolean {
  return basename(dirname(path)).startsWith(PRIVATE_FOLDER) && basename(path) === 'control.sock';
}

export async function writeRecord(
  storagePath: string,
  record: Omit<ChannelInstance, 'protocol'>,
): Promise<void> {
  const content = JSON.stringify({ ...record, protocol: PROTOCOL_VERSION });
  await writeFileAtomic(recordPath(storagePath, record.instance), `${content}\n`);
}

/** Removes the record of an instance that ends; that of another process stays. */
export async function removeRecord(
  storagePath: string,
  record: Omit<ChannelInstance, 'protocol'>,
): Promise<void> {
  const file = recordPath(storagePath, record.instance);
  const current = await readRecord(file).catch(() => undefined);
  if (current?.path === record.path && current.pid === record.pid) await quietly(unlink(file));
}

/** Removes the folder that was made for a socket alone. What is not there is no trouble. */
export async function removePrivateFolder(path: string): Promise<void> {
  if (!isPrivate(path)) return;
  await quietly(unlink(path));
  await quietly(rmdir(dirname(path)));
}

/** @returns undefined where there is no record, or none that can be understood. */
export async function readRecord(path: string): Promise<ChannelInstance | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
  const value = parseJson(text);
  if (!isObject(value)) return undefined;
  const [instance, socket, pid, protocol] = ['instance', 'path', 'pid', 'protocol'].map((key) =>
    own(value, key),
  );
  if (typeof socket !== 'string' || typeof pid !== 'number' || typeof protocol !== 'number') return undefined;
  return { instance: typeof instance === 'string' ? instance : undefined, path: socket, pid, protocol };
}

/**
 * Every instance that has a record in this storage, whether it still runs or not.
 * @throws the file system's own error, where the folder is there and cannot be read.
 */
export async function readRecords(storagePath: string): Promise<ChannelInstance[]> {
  const folder = folderOf(storagePath);
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return [];
    throw error;
  }
  const files = names.filter((name) => RECORD.test(name)).toSorted();
  const records = await Promise.all(files.map((name) => readRecord(join(folder, name))));
  return records.filter((record) => record !== undefined);
}

/** File names know few characters and sometimes no case; the hash keeps apart what they would mix up. */
function suffixOf(instance: string | undefined): string {
  if (instance === undefined) return '';
  const plain = instance
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 24);
  return plain === instance ? `-${plain}` : `-${plain}-${hash(instance, 6)}`;
}

function hash(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}

function fits(path: string): boolean {
  return Buffer.byteLength(path) <= LONGEST_SOCKET_PATH;
}

async function quietly(removal: Promise<void>): Promise<void> {
  await removal.catch(() => undefined);
}
