import { stat } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { systemClock, type Clock } from '../base/clock.ts';
import { messageOf, systemCode } from '../base/errors.ts';
import { ChannelClient } from './client.ts';
import { ChannelError } from './errors.ts';
import { folderOf, readRecords, recordPath, type ChannelInstance } from './location.ts';
import { isPipe, isTrustworthy, probe, resultOf, type ProbeResult } from './probe.ts';
import { PROTOCOL_VERSION } from './protocol.ts';

export interface ConnectOptions {
  /** Which one, where several plugins run on the storage; in any case. */
  readonly instance?: string | undefined;
  readonly clock?: Clock;
}

export interface ListedInstance extends ChannelInstance {
  readonly state: ProbeResult;
}

/**
 * The plugins that listen, or listened, in a Homebridge storage.
 * @throws {@link ChannelError} `NO_PERMISSION`.
 */
export async function listInstances(storagePath: string): Promise<ListedInstance[]> {
  return Promise.all((await records(storagePath)).map(withState));
}

/**
 * Connects to the plugin that runs on this Homebridge storage.
 * @throws {@link ChannelError}, whose code and message say what to do.
 */
export async function connectChannel(
  storagePath: string,
  options: ConnectOptions = {},
): Promise<ChannelClient> {
  const instance = await choose(await records(storagePath), storagePath, options.instance);
  if (instance.protocol > PROTOCOL_VERSION) {
    throw new ChannelError(
      'NOT_UNDERSTOOD',
      'The running plugin is newer than this program; use the program that was installed with it.',
    );
  }
  if (!(await isSafe(storagePath, instance))) {
    throw new ChannelError(
      'NO_PERMISSION',
      `${dirname(instance.path)} does not belong to the owner of ${storagePath}; restart Homebridge.`,
    );
  }
  return new ChannelClient(await open(instance, storagePath), options.clock ?? systemClock);
}

async function records(storagePath: string): Promise<ChannelInstance[]> {
  try {
    return await readRecords(storagePath);
  } catch (error) {
    throw isForbidden(error) ? noPermission(storagePath, error) : notReadable(storagePath, error);
  }
}

async function withState(instance: ChannelInstance): Promise<ListedInstance> {
  return { ...instance, state: await probe(instance.path) };
}

async function choose(
  all: readonly ChannelInstance[],
  storagePath: string,
  asked: string | undefined,
): Promise<ChannelInstance> {
  const named = all.filter(({ instance }) => asked === undefined || isSame(instance, asked));
  const [first, second] = named;
  if (!first) throw all.length === 0 ? noPlugin(storagePath) : unknownInstance(storagePath, asked, all);
  if (!second) return first;
  const listed = await Promise.all(named.map(withState));
  const live = listed.filter(({ state }) => state === 'live');
  if (live.length <= 1) return live[0] ?? first;
  throw new ChannelError(
    'SEVERAL_INSTANCES',
    `More than one plugin runs on ${storagePath}; say which one is meant: ${namesOf(live)}.`,
  );
}

async function open({ path }: ChannelInstance, storagePath: string): Promise<Socket> {
  const socket = connect(path);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return socket;
  } catch (error) {
    socket.destroy();
    switch (resultOf(systemCode(error))) {
      case 'forbidden':
        throw noPermission(storagePath, error);
      case 'none':
        throw noPlugin(storagePath, error);
      default:
        throw new ChannelError(
          'STALE',
          `The plugin on ${storagePath} is not running: it ended without tidying up. Start Homebridge.`,
          { cause: error },
        );
    }
  }
}

async function isSafe(storagePath: string, { instance, path }: ChannelInstance): Promise<boolean> {
  if (isPipe(path) || dirname(path) === folderOf(storagePath)) return true;
  const { uid } = await stat(recordPath(storagePath, instance));
  return isTrustworthy(path, uid);
}

function noPlugin(storagePath: string, cause?: unknown): ChannelError {
  return new ChannelError(
    'NO_PLUGIN',
    `No Gatehouse plugin runs on ${storagePath}. Start Homebridge, or say where its storage is.`,
    { cause },
  );
}

function unknownInstance(
  storagePath: string,
  asked: string | undefined,
  all: readonly ChannelInstance[],
): ChannelError {
  return new ChannelError(
    'UNKNOWN_INSTANCE',
    `No plugin of the name "${asked ?? ''}" in ${storagePath}. There are: ${namesOf(all)}.`,
  );
}

function noPermission(storagePath: string, cause: unknown): ChannelError {
  return new ChannelError(
    'NO_PERMISSION',
    `The plugin on ${storagePath} belongs to another user. Run this as the user that Homebridge runs as.`,
    { cause },
  );
}

function notReadable(storagePath: string, cause: unknown): ChannelError {
  return new ChannelError('NO_PLUGIN', `${storagePath} cannot be read (${messageOf(cause)}).`, { cause });
}

function isForbidden(error: unknown): boolean {
  return systemCode(error) === 'EACCES' || systemCode(error) === 'EPERM';
}

function isSame(instance: string | undefined, asked: string): boolean {
  return (instance ?? '').toLowerCase() === asked.toLowerCase();
}

function namesOf(instances: readonly ChannelInstance[]): string {
  return instances
    .map(({ instance }) => (instance === undefined ? '(without a name)' : `"${instance}"`))
    .join(', ');
}
