import type { Command } from 'commander';
import { defineAction } from './action.ts';
import { definePlaceOptions, type PlaceFlags } from './device-options.ts';
import { rowOf } from './reach-state.ts';
import { withSupport } from './reach-support.ts';
import { columns } from './terminal.ts';

export function define(command: Command): void {
  command
    .description(
      'Drops what is kept of keys that are past help: possibly orphaned ones, and those that the computer has' +
        ' said it does not know. For when TeamViewer was installed anew on it, or the computer is gone.',
    )
    .argument('<name>', 'the computer, as "list" shows it');
  definePlaceOptions(command);
  defineAction<PlaceFlags>(command, async ({ flags, terminal, json }, [name = '']) => {
    const state = await withSupport(flags, terminal, (support) => support.forget(name));
    if (flags.json) json(state);
    else for (const line of columns([rowOf(state)], terminal.paint)) terminal.out(line);
    return undefined;
  });
}
