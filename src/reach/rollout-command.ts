import { spawn, type ChildProcess } from 'node:child_process';
import type { Clock } from '../base/clock.ts';
import { systemCode } from '../base/errors.ts';
import { ReachError } from './errors.ts';

export interface RolloutCommand {
  /** A program and its arguments, started without a shell; or one text, which the shell runs. */
  readonly command: string | readonly string[];
  /** Milliseconds after which it is killed, with everything that it has started. */
  readonly timeout: number;
  /** Environment variables that hold secrets of ours and are none of its business. */
  readonly withhold: readonly string[];
  readonly signal?: AbortSignal;
}

/** Rollout data is a few hundred bytes. */
const LARGEST_OUTPUT = 64 * 1024;

/**
 * Runs the program that fetches rollout data, and gives what it wrote to stdout. What it writes to stderr is
 * not read: it may quote the key.
 * @throws ReachError NO_ROLLOUT_DATA, with the exit code but nothing of the output.
 */
export function runRolloutCommand(options: RolloutCommand, clock: Clock): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = start(options);
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (): void => {
      limit.cancel();
      options.signal?.removeEventListener('abort', abort);
    };
    const fail = (why: string): void => {
      settle();
      killAll(child);
      reject(new ReachError('NO_ROLLOUT_DATA', `The rollout command ${why}.`));
    };
    const abort = (): void => fail('was stopped, since nobody waits for it any more');
    const limit = clock.after(options.timeout, () =>
      fail(`did not end within ${Math.round(options.timeout / 1000)} s`),
    );
    child.stdout?.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > LARGEST_OUTPUT)
        fail(`wrote more than ${LARGEST_OUTPUT / 1024} kB, so that is not rollout data`);
      else chunks.push(chunk);
    });
    child.on('error', (error) => fail(`cannot be started (${systemCode(error) ?? 'unknown error'})`));
    child.on('close', (code, signal) => {
      settle();
      if (code === 0) resolve(Buffer.concat(chunks));
      else fail(`ended with ${signal ?? `code ${code ?? 'unknown'}`}; run it by hand to see what it says`);
    });
    if (options.signal?.aborted) abort();
    else options.signal?.addEventListener('abort', abort, { once: true });
  });
}

function start({ command, withhold }: RolloutCommand): ChildProcess {
  const [program = '', ...args] = typeof command === 'string' ? [command] : command;
  const hidden = new Set(withhold);
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !hidden.has(name)));
  return spawn(program, args, {
    shell: typeof command === 'string',
    stdio: ['ignore', 'pipe', 'ignore'],
    // A group of its own, so that what a script has started can be ended with it.
    detached: process.platform !== 'win32',
    windowsHide: true,
    env,
  });
}

function killAll(child: ChildProcess): void {
  child.stdout?.destroy();
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself in the meantime.
  }
}
