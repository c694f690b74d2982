import type { Command } from 'commander';
import { defineOperation, moved } from './operate.ts';

export function define(command: Command): void {
  defineOperation(command, {
    command: 'open',
    description: 'Opens a gate. A gate that is open already is left alone.',
    minutes: 'optional',
    done: moved('opening', 'is open already, nothing was done'),
  });
}
