import type { Command } from 'commander';
import { defineAction } from './action.ts';
import { definePlaceOptions, type PlaceFlags } from './device-options.ts';
import { withSupport } from './reach-support.ts';

interface LinkFlags extends PlaceFlags {
  readonly type?: string;
}

export function define(command: Command): void {
  command
    .description(
      'Makes a link that opens one connection, from a computer with a TeamViewer client. The link alone is' +
        ' printed; whoever has it can connect, once.',
    )
    .argument('<name>', 'the computer, as the config calls it')
    .option('--type <control type>', 'one that support was granted for; without it, the first of them');
  definePlaceOptions(command);
  defineAction<LinkFlags>(command, async ({ flags, terminal, json }, [name = '']) => {
    const link = await withSupport(flags, terminal, (support) => support.link(name, flags.type));
    if (flags.json) json({ name, link });
    else terminal.out(link);
    return undefined;
  });
}
