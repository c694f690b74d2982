import type { Command } from 'commander';
import { defineAction } from './action.ts';
import { definePlaceOptions, type PlaceFlags } from './device-options.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { rowOf } from './reach-state.ts';
import { withSupport } from './reach-support.ts';
import { columns } from './terminal.ts';

export function define(command: Command): void {
  command
    .description(
      'Ends support of a computer: no link can be made from now on, and the device key is unregistered. Ends' +
        ' with exit code 3 where the computer cannot be reached; the plugin then tries on until it works.',
    )
    .argument('<name>', 'the computer, as the config calls it, or as "list" shows it');
  definePlaceOptions(command);
  defineAction<PlaceFlags>(command, async ({ flags, terminal, json }, [name = '']) => {
    const state = await withSupport(flags, terminal, (support) => support.revoke(name));
    if (flags.json) json(state);
    else for (const line of columns([rowOf(state)], terminal.paint)) terminal.out(line);
    return state.accessOpen ? EXIT_CODES.offline : undefined;
  });
}
