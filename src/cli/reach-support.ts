import { stat } from 'node:fs/promises';
import { systemClock } from '../base/clock.ts';
import { isObject, own } from '../base/json.ts';
import type { ChannelClient } from '../channel/client.ts';
import { ChannelError, RemoteError } from '../channel/errors.ts';
import { Journal, journalPath } from '../journal/journal.ts';
import { parseRemoteSupport, type RemoteSupportConfig } from '../reach/config.ts';
import { ReachError } from '../reach/errors.ts';
import {
  decodeLink,
  encodeRolloutData,
  parseComputerState,
  REMOTE_CALL_TIMEOUT,
} from '../reach/remote-calls.ts';
import { RemoteSupport } from '../reach/remote-support.ts';
import type { ComputerState } from '../reach/support-state.ts';
import { CliError } from './cli-error.ts';
import type { PlaceFlags } from './device-options.ts';
import { readHomebridgeConfig } from './homebridge-config.ts';
import { runningPlugins } from './plugin-gate.ts';
import { plain, type Terminal } from './terminal.ts';

/** Remote support, by whichever way it is had. */
export interface SupportAccess {
  list(): Promise<readonly ComputerState[]>;
  /** @param typed rollout data that was handed over with the call. */
  rollout(name: string, typed: unknown): Promise<ComputerState>;
  link(name: string, controlType: string | undefined): Promise<string>;
  revoke(name: string): Promise<ComputerState>;
  forget(name: string): Promise<ComputerState>;
  close(): Promise<void>;
}

/** What the config of Homebridge says of remote support, and where its vault lies. */
export interface SupportPlace {
  readonly storage: string;
  readonly config: RemoteSupportConfig;
}

/** @throws {@link CliError} `BAD_CONFIG` where remote support is not configured, or wrongly. */
export function readSupportConfig(flags: PlaceFlags, terminal: Terminal): SupportPlace {
  const { path, storage, blocks } = readHomebridgeConfig(flags);
  const block = blocks.find((one) => own(one, 'remoteSupport') !== undefined);
  if (!block) {
    throw new CliError(
      'BAD_CONFIG',
      `${path} has no remoteSupport: set it up in the settings of the plugin.`,
    );
  }
  const { config, problems } = parseRemoteSupport(own(block, 'remoteSupport'));
  const [first] = problems;
  if (!config) throw new CliError('BAD_CONFIG', `${path}: ${first?.message ?? 'remoteSupport is wrong'}.`);
  for (const { message } of problems) terminal.note(plain(message));
  return { storage, config };
}

/**
 * Does something with remote support: through the running plugin where that has the vault open, else with the
 * vault itself.
 */
export async function withSupport<Result>(
  flags: PlaceFlags,
  terminal: Terminal,
  use: (support: SupportAccess) => Promise<Result>,
): Promise<Result> {
  const place = readSupportConfig(flags, terminal);
  const support = await reachSupport(place, terminal);
  try {
    return await use(support);
  } finally {
    await support.close();
  }
}

async function reachSupport(place: SupportPlace, terminal: Terminal): Promise<SupportAccess> {
  await refuseForeignStorage(place.storage);
  try {
    return await DirectSupport.open(place, terminal);
  } catch (error) {
    if (!(error instanceof ReachError) || error.code !== 'VAULT_IN_USE') throw error;
    return PluginSupport.connect(place.storage);
  }
}

/** What somebody else writes there, Homebridge could not read any more. */
async function refuseForeignStorage(storage: string): Promise<void> {
  const user = process.getuid?.();
  if (user === undefined) return;
  const { uid } = await stat(storage);
  if (uid !== user) {
    throw new CliError(
      'NO_CONFIG',
      `${storage} belongs to another user: run this as the user that Homebridge runs as.`,
    );
  }
}

/** With the vault open in this process: no plugin manages remote support at the moment. */
class DirectSupport implements SupportAccess {
  readonly #support: RemoteSupport;
  readonly #journal: Journal;

