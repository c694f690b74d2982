import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../src/base/clock.ts';
import { parseRemoteSupport, type RemoteSupportConfig } from '../../src/reach/config.ts';
import { RemoteSupport, type RemoteSupportOptions } from '../../src/reach/remote-support.ts';
import { VAULT_FILE } from '../../src/reach/vault-file.ts';
import type { ComputerState, LinkMade, SupportPhase } from '../../src/reach/support-state.ts';
import {
  ReachBackend,
  type BackendHappening,
  type ReachBackendOptions,
} from '../../src/simulator/reach/index.ts';
import { RecordingLog } from '../helpers/recording-log.ts';
import { Tape } from '../helpers/tape.ts';
import { makeTempFolder, removeTempFolder } from '../helpers/temp-folder.ts';
import { CALL_TIMEOUT, CallClock } from './call-clock.ts';

export const TOKEN = 'token-0123456789-abcdefghij';
export const TENANT = 't0001';
export const STUDY = 'r124124124';

export interface HouseOptions {
  readonly backend?: Partial<ReachBackendOptions>;
  readonly support?: Readonly<Record<string, unknown>>;
  readonly computer?: Readonly<Record<string, unknown>>;
}

/** One computer, "Study", the backend that reaches it, and the storage folder of a Homebridge. */
export class House {
  readonly folder = makeTempFolder('reach');
  readonly rolloutFile = join(this.folder, 'rollout.json');
  readonly log = new RecordingLog();
  readonly clock = new CallClock();
  readonly happenings = new Tape<BackendHappening>('backend', (one) => JSON.stringify(one));
  readonly links: LinkMade[] = [];
  readonly backend: ReachBackend;
  apiBase = '';
  readonly #options: HouseOptions;
  readonly #open = new Set<RemoteSupport>();

  constructor(options: HouseOptions = {}) {
    this.#options = options;
    this.backend = new ReachBackend({
      tokens: [{ token: TOKEN, tenantId: TENANT }],
      // 1024 bits: small enough to make hundreds of keys in a test.
      targets: [{ remotecontrolId: STUDY, rolloutFile: this.rolloutFile, keyBits: 1024 }],
      ...options.backend,
    });
    this.backend.happened.on((one) => this.happenings.push(one));
  }

  static async build(options: HouseOptions = {}): Promise<House> {
    const house = new House(options);
    house.apiBase = await house.backend.start();
    return house;
  }

  get target() {
    return this.backend.targets.get(STUDY)!;
  }

  get vaultPath(): string {
    return join(this.folder, VAULT_FILE);
  }

  get vaultText(): string {
    return readFileSync(this.vaultPath, 'utf8');
  }

  get config(): RemoteSupportConfig {
    const { config, problems } = parseRemoteSupport(this.rawConfig());
    if (!config || problems.length > 0) throw new Error(JSON.stringify(problems));
    return config;
  }

  rawConfig(): Record<string, unknown> {
    const { support = {}, computer = {} } = this.#options;
    const source =
      'rolloutCommand' in computer || 'rolloutData' in computer ? {} : { rolloutFile: this.rolloutFile };
    return {
      tenantId: TENANT,
      apiBase: this.apiBase,
      scriptToken: TOKEN,
      timeoutSeconds: CALL_TIMEOUT / 1_000,
      computers: [{ name: 'Study', platform: 'windows', ...source, ...computer }],
      ...support,
    };
  }

  async open(
    options: Partial<RemoteSupportOptions> & { readonly clock?: Clock } = {},
  ): Promise<RemoteSupport> {
    const support = await RemoteSupport.open({
      config: this.config,
      folder: this.folder,
      clock: this.clock,
      log: this.log,
      environment: {},
      ...options,
    });
    support.linkMade.on((link) => this.links.push(link));
    this.#open.add(support);
    return support;
  }

  /** Whether the target lets in whoever comes with the link. */
  async verify(link: string): Promise<unknown> {
    const response = await fetch(`${this.apiBase}/simulator/verify-link`, {
      method: 'POST',
      body: JSON.stringify({ link }),
    });
    return response.json();
  }

  /** Data that the target would accept, as somebody would type it in. */
  get typed() {
    return { ...this.target.rolloutData };
  }

  /** Everything in the storage folder but the vault and what the TeamViewer client itself writes. */
  get otherFiles(): { readonly name: string; readonly text: string }[] {
    return readdirSync(this.folder, { recursive: true, encoding: 'utf8' })
      .filter(
        (name) =>
          name !== VAULT_FILE && name !== 'rollout.json' && statSync(join(this.folder, name)).isFile(),
      )
      .map((name) => ({ name, text: readFileSync(join(this.folder, name), 'latin1') }));
  }

  async tearDown(): Promise<void> {
    // First, so that no answer is waited for whose clock stands still.
    await this.backend.stop();
    for (const support of this.#open) await support.close();
    if (this.clock.pending > 0) throw new Error(`${this.clock.pending} timers are left`);
    removeTempFolder(this.folder);
  }
}

/** Resolves when the computer is in the phase, now or later. */
export function reaches(support: RemoteSupport, phase: SupportPhase, name = 'Study'): Promise<ComputerState> {
  const states = new Tape<ComputerState>('state', (state) => JSON.stringify(state));
  const off = support.changed.on((state) => states.push(state));
  states.push(support.state(name));
  return states.waitFor(phase, (state) => state.name === name && state.phase === phase).finally(off);
}
