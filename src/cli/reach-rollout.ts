import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { messageOf } from '../base/errors.ts';
import { decodeText, parseRolloutText } from '../reach/rollout-data.ts';
import { defineAction } from './action.ts';
import { CliError } from './cli-error.ts';
import { definePlaceOptions, type PlaceFlags } from './device-options.ts';
import { rowOf } from './reach-state.ts';
import { withSupport } from './reach-support.ts';
import { columns } from './terminal.ts';

interface RolloutFlags extends PlaceFlags {
  readonly data?: string;
}

export function define(command: Command): void {
  command
    .description('Grants support of a computer: registers a device key for it, which is kept in the vault.')
    .argument('<name>', 'the computer, as the config calls it')
    .option('--data <file>', 'rollout data to use instead of the configured source; - reads standard input');
  definePlaceOptions(command);
  defineAction<RolloutFlags>(command, async ({ flags, terminal, json }, [name = '']) => {
    const data = flags.data === undefined ? undefined : await readData(flags.data);
    const state = await withSupport(flags, terminal, (support) => support.rollout(name, data));
    if (flags.json) json(state);
    else for (const line of columns([rowOf(state)], terminal.paint)) terminal.out(line);
    return undefined;
  });
}

async function readData(path: string): Promise<object> {
  if (path === '-') return { ...parseRolloutText(await text(process.stdin), 'standard input') };
  try {
    return { ...parseRolloutText(decodeText(await readFile(path)), path) };
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) {
      throw new CliError('BAD_CONFIG', `--data cannot be read (${messageOf(error)}).`, { cause: error });
    }
    throw error;
  }
}
