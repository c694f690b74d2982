import { join } from 'node:path';
import { sleep, type Clock } from '../base/clock.ts';
import { Signal } from '../base/emitter.ts';
import type { Log } from '../base/log.ts';
import { ReachClient, type RegisteredApp } from './client.ts';
import type { RemoteSupportConfig } from './config.ts';
import { ReachError } from './errors.ts';
import { parseRolloutObject } from './rollout-data.ts';
import { orphanWarning } from './rollout.ts';
import { readScriptToken, readSecret } from './secret.ts';
import { SupportedComputer } from './supported-computer.ts';
import type { ComputerState, LinkMade, RevokeRequest, RolloutRequest, StepHook } from './support-state.ts';
import { VAULT_FILE } from './vault-file.ts';
import { Vault, type VaultOptions } from './vault.ts';

export interface RemoteSupportOptions {
  readonly config: RemoteSupportConfig;
  /** Homebridge's storage folder: the vault lies in it. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly environment?: NodeJS.ProcessEnv;
  /** Milliseconds to wait for another process that has the vault open and is ending. */
  readonly lockPatience?: number;
  /**
   * A test's way to stop the process between two steps.
   * @internal
   */
  readonly onStep?: StepHook;
  /**
   * A test's way to have a disk that fails.
   * @internal
   */
  readonly writeVault?: NonNullable<VaultOptions['write']>;
}

/** Homebridge gives five seconds to all plugins together. */
const CLOSE_PATIENCE = 3_000;

/**
 * Remote support of the configured computers: what the accessories, the settings page and the command line
 * call. Names are those of the config; every failure is a ReachError.
 */
export class RemoteSupport {
  /** The state of a computer may have changed. */
  readonly changed = new Signal<ComputerState>();
  /** A link was made: for the journal. */
  readonly linkMade = new Signal<LinkMade>();
  readonly #options: RemoteSupportOptions;
  readonly #vault: Vault;
  readonly #client: ReachClient;
  readonly #computers: ReadonlyMap<string, SupportedComputer>;
  readonly #end = new AbortController();
  #closing: Promise<void> | undefined;

