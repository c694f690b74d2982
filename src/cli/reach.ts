import type { Command } from 'commander';
import { define as defineForget } from './reach-forget.ts';
import { define as defineLink } from './reach-link.ts';
import { define as defineList } from './reach-list.ts';
import { define as defineRegisterApp } from './reach-register-app.ts';
import { define as defineRollout } from './reach-rollout.ts';
import { define as defineSimulate } from './reach-simulate.ts';
import { define as defineUnregister } from './reach-unregister.ts';

/** `gatehouse reach …`: remote support of the computers in the house, by TeamViewer's REACH API. */
export function define(command: Command): void {
  command
    .description('Remote support of the computers in the house: grants it, makes links, ends it.')
    .addHelpText('after', HELP);
  defineList(command.command('list').summary('how remote support stands'));
  defineRollout(command.command('rollout').summary('grant support of a computer'));
  defineLink(command.command('link').summary('make a link that opens one connection'));
  defineUnregister(command.command('unregister').summary('end support of a computer'));
  defineForget(command.command('forget').summary('drop what is kept of keys that are past help'));
  defineRegisterApp(command.command('register-app').summary('Android: register the agent app, once'));
  defineSimulate(command.command('simulate').summary('run a simulated REACH backend'));
}

const HELP = `
Computers go by their names in the config of Homebridge (remoteSupport). Where the plugin is running, commands
go through it. The script token and the vault's passphrase come from the config, a file or the environment;
they are never taken as arguments, which every user of a machine can read.
`;
