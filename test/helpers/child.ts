import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { systemClock } from '../../src/base/clock.ts';
import { Tape } from './tape.ts';

export interface Line {
  /** Monotonic milliseconds of this process at which it was read. */
  readonly at: number;
  readonly from: 'stdout' | 'stderr';
  readonly text: string;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ChildOptions {
  /** How failures call it. */
  readonly name: string;
  /** Arguments for this very Node: the first is the script. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

const DIE_WITH_PARENT = new URL('die-with-parent.ts', import.meta.url).href;

/** A Node process that this one started: its lines, its messages, its end. It never outlives this process. */
export class Child {
  readonly name: string;
  readonly lines: Tape<Line>;
  readonly messages: Tape<unknown>;
  /** Resolves when it has ended and everything that it had said was read. */
  readonly exited: Promise<Exit>;
  readonly #process: ChildProcess;

  constructor(options: ChildOptions) {
    this.name = options.name;
    this.lines = new Tape(options.name, (line) => line.text);
    this.messages = new Tape(options.name, (message) => JSON.stringify(message));
    this.#process = spawn(process.execPath, ['--import', DIE_WITH_PARENT, ...options.args], {
      stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
      // In a group of its own: Ctrl-C in the terminal reaches this process alone, which stops the others in
      // their order.
      detached: true,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: {
        ...process.env,
        NO_COLOR: '1',
        FORCE_COLOR: '0',
        DIES_WITH: String(process.pid),
        ...options.env,
      },
    });
    this.#process.on('message', (message) => this.messages.push(message));
    // A write to a process that has just ended is no failure of the test: its end is what tells.
    this.#process.stdin?.on('error', () => undefined);
    this.#read('stdout', this.#process.stdout!);
    this.#read('stderr', this.#process.stderr!);
    this.exited = new Promise((resolve, reject) => {
      this.#process.once('error', reject);
      this.#process.once('close', (code, signal) => {
        const why = `it ended with ${signal ?? `code ${code}`}`;
        this.lines.end(why);
        this.messages.end(why);
        resolve({ code, signal });
      });
    });
  }

  get pid(): number {
    return this.#process.pid!;
  }

  get running(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  say(line: string): void {
    this.#process.stdin?.write(`${line}\n`);
  }

  /** Sends `signal` and waits for the end; after `within` milliseconds SIGKILL, which is reported as such. */
  async stop(signal: NodeJS.Signals = 'SIGTERM', within = 10_000): Promise<Exit> {
    if (this.running) this.#process.kill(signal);
    const limit = systemClock.after(within, () => this.#process.kill('SIGKILL'));
    try {
      return await this.exited;
    } finally {
      limit.cancel();
    }
  }

  #read(from: Line['from'], stream: Readable): void {
    createInterface({ input: stream, crlfDelay: Infinity }).on('line', (text) =>
      this.lines.push({ at: systemClock.monotonic(), from, text }),
    );
  }
}
