import type { Command } from 'commander';
import { defineOperation } from './operate.ts';

export function define(command: Command): void {
  defineOperation(command, {
    command: 'restart',
    description: 'Restarts a device. It is away for some seconds; the gate stays as it is.',
    minutes: 'none',
    question: (name) => `Restart ${name}?`,
    done: () => 'restarts',
  });
}
