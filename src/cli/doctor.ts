import type { Command } from 'commander';
import { systemClock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { StatusResult } from '../channel/protocol.ts';
import { defineAction, type Context } from './action.ts';
import { CliError } from './cli-error.ts';
import { defineDeviceOptions, type DeviceFlags } from './device-options.ts';
import { writeBundle } from './doctor/bundle.ts';
import { deviceSection } from './doctor/device-section.ts';
import type { Finding, Section } from './doctor/finding.ts';
import { houseSection } from './doctor/house-section.ts';
import { EXIT_CODES, type ExitCode } from './exit-codes.ts';
import { readHomebridgeConfig, type LocatedConfig } from './homebridge-config.ts';
import { runningPlugins } from './plugin-gate.ts';
import { selectDevices, type Selection } from './selection.ts';
import { plain, wrap, type Style, type Terminal } from './terminal.ts';

interface DoctorFlags extends DeviceFlags {
  readonly report?: string;
}

export function define(command: Command): void {
  command
    .argument('[devices...]', 'names of devices; all of the config if left out')
    .description(
      'Looks at everything that can be wrong between here and the gate, in order: the name, the port, the' +
        ' websocket, HELLO, the keys, who has the one connection, the sensor, logging, the clocks, Homebridge and' +
        ' what the plugin keeps on disk. Says what was tried, what came back and what to do. Moves nothing. Ends' +
        ' with exit code 1 where something failed.',
    )
    .option('--report <file>', 'write it all to a file for a bug report; no key is in it');
  defineDeviceOptions(command);
  defineAction<DoctorFlags>(command, examine);
}

interface House {
  readonly config: LocatedConfig | Error | undefined;
  readonly plugins: readonly StatusResult[] | Error;
  readonly diagnostics: readonly unknown[];
}

async function examine(context: Context<DoctorFlags>, names: readonly string[]): Promise<ExitCode> {
  const { flags, terminal, json } = context;
  const selection = select(flags, names, terminal.note);
  const house = await lookAround(selection, flags);
  const { config, plugins } = house;
  const clock = systemClock;
  const options = {
    config: config instanceof Error ? undefined : config,
    plugins: plugins instanceof Error ? [] : plugins,
    direct: flags.direct ?? false,
    clock,
  };
  // All at once; told in order, each as soon as it is there.
  const pending = [
    ...selection.devices.map((device) => deviceSection({ ...options, device })),
    houseSection({ ...house, clock }),
  ];
  const sections: Section[] = [];
  for (const section of pending) {
    const done = await section;
    sections.push(done);
    if (!flags.json) for (const line of sectionLines(done, terminal)) terminal.out(line);
  }
  const well = sections.every(({ findings }) => findings.every(({ outcome }) => outcome !== 'failed'));
  if (flags.report !== undefined) await report(flags.report, sections, selection, house);
  if (flags.json) json({ ok: well, sections, report: flags.report });
  else tellEnd(well, sections, flags.report, terminal);
  return well ? EXIT_CODES.ok : EXIT_CODES.failed;
}

/** Without a config there is no device to look at, and that is what is wrong. */
function select(
  flags: DoctorFlags,
  names: readonly string[],
  warn: (line: string) => void,
): Selection & { readonly problem?: Error } {
  try {
    return selectDevices(flags, names, warn);
  } catch (error) {
    const bad =
      error instanceof CliError && ['NO_CONFIG', 'BAD_CONFIG', 'UNKNOWN_DEVICE'].includes(error.code);
    if (!bad || names.length > 0 || flags.host !== undefined) throw error;
    return { devices: [], config: undefined, problem: error };
  }
}

async function lookAround(
  { config, problem }: Selection & { readonly problem?: Error },
  flags: DoctorFlags,
): Promise<House> {
  const known = config ?? (problem && configOr(problem, flags));
  if (known === undefined || known instanceof Error) return { config: known, plugins: [], diagnostics: [] };
  try {
    const running = await runningPlugins(known.storage);
    const diagnostics = await Promise.all(
      running.map(({ client }) => client.call('diagnostics', {}).catch((error: unknown) => messageOf(error))),
    );
    await Promise.all(running.map(({ client }) => client.close()));
    return { config: known, plugins: running.map(({ status }) => status), diagnostics };
  } catch (error) {
    const plugins = error instanceof Error ? error : new Error(messageOf(error));
    return { config: known, plugins, diagnostics: [] };
  }
}

/** A config without devices is one that can be looked at. */
function configOr(problem: Error, flags: DoctorFlags): LocatedConfig | Error {
  try {
    return readHomebridgeConfig(flags);
  } catch {
    return problem;
  }
}

async function report(
  path: string,
  sections: readonly Section[],
  selection: Selection,
  { config, plugins, diagnostics }: House,
): Promise<void> {
  const keys = await Promise.all(selection.devices.map((device) => device.keys()));
  const known = config instanceof Error ? undefined : config;
  await writeBundle(path, {
    sections,
    config: known,
    diagnostics,
    homebridge: plugins instanceof Error ? undefined : plugins[0]?.plugin.homebridge,
    secrets: [
      ...(known?.secrets ?? []),
      ...keys
        .flatMap(({ secretKey, authKey }) => [secretKey, authKey])
        .map((key) => key.export().toString('hex')),
    ],
    clock: systemClock,
  });
}

const MARKS: Readonly<Record<Finding['outcome'], readonly [string, Style]>> = {
  ok: ['✓', 'green'],
  warning: ['!', 'yellow'],
  failed: ['✗', 'red'],
  skipped: ['-', 'dim'],
};
const CHECK_WIDTH = 'name-resolution'.length;

/** A line for each check; what is not well has a second one with what to do. */
export function sectionLines(
  { title, findings }: Section,
  { paint, width }: Pick<Terminal, 'paint' | 'width'>,
): string[] {
  const indent = ' '.repeat(CHECK_WIDTH + '  ✓   '.length);
  const fit = (text: string): string[] => wrap(plain(text), width - indent.length);
  const lines = findings.flatMap(({ check, outcome, tried, found, todo }) => {
    const [mark, style] = MARKS[outcome];
    const [first = '', ...rest] = fit(outcome === 'skipped' ? found : `${tried}: ${found}`);
    return [
      `  ${paint(style, mark)} ${check.padEnd(CHECK_WIDTH)}  ${first}`,
      ...rest.map((line) => `${indent}${line}`),
      ...(todo === undefined ? [] : fit(`→ ${todo}`).map((line) => `${indent}${paint('bold', line)}`)),
    ];
  });
  return [paint('bold', plain(title)), ...lines, ''];
}

function tellEnd(
  well: boolean,
  sections: readonly Section[],
  file: string | undefined,
  { out, paint }: Terminal,
): void {
  const outcomes = sections.flatMap(({ findings }) => findings.map(({ outcome }) => outcome));
  const count = (wanted: Finding['outcome']): number =>
    outcomes.filter((outcome) => outcome === wanted).length;
  const warnings = count('warning');
  if (well)
    out(paint('green', warnings === 0 ? 'Nothing is wrong.' : `Nothing failed; ${warnings} to look at.`));
  else out(paint('red', `${count('failed')} failed.`));
  if (file !== undefined) out(`The report is in ${plain(file)}. Look through it before you send it.`);
}
