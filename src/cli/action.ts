import type { Command } from 'commander';
import { GatehouseError, messageOf } from '../base/errors.ts';
import { redact } from '../base/redact.ts';
import { EXIT_CODES, exitCodeOf, type ExitCode } from './exit-codes.ts';
import { Finished } from './finished.ts';
import { plain, terminalOf, type Terminal } from './terminal.ts';

/** Flags that every command has. */
export interface CommonFlags {
  readonly json?: boolean;
}

/** What a command has to work with. */
export interface Context<Flags extends CommonFlags> {
  readonly flags: Flags;
  readonly terminal: Terminal;
  /** Prints one JSON object on a line of standard output. */
  readonly json: (value: object) => void;
}

/**
 * Gives a command its `--json` and its action. With `--json` an error is an object on standard output as
 * well, `{ "ok": false, "error": { "code", "message", "retry" } }`.
 * @param run what it does; what it returns, where it is anything, is the exit code.
 */
export function defineAction<Flags extends CommonFlags>(
  command: Command,
  run: (context: Context<Flags>, args: readonly string[]) => Promise<ExitCode | undefined>,
): void {
  command.option('--json', 'print JSON, one object a line').action(async (...given: readonly unknown[]) => {
    const flags = command.opts<Flags>();
    const args = given.slice(0, command.registeredArguments.length).flat();
    const terminal = terminalOf(command);
    const json = (value: object): void => terminal.out(JSON.stringify(value));
    let exitCode: ExitCode | undefined;
    try {
      exitCode = await run(
        { flags, terminal, json },
        args.filter((argument) => typeof argument === 'string'),
      );
    } catch (error) {
      if (!flags.json || error instanceof Finished) throw error;
      json({ ok: false, error: describeError(error) });
      throw new Finished(exitCodeOf(error));
    }
    if (exitCode !== undefined && exitCode !== EXIT_CODES.ok) throw new Finished(exitCode);
  });
}

export interface ErrorDescription {
  readonly code: string;
  readonly message: string;
  readonly retry: boolean;
  /** Of a command: "not sent", "rejected" or "unknown". */
  readonly outcome?: string;
}

/** An error as `--json` prints it. */
export function describeError(error: unknown): ErrorDescription {
  const message = plain(redact(messageOf(error)));
  if (!(error instanceof GatehouseError)) return { code: 'UNEXPECTED', message, retry: false };
  const { code, retry } = error;
  const outcome = 'outcome' in error && typeof error.outcome === 'string' ? { outcome: error.outcome } : {};
  return { code, message, retry, ...outcome };
}

/**
 * Runs something that lasts until it is interrupted (Ctrl-C, SIGTERM, or nobody reading standard output any
 * more), which is no failure.
 */
export async function untilInterrupted<Result>(
  run: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const stop = new AbortController();
  const end = (): void => stop.abort();
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  process.stdout.once('error', end);
  try {
    return await run(stop.signal);
  } finally {
    process.off('SIGINT', end);
    process.off('SIGTERM', end);
    process.stdout.off('error', end);
  }
}
