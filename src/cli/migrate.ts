import type { Command } from 'commander';
import { systemClock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { writeTakeover } from '../config/takeover.ts';
import { defineAction, type Context } from './action.ts';
import { CliError } from './cli-error.ts';
import { definePlaceOptions, type PlaceFlags } from './device-options.ts';
import { readHomebridgeConfig, type LocatedConfig } from './homebridge-config.ts';
import { lineDiff, type DiffLine } from './line-diff.ts';
import { planMigration, type Plan } from './migration-plan.ts';
import { plain, type Style, type Terminal } from './terminal.ts';

interface MigrateFlags extends PlaceFlags {
  readonly write?: boolean;
}

export function define(command: Command): void {
  command
    .description(
      'Takes over the devices of homebridge-remootio: shows what becomes of each setting and how the config' +
        ' of Homebridge would change. The old platform goes from it, since a device allows one connection.' +
        ' Nothing is written without --write, and a backup is kept.',
    )
    .option('--write', 'write the new config, and keep the old one beside it');
  definePlaceOptions(command);
  defineAction<MigrateFlags>(command, async (context) => {
    const config = readHomebridgeConfig(context.flags);
    const plan = planMigration(config);
    const diff = lineDiff(plan.shownBefore, plan.shownAfter);
    const backup = context.flags.write ? await write(config, plan) : undefined;
    if (context.flags.json) tellJson(context, plan, diff, backup);
    else tell(context.terminal, config, plan, diff, backup);
    return undefined;
  });
}

/** @returns where the old config is now. */
async function write({ path }: LocatedConfig, plan: Plan): Promise<string> {
  try {
    return await writeTakeover(path, plan, systemClock.now());
  } catch (error) {
    throw new CliError(
      'CANNOT_WRITE',
      `${path} cannot be written (${messageOf(error)}); nothing was changed.`,
      {
        cause: error,
      },
    );
  }
}

function tellJson(
  { json }: Context<MigrateFlags>,
  { problems, lines, devices }: Plan,
  diff: readonly DiffLine[],
  backup: string | undefined,
): void {
  json({
    ok: true,
    devices,
    report: lines,
    problems: problems.map(({ message }) => message),
    diff: diff.map(({ sign, text }) => `${sign} ${text}`),
    written: backup !== undefined,
    backup,
  });
}

const DIFF_STYLES: Readonly<Record<DiffLine['sign'], Style>> = { '+': 'green', '-': 'red', ' ': 'dim' };

function tell(
  { out, paint }: Terminal,
  { path }: LocatedConfig,
  { problems, lines }: Plan,
  diff: readonly DiffLine[],
  backup: string | undefined,
): void {
  let device: string | undefined;
  for (const line of lines) {
    if (line.device !== device) out(paint('bold', plain(line.device ?? 'The platform')));
    device = line.device;
    out(
      `  ${plain(line.key)}${line.becomes === undefined ? '' : ` → ${line.becomes}`}: ${plain(line.message)}`,
    );
  }
  out('');
  out(paint('bold', `${path} (keys are not shown)`));
  for (const { sign, text } of diff) out(paint(DIFF_STYLES[sign], `${sign} ${text}`));
  out('');
  for (const { message } of problems) out(`${paint('yellow', 'To do:')} ${plain(message)}`);
  if (backup === undefined) {
    out('Nothing was written: say --write to do it.');
    return;
  }
  out(`Written. The old config is ${backup}.`);
  out('Restart Homebridge. In Apple Home the gates are new: choose their rooms and automations once more.');
}
