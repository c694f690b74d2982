import { readdirSync, rmSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { messageOf, systemCode } from '../base/errors.ts';
import { JsonFile } from '../base/json-file.ts';
import type { Log } from '../base/log.ts';
import { parseState, type GateState } from './gate-state.ts';
import type { KnownAccessory } from './identity.ts';

export type { GateState } from './gate-state.ts';

const VERSION = 1;

/** The state of one accessory, written at each change. */
export class StateFile {
  readonly #file: JsonFile<GateState>;
  #state: GateState | undefined;

  constructor(path: string, log: Log) {
    this.#file = new JsonFile({ path, version: VERSION, parse: parseState, log, what: 'what it remembered' });
    this.#state = this.#file.load();
  }

  /** Undefined until the first {@link update}, where nothing was on disk. */
  get state(): GateState | undefined {
    return this.#state;
  }

  /** Changes what is given, and writes it if that is anything new. */
  update(changes: Partial<GateState> & Pick<GateState, 'name' | 'address'>): void {
    const next = { ...this.#state, ...changes };
    if (isDeepStrictEqual(next, this.#state)) return;
    this.#state = next;
    this.#file.save(next);
  }

  /** Resolves when everything is on disk, or could not be written. */
  flush(): Promise<void> {
    return this.#file.flush();
  }
}

const FILE_NAME = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.json$/i;

/** What is left of a write that SIGKILL or a power cut came into. */
const LEFTOVER = /^\.[0-9a-f-]{36}\.json\.[0-9a-f-]{36}\.tmp$/i;

/** One file for each accessory. Homebridge's own cache is only saved now and then, and can be cleared. */
export class StateStore {
  readonly #folder: string;
  readonly #log: Log;
  readonly #files = new Map<string, StateFile>();
  readonly #removals = new Set<Promise<void>>();

  constructor(folder: string, log: Log) {
    this.#folder = folder;
    this.#log = log;
    for (const uuid of this.#onDisk()) this.open(uuid);
  }

  /** The file of an accessory, which need not exist yet. */
  open(uuid: string): StateFile {
    const known = this.#files.get(uuid);
    if (known) return known;
    const file = new StateFile(this.#path(uuid), this.#log);
    this.#files.set(uuid, file);
    return file;
  }

  /** All accessories that there is something on disk of. */
  known(): readonly Omit<KnownAccessory, 'onBridge'>[] {
    return [...this.#files].flatMap(([uuid, { state }]) =>
      state ? [{ uuid, name: state.name, address: state.address, serialNumber: state.serialNumber }] : [],
    );
  }

  /** Forgets an accessory that is no more; {@link flush} waits for it. */
  remove(uuid: string): void {
    const removal = this.#delete(uuid).finally(() => this.#removals.delete(removal));
    this.#removals.add(removal);
  }

  /** Resolves when everything is on disk, or could not be written. Never rejects. */
  async flush(): Promise<void> {
    await Promise.all([...this.#removals, ...[...this.#files.values()].map((file) => file.flush())]);
  }

  async #delete(uuid: string): Promise<void> {
    const file = this.#files.get(uuid);
    this.#files.delete(uuid);
    await file?.flush();
    try {
      await unlink(this.#path(uuid));
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return;
      this.#log.warn(`${this.#path(uuid)}: cannot be deleted (${messageOf(error)}); delete it by hand`);
    }
  }

  #path(uuid: string): string {
    return join(this.#folder, `${uuid}.json`);
  }

  /** They do no harm, so where they cannot be deleted they stay. */
  #clear(leftover: string): void {
    try {
      rmSync(join(this.#folder, leftover));
    } catch (error) {
      this.#log.debug(messageOf(error));
    }
  }

  #onDisk(): readonly string[] {
    try {
      const names = readdirSync(this.#folder);
      for (const name of names) if (LEFTOVER.test(name)) this.#clear(name);
      return names.flatMap((name) => FILE_NAME.exec(name)?.[1] ?? []);
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') {
        this.#log.warn(`${this.#folder}: cannot be read (${messageOf(error)}); starting without it`);
      }
      return [];
    }
  }
}
