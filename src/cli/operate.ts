import type { Command as CommandLine } from 'commander';
import { defineAction, type Context } from './action.ts';
import { CliError } from './cli-error.ts';
import { defineDeviceOptions, type DeviceFlags } from './device-options.ts';
import type { Command, CommandResult, Gate } from './gate.ts';
import { canAsk, confirm } from './prompt.ts';
import { withGates } from './reach-gate.ts';
import { selectDevice } from './selection.ts';
import { plain } from './terminal.ts';
import { UsageError } from './usage-error.ts';
import { whole } from './whole-number.ts';

interface OperateFlags extends DeviceFlags {
  readonly minutes?: number;
  readonly yes?: boolean;
}

/** How one command that does something with a device differs from the others. */
export interface Operation {
  readonly command: Command;
  readonly description: string;
  /** Whether the output can be held for minutes, or must be. */
  readonly minutes: 'none' | 'optional' | 'required';
  /** Asked before it is done, unless `--yes`. */
  readonly question?: (name: string) => string;
  /** What became of it, in words. */
  readonly done: (result: CommandResult, minutes: number | undefined) => string;
}

const LONGEST_HOLD = 0xffff;

export function defineOperation(command: CommandLine, operation: Operation): void {
  command.argument('[device]', 'the name of the device').description(operation.description);
  if (operation.minutes === 'required') {
    command.requiredOption('--minutes <number>', 'for how long; API version 3', whole(1, LONGEST_HOLD));
  } else if (operation.minutes === 'optional') {
    const what = 'hold the output for so long instead of pulsing it; API version 3';
    command.option('--minutes <number>', what, whole(1, LONGEST_HOLD));
  }
  if (operation.question) command.option('--yes', 'do not ask');
  defineDeviceOptions(command);
  defineAction<OperateFlags>(command, async (context, names) => {
    await operate(operation, context, names);
    return undefined;
  });
}

async function operate(
  { command, done, question }: Operation,
  { flags, terminal, json }: Context<OperateFlags>,
  names: readonly string[],
): Promise<void> {
  const { device, config } = selectDevice(flags, names, terminal.note);
  if (question && !flags.yes) await agree(question(device.name));
  const use = async (gate: Gate): Promise<void> => {
    const result = await gate.command(command, flags.minutes);
    if (flags.json) json({ ok: true, device: gate.name, via: gate.via, command, ...result });
    else terminal.out(`${gate.name}: ${plain(done(result, flags.minutes))}`);
  };
  await withGates({ devices: [device], config }, flags, use);
}

async function agree(question: string): Promise<void> {
  if (!canAsk()) throw new UsageError('There is nobody to ask: say --yes.');
  if (!(await confirm(question))) throw new CliError('GIVEN_UP', 'Nothing was done.');
}

/** "opening", or that it was there already. */
export function moved(moving: string, there: string): Operation['done'] {
  return ({ relayTriggered }, minutes) => {
    if (relayTriggered === false) return there;
    return minutes === undefined ? moving : `${moving}, and held for ${minutes} min`;
  };
}
