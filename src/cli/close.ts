import type { Command } from 'commander';
import { defineOperation, moved } from './operate.ts';

export function define(command: Command): void {
  defineOperation(command, {
    command: 'close',
    description: 'Closes a gate. A gate that is closed already is left alone.',
    minutes: 'optional',
    done: moved('closing', 'is closed already, nothing was done'),
  });
}
