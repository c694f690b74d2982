import type { Command } from 'commander';
import { defineOperation, moved } from './operate.ts';

export function define(command: Command): void {
  defineOperation(command, {
    command: 'hold',
    description:
      'Opens a gate and holds its output active, so that it stays open. API version 3 and later.' +
      ' Nothing ends a hold before its time.',
    minutes: 'required',
    done: moved('opening', 'is open already, nothing is held'),
  });
}
