import type { Command } from 'commander';
import { defineOperation, moved } from './operate.ts';

export function define(command: Command): void {
  defineOperation(command, {
    command: 'trigger',
    description:
      'Pulses the output that operates the gate, whatever its state: the way for a device without a status' +
      ' sensor. What the pulse does is up to the opener; it may stop a gate that moves.',
    minutes: 'optional',
    done: moved('the output was operated', 'the output was not operated'),
  });
}
