import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { HAP, PlatformAccessory } from 'homebridge';
import { sleep, type Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { isObject, own } from '../base/json.ts';
import { named, type Log } from '../base/log.ts';
import type { ChannelServer } from '../channel/server.ts';
import { DEFAULT_PASSPHRASE_VARIABLE } from '../reach/config-fields.ts';
import { parseRemoteSupport, type RemoteSupportConfig, type SecretSource } from '../reach/config.ts';
import { ReachError } from '../reach/errors.ts';
import { remoteCalls } from '../reach/remote-calls.ts';
import type { RemoteSupport } from '../reach/remote-support.ts';
import type { ComputerState } from '../reach/support-state.ts';
import { VAULT_FILE } from '../reach/vault-file.ts';
import { SWITCH, type Bridge } from './bridge.ts';
import type { Chronicle } from './chronicle.ts';
import { SupportAccessory, supportName } from './support-accessory.ts';
import { computerOf, matchComputers, writeComputer } from './support-context.ts';
import { SupportJournal } from './support-journal.ts';

export interface HomeSupportOptions {
  readonly hap: HAP;
  readonly bridge: Bridge;
  /** The platform's config as Homebridge hands it over, of which nothing is known. */
  readonly platform: unknown;
  /** Homebridge's. */
  readonly storagePath: string;
  readonly chronicle: Pick<Chronicle, 'record'>;
  /** Of the local channel. */
  readonly server: Pick<ChannelServer, 'publish' | 'serveReach'>;
  readonly clock: Clock;
  /** Of the platform: each computer has a name of its own. */
  readonly log: Log;
}

/** While the vault is in use: the process that has it is about to end, or is a command that somebody runs. */
const IN_USE_RETRY = 1_000;
const IN_USE_PATIENCE = 8;
const RETRY = 30_000;

/** Where the vault's passphrase may be when the config does not say so any more. */
const PASSPHRASE: SecretSource = {
  text: undefined,
  file: undefined,
  environment: DEFAULT_PASSPHRASE_VARIABLE,
};

/** Who asks over the local channel. */
const TOOLS = 'the command line or the settings page';

/**
 * Remote support in Apple Home: opens it, gives each computer its accessory, tells the journal and the channel.
 * Nothing that goes wrong here keeps a gate from working. Most houses have none: what opens the vault is loaded
 * when there is one to open.
 */
export class HomeSupport {
  readonly #options: HomeSupportOptions;
  readonly #end = new AbortController();
  readonly #accessories = new Map<string, SupportAccessory>();
  /** By the name of the computer. */
  readonly #uuids = new Map<string, string>();
  #support: RemoteSupport | undefined;
  #journal: SupportJournal | undefined;
  #config: RemoteSupportConfig | undefined;
  /** Whether every computer that the config means to have is in it. */
  #complete = false;
  #starting: Promise<void> | undefined;

  constructor(options: HomeSupportOptions) {
    this.#options = options;
  }

  start(): void {
    const { bridge, log, platform } = this.#options;
    const value = isObject(platform) ? own(platform, 'remoteSupport') : undefined;
    for (const { UUID } of this.#cached()) bridge.park(UUID);
    const { config, problems } = parseRemoteSupport(isBlank(value) ? undefined : value);
    for (const { severity, message } of problems) {
      if (severity === 'error') log.error(message);
      else log.warn(message);
    }
    this.#config = config;
    this.#complete = !problems.some(({ severity }) => severity === 'error');
    if (!config && !this.#complete) return;
    this.#starting = (config ? this.#open(config) : this.#leave()).catch((error: unknown) =>
      log.error(`Remote support could not be started: ${messageOf(error)}`),
    );
  }

  /** Resolves when everything is on disk; the accessories stay. Never rejects. */
  async stop(): Promise<void> {
    this.#end.abort();
    await this.#starting;
    for (const accessory of this.#accessories.values()) accessory.stop();
    await this.#support?.close();
    this.#journal?.stop();
  }

  #cached(): readonly PlatformAccessory[] {
    return this.#options.bridge.accessories.filter((accessory) => computerOf(accessory) !== undefined);
  }

  async #open(config: RemoteSupportConfig): Promise<void> {
    const support = await this.#openVault(config);
    if (!support) return;
    this.#support = support;
    const { chronicle, clock, server } = this.#options;
    const journal = new SupportJournal({
      support,
      chronicle,
      clock,
      idOf: (name) => this.#uuids.get(name) ?? name,
    });
    this.#journal = journal;
    this.#show(support);
    support.changed.on((state) => {
      server.publish('reach', state);
      this.#removeIfGone(state);
    });
    for (const { name, parse, handle } of remoteCalls(support)) {
      server.serveReach(name, parse, (params) => journal.asked(params.name, TOOLS, () => handle(params)));
    }
  }

  /** @returns undefined when it cannot be opened, which has been said, or when it is not wanted any more. */
  async #openVault(config: RemoteSupportConfig): Promise<RemoteSupport | undefined> {
    const { clock, log, storagePath } = this.#options;
    const { signal } = this.#end;
    const { RemoteSupport } = await import('../reach/remote-support.ts');
    const isWanted = (): boolean => !signal.aborted;
    for (let tries = 1; isWanted(); tries++) {
      try {
        const support = await RemoteSupport.open({
          config,
          folder: storagePath,
          clock,
          log,
          lockPatience: 0,
        });
        if (isWanted()) return support;
        await support.close();
      } catch (error) {
        const inUse = error instanceof ReachError && error.code === 'VAULT_IN_USE';
        if (tries === (inUse ? IN_USE_PATIENCE : 1)) {
          log.error(`Remote support cannot be started: ${messageOf(error)}`);
        }
        if (!(error instanceof ReachError && error.retry)) return undefined;
        await sleep(clock, inUse ? IN_USE_RETRY : RETRY, signal).catch(() => undefined);
      }
    }
    return undefined;
  }

  #show(support: RemoteSupport): void {
    const { bridge, log } = this.#options;
    const computers = support.list().map(({ name }) => ({ name, ...this.#idOf(name) }));
    const found = matchComputers(computers, this.#cached());
    const claimed = new Set([...found.values()].map(({ UUID }) => UUID));
    // Before anything is added, since what is removed makes room on the bridge.
    for (const accessory of this.#cached().filter(({ UUID }) => !claimed.has(UUID))) {
      const ownLog = named(log, accessory.displayName);
      if (this.#complete) bridge.remove(accessory.UUID, ownLog);
      else ownLog.info('kept until the config of remote support is in order, although not found in it');
    }
    for (const state of support.list()) {
      const restored = found.get(state.name);
      if (restored ?? this.#isConfigured(state.name)) this.#add(support, state.name, restored);
      this.#removeIfGone(state);
    }
  }

  #add(support: RemoteSupport, name: string, restored: PlatformAccessory | undefined): void {
    const { bridge, clock, hap } = this.#options;
    const log = named(this.#options.log, name);
    const accessory = restored ?? bridge.make(supportName(name), randomUUID(), SWITCH);
    const isNews = writeComputer(accessory, { name, ...this.#idOf(name) });
    this.#uuids.set(name, accessory.UUID);
    const shown = new SupportAccessory({
      hap,
      accessory,
      support,
      name,
      clock,
      log,
      fromHome: (call) => (this.#journal ? this.#journal.asked(name, 'Apple Home', call) : call()),
      saveAccessory: () => bridge.save(accessory),
    });
    // Only now, so that Home sees it with all that belongs to it.
    if (!restored && !bridge.publish(accessory, log)) {
      shown.stop();
      return;
    }
    this.#accessories.set(name, shown);
    if (restored && isNews) bridge.save(accessory);
    if (!restored) log.info('added');
  }

  /** A computer that is not in the config any more keeps its accessory for as long as the vault has a key of it. */
  #removeIfGone({ name, phase, possiblyOrphaned }: ComputerState): void {
    const { bridge, log } = this.#options;
    const uuid = this.#uuids.get(name);
    const hasKey = phase !== 'closed' || possiblyOrphaned > 0;
    if (uuid === undefined || hasKey || !this.#complete || this.#isConfigured(name)) return;
    this.#accessories.get(name)?.stop();
    this.#accessories.delete(name);
    this.#uuids.delete(name);
    bridge.remove(uuid, named(log, name));
  }

  /** Remote support is not configured (any more): what is left of it goes, unless there are keys yet. */
  async #leave(): Promise<void> {
    const { bridge, log } = this.#options;
    const computers = await this.#computersWithKeys();
    if (computers.length > 0) {
      log.warn(
        `remoteSupport is not in the config any more, but there are device keys yet (${computers.join(', ')}): ` +
          'put it back, and turn support off before you remove it',
      );
      return;
    }
    for (const { UUID, displayName } of this.#cached()) bridge.remove(UUID, named(log, displayName));
  }

  async #computersWithKeys(): Promise<readonly string[]> {
    const { clock, log, storagePath } = this.#options;
    const path = join(storagePath, VAULT_FILE);
    if (!existsSync(path)) return [];
    try {
      const [{ readSecret }, { Vault }] = await Promise.all([
        import('../reach/secret.ts'),
        import('../reach/vault.ts'),
      ]);
      const passphrase = await readSecret(PASSPHRASE, process.env);
      const vault = await Vault.open({ path, passphrase, clock, log, lockPatience: 0 });
      const computers = vault.keys.map(({ computer }) => computer);
      await vault.close();
      return [...new Set(computers)];
    } catch (error) {
      return [`nobody can tell of which computers: ${messageOf(error)}`];
    }
  }

  #isConfigured(name: string): boolean {
    return this.#config?.computers.some((computer) => computer.name === name) === true;
  }

  #idOf(name: string): { readonly remotecontrolId?: string } {
    const id = this.#config?.computers.find((computer) => computer.name === name)?.remotecontrolId;
    return id === undefined ? {} : { remotecontrolId: id };
  }
}

/** What the settings page leaves of a form that nobody has filled in. */
function isBlank(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.values(value).every(isBlank);
}
