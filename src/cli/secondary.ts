import type { Command } from 'commander';
import { defineOperation, moved } from './operate.ts';

export function define(command: Command): void {
  defineOperation(command, {
    command: 'secondary',
    description: 'Pulses the free output of a device that has one. API version 2 and later.',
    minutes: 'optional',
    done: moved('the second output was operated', 'the second output was not operated'),
  });
}
