import { readFileSync } from 'node:fs';
import { writeFileAtomic } from './atomic-file.ts';
import { messageOf, systemCode } from './errors.ts';
import { isObject, own, parseJson } from './json.ts';
import type { Log } from './log.ts';

export interface JsonFileOptions<Value> {
  readonly path: string;
  /** Stands in the file as `version`; a file with a higher one is left alone and not overwritten. */
  readonly version: number;
  /** Reads the value as it stands in the file. @returns undefined when it is not one. */
  readonly parse: (value: unknown) => Value | undefined;
  readonly log: Log;
  /** What the file is, for messages: "the state of Garage". */
  readonly what: string;
}

/**
 * One small JSON value on disk, `{ "version": 1, "value": … }`. Loading never throws and saving never
 * rejects: a broken disk costs what is remembered, not the gate. Each kind of trouble is said once.
 */
export class JsonFile<Value> {
  readonly #options: JsonFileOptions<Value>;
  readonly #said = new Set<string>();
  #next: { readonly value: Value } | undefined;
  #writing: Promise<void> | undefined;
  #frozen = false;

  constructor(options: JsonFileOptions<Value>) {
    this.#options = options;
  }

  /** The value on disk; undefined where there is none that can be used. Synchronous: called once, at start. */
  load(): Value | undefined {
    const { path, parse, version, what } = this.#options;
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') this.#say('read', `cannot be read (${messageOf(error)})`);
      return undefined;
    }
    const file = parseJson(text);
    const found = isObject(file) ? own(file, 'version') : undefined;
    if (typeof found === 'number' && found > version) {
      this.#frozen = true;
      this.#say('newer', `was written by a newer version of this plugin; it is left as it is and not used`);
      return undefined;
    }
    const value = isObject(file) && found === version ? parse(own(file, 'value')) : undefined;
    if (value === undefined) this.#say('broken', `cannot be understood; starting without ${what}`);
    return value;
  }

  /** Writes the value soon; of several values in a row only the last one is sure to reach the disk. */
  save(value: Value): void {
    if (this.#frozen) return;
    this.#next = { value };
    this.#writing ??= this.#write();
  }

  /** Resolves when everything that was saved is on disk, or could not be written. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    try {
      // What is saved in the same turn is written once.
      await Promise.resolve();
      for (let next = this.#next; next; next = this.#next) {
        this.#next = undefined;
        const content = JSON.stringify({ version: this.#options.version, value: next.value });
        await writeFileAtomic(this.#options.path, `${content}\n`);
        this.#said.delete('write');
      }
    } catch (error) {
      this.#next = undefined;
      this.#say('write', `cannot be written (${messageOf(error)}); it will not survive a restart`);
    } finally {
      this.#writing = undefined;
    }
  }

  #say(kind: string, problem: string): void {
    if (this.#said.has(kind)) return;
    this.#said.add(kind);
    this.#options.log.warn(`${this.#options.path}: ${problem}`);
  }
}
