import type { Command } from 'commander';
import { ownVersion } from '../base/own-package.ts';
import { EXIT_CODES, type ExitCode } from './exit-codes.ts';
import { helpText } from './help-text.ts';

/** What the file of a command exports. */
export interface CommandFile {
  /** Gives the command its description, arguments, options and action. */
  define(command: Command): void;
}

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  /** Loads the file only when its command is used: `--help` needs no websocket code. */
  readonly load: () => Promise<CommandFile>;
}

const COMMANDS: readonly CommandEntry[] = [
  { name: 'discover', summary: 'find Remootio devices on this network', load: () => import('./discover.ts') },
  {
    name: 'status',
    summary: 'how the gates are, and how they are reached',
    load: () => import('./status.ts'),
  },
  { name: 'watch', summary: 'show what happens, while it happens', load: () => import('./watch.ts') },
  { name: 'query', summary: 'ask a device how its sensor is', load: () => import('./query.ts') },
  { name: 'open', summary: 'open a gate', load: () => import('./open.ts') },
  { name: 'close', summary: 'close a gate', load: () => import('./close.ts') },
  { name: 'trigger', summary: 'pulse the output of a gate', load: () => import('./trigger.ts') },
  { name: 'secondary', summary: 'pulse the second output', load: () => import('./secondary.ts') },
  { name: 'hold', summary: 'open a gate and hold it open', load: () => import('./hold.ts') },
  { name: 'restart', summary: 'restart a device', load: () => import('./restart.ts') },
  { name: 'doctor', summary: 'find out what is wrong, and what to do', load: () => import('./doctor.ts') },
  { name: 'journal', summary: 'who operated what, when', load: () => import('./journal.ts') },
  {
    name: 'migrate',
    summary: 'take over the devices of homebridge-remootio',
    load: () => import('./migrate.ts'),
  },
  { name: 'reach', summary: 'remote support of computers', load: () => import('./reach.ts') },
  { name: 'simulate', summary: 'run simulated Remootio devices', load: () => import('./simulate.ts') },
];

/** Where the program writes. */
export interface Streams {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
}

const processStreams: Streams = {
  out: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
};

/**
 * Runs the command line. Never throws: what goes wrong is one line on standard error and the exit code.
 * @param args without the program's own name.
 */
export async function run(args: readonly string[], streams: Streams = processStreams): Promise<ExitCode> {
  const [first, ...rest] = args;
  if (rest.length === 0 && (first === '--help' || first === '-h' || first === 'help')) {
    streams.out(helpText(COMMANDS));
    return EXIT_CODES.ok;
  }
  if (first === '--version' || first === '-V') {
    streams.out(`${ownVersion()}\n`);
    return EXIT_CODES.ok;
  }
  // The argument parser takes longer to load than those two take to answer.
  const { obey } = await import('./obey.ts');
  return obey(COMMANDS, args, streams);
}