  private constructor(options: RemoteSupportOptions, vault: Vault) {
    const { config, clock, environment = process.env } = options;
    this.#options = options;
    this.#vault = vault;
    this.#client = new ReachClient({
      apiBase: config.apiBase,
      unregisterRevision: config.unregisterRevision,
      token: () => readScriptToken(config.scriptToken, environment),
      clock,
      fieldNames: config.fieldNames,
      timeout: config.timeout,
    });
    const names = [...config.computers.map(({ name }) => name), ...vault.keys.map((key) => key.computer)];
    this.#computers = new Map(names.map((name) => [name, this.#computer(name)]));
  }

  /**
   * Opens the vault, and takes up what a former process has left: rollouts that were never finished become
   * possible orphans, unregistering goes on.
   * @throws ReachError VAULT_IN_USE, VAULT_LOCKED, VAULT_BROKEN, VAULT_NOT_WRITTEN, or INVALID when the file
   * that should hold the passphrase cannot be read.
   */
  static async open(options: RemoteSupportOptions): Promise<RemoteSupport> {
    const { config, folder, clock, log, environment = process.env, lockPatience, writeVault } = options;
    const vault = await Vault.open({
      path: join(folder, VAULT_FILE),
      passphrase: await readSecret(config.vaultPassphrase, environment),
      clock,
      log,
      ...(lockPatience === undefined ? {} : { lockPatience }),
      ...(writeVault ? { write: writeVault } : {}),
    });
    try {
      await recoverIntents(vault, clock);
    } catch (error) {
      await vault.close();
      throw error;
    }
    const support = new RemoteSupport(options, vault);
    support.#sayWhatIsKept();
    for (const computer of support.#computers.values()) computer.start();
    return support;
  }

  /** The configured computers, then those that are in the vault alone. */
  list(): readonly ComputerState[] {
    return [...this.#computers.values()].map((computer) => computer.state);
  }

  /** @throws ReachError UNKNOWN_COMPUTER */
  state(name: string): ComputerState {
    return this.#find(name).state;
  }

  /**
   * Grants support: registers a device key. Resolves when it is on disk; harmless when there is one. A key
   * that comes after the deadline is stored, and then unregistered.
   */
  async rollout(name: string, request: RolloutRequest = {}): Promise<ComputerState> {
    return this.#find(name).rollout(request);
  }

  /** As {@link rollout}, with rollout data that somebody has typed in. */
  async rolloutWith(name: string, typed: unknown, request: RolloutRequest = {}): Promise<ComputerState> {
    const data = parseRolloutObject(typed, 'what was entered');
    return this.#find(name).rollout({ ...request, data });
  }

  /**
   * Ends support. When this resolves, no link can be made any more, and one try to unregister was made (or
   * the deadline has passed): the phase is `closed` when it worked, else `revoking`, and it is tried on.
   */
  async revoke(name: string, request: RevokeRequest = {}): Promise<ComputerState> {
    return this.#find(name).revoke(request);
  }

  /**
   * Makes a link that opens one connection, for whoever may have it: it must not be logged or stored.
   * @param controlType one that support was granted for; without it, the first of them.
   */
  async link(name: string, controlType?: string): Promise<string> {
    return this.#find(name).link(controlType);
  }

  /** Drops what is kept of keys that are past help, once the owner has seen to them. */
  async forget(name: string): Promise<ComputerState> {
    return this.#find(name).forget();
  }

  /** Android: registers the agent app by the SHA-256 of its signing key, in hex; once for each key. */
  async registerApp(signingKeySha256: string): Promise<RegisteredApp> {
    return this.#client.registerApp(signingKeySha256, { signal: this.#end.signal });
  }

  /**
   * Ends all timers. What is under way has a few seconds to end by itself; a rollout that has not by then is
   * given up, and its key kept as possibly orphaned.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const computers = [...this.#computers.values()];
    const settled = new AbortController();
    const idle = Promise.all(computers.map((computer) => computer.idle())).then(() => settled.abort());
    await Promise.race([
      idle,
      sleep(this.#options.clock, CLOSE_PATIENCE, settled.signal).catch(() => undefined),
    ]);
    this.#end.abort();
    await Promise.all(computers.map((computer) => computer.stop()));
    this.changed.clear();
    this.linkMade.clear();
    await this.#vault.close();
  }

  #computer(name: string): SupportedComputer {
    const { config, clock, log, onStep } = this.#options;
    return new SupportedComputer({
      name,
      config: config.computers.find((computer) => computer.name === name),
      tenantId: config.tenantId,
      vault: this.#vault,
      client: this.#client,
      clock,
      log,
      step: onStep ?? (() => Promise.resolve()),
      withhold: [config.scriptToken.environment, config.vaultPassphrase.environment],
      signal: this.#end.signal,
      onChange: (state) => this.changed.emit(state),
      onLink: (link) => this.linkMade.emit(link),
    });
  }

  #find(name: string): SupportedComputer {
    if (this.#closing) throw new ReachError('CANCELLED', 'Remote support is being stopped.');
    const computer = this.#computers.get(name);
    if (computer) return computer;
    const names = [...this.#computers.keys()].join(', ');
    const known = names === '' ? 'None is configured.' : `There are: ${names}.`;
    throw new ReachError(
      'UNKNOWN_COMPUTER',
      `No computer of that name is configured for remote support. ${known}`,
    );
  }

  #sayWhatIsKept(): void {
    const { config, log } = this.#options;
    for (const key of this.#vault.keys) {
      const configured = config.computers.some(({ name }) => name === key.computer);
      if (key.state === 'possibly-orphaned') log.warn(orphanWarning(key.computer, key.why));
      else if (key.state === 'revoking')
        log.info(`${key.computer}: support has ended, unregistering goes on`);
      else if (configured) log.info(`${key.computer}: support access is open`);
      else {
        log.warn(
          `${key.computer}: support access is open, but the computer is not in the config any more: no link can be made, and "gatehouse reach unregister" ends it`,
        );
      }
    }
  }
}

/** An intent without an end: the process has died in between, and whether a key was made nobody knows. */
async function recoverIntents(vault: Vault, clock: Clock): Promise<void> {
  if (!vault.keys.some((key) => key.state === 'rolling-out')) return;
  const now = clock.now();
  await vault.update((data) => ({
    ...data,
    keys: data.keys.map((key) =>
      key.state === 'rolling-out'
        ? { ...key, state: 'possibly-orphaned', since: now, why: 'the plugin ended during its rollout' }
        : key,
    ),
  }));
}