  private constructor(support: RemoteSupport, journal: Journal) {
    this.#support = support;
    this.#journal = journal;
    support.linkMade.on(({ name, at, controlType }) =>
      journal.record({
        kind: 'support-link',
        at,
        device: { id: name, name },
        by: { name: 'gatehouse' },
        detail: { computer: name, controlType },
      }),
    );
  }

  static async open({ storage, config }: SupportPlace, terminal: Terminal): Promise<DirectSupport> {
    const note = (line: string): void => terminal.note(plain(line));
    const log = { debug: () => undefined, info: () => undefined, warn: note, error: note };
    const clock = systemClock;
    const support = await RemoteSupport.open({ config, folder: storage, clock, log, lockPatience: 0 });
    // A journal of its own, since only one process may write to one; whoever reads reads all of them.
    return new DirectSupport(support, new Journal({ path: journalPath(storage, 'cli'), clock, log }));
  }

  list(): Promise<readonly ComputerState[]> {
    return Promise.resolve(this.#support.list());
  }

  rollout(name: string, typed: unknown): Promise<ComputerState> {
    return typed === undefined ? this.#support.rollout(name) : this.#support.rolloutWith(name, typed);
  }

  link(name: string, controlType: string | undefined): Promise<string> {
    return this.#support.link(name, controlType);
  }

  revoke(name: string): Promise<ComputerState> {
    return this.#support.revoke(name);
  }

  forget(name: string): Promise<ComputerState> {
    return this.#support.forget(name);
  }

  async close(): Promise<void> {
    await this.#support.close();
    await this.#journal.close();
  }
}

/** Through the plugin that runs on the storage. */
class PluginSupport implements SupportAccess {
  readonly #client: ChannelClient;

  private constructor(client: ChannelClient) {
    this.#client = client;
  }

  /** Of several bridges, the one that has remote support. */
  static async connect(storage: string): Promise<PluginSupport> {
    const plugins = await runningPlugins(storage);
    let found: ChannelClient | undefined;
    for (const { client } of plugins) {
      if (!found && (await servesSupport(client))) found = client;
      else await client.close();
    }
    if (found) return new PluginSupport(found);
    throw new CliError(
      'NOTHING_FOUND',
      'Remote support is in use by another process, which is not a plugin that can be asked. Try again in a moment.',
    );
  }

  async list(): Promise<readonly ComputerState[]> {
    const answer = await this.#client.call('reach.list', {});
    return (Array.isArray(answer) ? (answer as readonly unknown[]) : []).map(stateOf);
  }

  async rollout(name: string, typed: unknown): Promise<ComputerState> {
    return stateOf(
      await this.#call('reach.rollout', { name, ...(isObject(typed) && encodeRolloutData(typed)) }),
    );
  }

  async link(name: string, controlType: string | undefined): Promise<string> {
    const link = decodeLink(
      await this.#call('reach.link', { name, ...(controlType !== undefined && { controlType }) }),
    );
    if (link === undefined) throw notUnderstood();
    return link;
  }

  async revoke(name: string): Promise<ComputerState> {
    return stateOf(await this.#call('reach.revoke', { name }));
  }

  async forget(name: string): Promise<ComputerState> {
    return stateOf(await this.#call('reach.forget', { name }));
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  #call(method: `reach.${string}`, params: object): Promise<unknown> {
    return this.#client.call(method, params, { timeout: REMOTE_CALL_TIMEOUT });
  }
}

async function servesSupport(client: ChannelClient): Promise<boolean> {
  try {
    await client.call('reach.list', {});
    return true;
  } catch (error) {
    if (error instanceof RemoteError) return false;
    throw error;
  }
}

function stateOf(value: unknown): ComputerState {
  const state = parseComputerState(value);
  if (!state) throw notUnderstood();
  return state;
}

function notUnderstood(): ChannelError {
  return new ChannelError(
    'NOT_UNDERSTOOD',
    "The running plugin's answer was not understood: restart Homebridge.",
  );
}
