import { Command, CommanderError } from 'commander';
import { GatehouseError, messageOf } from '../base/errors.ts';
import { redact } from '../base/redact.ts';
import { EXIT_CODES, exitCodeOf, type ExitCode } from './exit-codes.ts';
import { Finished } from './finished.ts';
import { helpText } from './help-text.ts';
import type { CommandEntry, Streams } from './program.ts';

/** Finds the command that the arguments name, and runs it. Never throws. */
export async function obey(
  commands: readonly CommandEntry[],
  args: readonly string[],
  { out, error: writeError }: Streams,
): Promise<ExitCode> {
  const complain = (message: string): void => writeError(`gatehouse: ${oneLine(message)}\n`);
  const program = new Command('gatehouse').exitOverride().configureOutput({
    writeOut: out,
    writeErr: writeError,
    outputError: (text) => complain(text.replace(/^error: /, '')),
  });
  program.helpInformation = () => helpText(commands);
  const named = args[0] === 'help' ? args[1] : args[0];
  try {
    for (const { name, summary, load } of commands) {
      const command = program.command(name).summary(summary);
      if (name === named) (await load()).define(command);
    }
    await program.parseAsync(args, { from: 'user' });
    return EXIT_CODES.ok;
  } catch (error) {
    // Commander has said it already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage;
    if (error instanceof Finished) return error.exitCode;
    complain(error instanceof GatehouseError ? error.message : `unexpected error: ${messageOf(error)}`);
    return exitCodeOf(error);
  }
}

function oneLine(text: string): string {
  return redact(text).replace(/\s+/g, ' ').trim();
}
