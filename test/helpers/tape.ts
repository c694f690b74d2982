import { systemClock } from '../../src/base/clock.ts';

/** How long a test waits for something that takes milliseconds when all is well. */
export const PATIENCE = 10_000;

interface Waiting<Item> {
  readonly look: (item: Item) => boolean;
  readonly found: (item: Item) => void;
  readonly failed: (why: string) => void;
}

/** The end of a tape: everything up to here is past, and only what comes later is waited for. */
export type Mark = number;

/**
 * What a process said or did, in order, never forgotten. A test waits for the next thing that it describes,
 * always with a limit, and a failure shows what came instead.
 */
export class Tape<Item> {
  readonly #items: Item[] = [];
  readonly #waiting = new Set<Waiting<Item>>();
  readonly #listeners: ((item: Item) => void)[] = [];
  readonly #name: string;
  readonly #show: (item: Item) => string;
  #ended: string | undefined;

  constructor(name: string, show: (item: Item) => string) {
    this.#name = name;
    this.#show = show;
  }

  push(item: Item): void {
    this.#items.push(item);
    for (const listener of this.#listeners) listener(item);
    for (const waiting of [...this.#waiting]) if (waiting.look(item)) waiting.found(item);
  }

  /** Calls `listener` with everything that comes from now on. */
  listen(listener: (item: Item) => void): void {
    this.#listeners.push(listener);
  }

  /** Nothing will come any more: whoever waits is told why instead of waiting out the limit. */
  end(why: string): void {
    this.#ended = why;
    for (const waiting of [...this.#waiting]) waiting.failed(why);
  }

  mark(): Mark {
    return this.#items.length;
  }

  since(mark: Mark): readonly Item[] {
    return this.#items.slice(mark);
  }

  /**
   * The first item at or after `since` that `look` accepts, whether it is there already or comes within
   * `within` milliseconds. `what` names it in the failure.
   */
  waitFor(
    what: string,
    look: (item: Item) => boolean,
    options: { since?: Mark; within?: number } = {},
  ): Promise<Item> {
    const since = options.since ?? 0;
    const within = options.within ?? PATIENCE;
    const already = this.#items.slice(since).find(look);
    if (already !== undefined) return Promise.resolve(already);
    // Made here, so that the stack leads to the line that waits.
    const failure = new Error();
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.#waiting.delete(waiting);
        limit.cancel();
      };
      const waiting: Waiting<Item> = {
        look,
        found(item) {
          settle();
          resolve(item);
        },
        failed: (why) => {
          settle();
          failure.message = `${this.#name}: ${why}, still waiting for ${what}. ${this.#story(since)}`;
          reject(failure);
        },
      };
      const limit = systemClock.after(within, () => waiting.failed(`${within} ms have passed`));
      this.#waiting.add(waiting);
      if (this.#ended !== undefined) waiting.failed(this.#ended);
    });
  }

  #story(since: Mark): string {
    const came = this.#items.slice(since).slice(-30);
    if (came.length === 0) return 'Nothing came.';
    return `What came:\n${came.map((item) => `  ${this.#show(item)}`).join('\n')}`;
  }
}
