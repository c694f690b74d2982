import { exitCodesHelp } from './exit-codes.ts';

const OPTIONS = [
  ['-V, --version', 'output the version number'],
  ['-h, --help', 'display help for command'],
] as const;

/** What `gatehouse --help` says. */
export function helpText(commands: readonly { readonly name: string; readonly summary: string }[]): string {
  const list = [...commands.map(({ name, summary }) => [name, summary] as const), HELP_COMMAND];
  return `Usage: gatehouse [options] [command]

Remootio gates and garage doors from the command line. Devices go by their
names in the config of Homebridge; where its plugin is running, commands go
through the plugin.

Options:
${lines(OPTIONS)}
Commands:
${lines(list)}${exitCodesHelp()}`;
}

const HELP_COMMAND = ['help [command]', 'display help for command'] as const;

function lines(entries: readonly (readonly [string, string])[]): string {
  return entries.map(([name, text]) => `  ${name.padEnd(HELP_COMMAND[0].length)}  ${text}\n`).join('');
}
