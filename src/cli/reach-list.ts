import type { Command } from 'commander';
import { defineAction } from './action.ts';
import { definePlaceOptions, type PlaceFlags } from './device-options.ts';
import { rowOf } from './reach-state.ts';
import { withSupport } from './reach-support.ts';
import { columns } from './terminal.ts';

export function define(command: Command): void {
  command.description('Shows for each computer whether remote support is on, for what, and until when.');
  definePlaceOptions(command);
  defineAction<PlaceFlags>(command, async ({ flags, terminal, json }) => {
    const states = await withSupport(flags, terminal, (support) => support.list());
    if (flags.json) for (const state of states) json(state);
    else for (const line of columns(states.map(rowOf), terminal.paint)) terminal.out(line);
    return undefined;
  });
}
