import { InvalidArgumentError, Option, type Command } from 'commander';
import { GatehouseError, messageOf, systemCode } from '../base/errors.ts';
import { COMMAND_NAMES } from '../simulator/commands.ts';
import { FAULT_NAMES, faultSummary, isFaultName, type FaultName } from '../simulator/faults.ts';
import { runSimulator } from '../simulator/process.ts';
import {
  completeSettings,
  OUTPUT_MODES,
  type OutputMode,
  type PulseWhileMoving,
  type SimulatedDeviceOptions,
} from '../simulator/settings.ts';
import type { ListenOptions } from '../simulator/simulator.ts';
import type { ApiVersion } from '../wire/frames.ts';
import { apiKeyProblem } from '../wire/keys.ts';
import { UsageError } from './usage-error.ts';
import { whole } from './whole-number.ts';

/** What Commander makes of the options below. */
interface Flags {
  readonly port: number;
  readonly host: string;
  readonly devices: number;
  readonly apiVersion: string;
  readonly serial?: string;
  readonly model: string;
  readonly secretKey?: string;
  readonly authKey?: string;
  readonly state: 'open' | 'closed';
  readonly travelMs: number;
  readonly sensorDelayMs?: number;
  readonly relayMs: number;
  readonly minuteMs: number;
  readonly leftOpenMs?: number;
  readonly bootMs: number;
  readonly mode: OutputMode;
  readonly pulseWhileMoving: PulseWhileMoving;
  readonly sensor: boolean;
  readonly logging: boolean;
  readonly connections: number;
  readonly whenTaken: 'replace' | 'refuse';
  readonly eventsFirst: boolean;
  readonly fault?: readonly FaultName[];
}

const HIGHEST_PORT = 65_535;
const MOST_DEVICES = 500;
const USUAL = completeSettings({});

export function define(command: Command): void {
  command
    .description(
      'Runs simulated Remootio devices. Everything that happens to them is one JSON object a line on standard' +
        ' output; the first one tells where the device listens, and its keys.',
    )
    .option(
      '--port <number>',
      'port of the first device, 0 for any that is free',
      whole(0, HIGHEST_PORT),
      8080,
    )
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--devices <count>', 'how many, on consecutive ports', whole(1, MOST_DEVICES), 1)
    .addOption(choice('--api-version <number>', 'API version', ['1', '2', '3'], '3'))
    .option('--serial <text>', 'serial number of the first device; the others get a number behind it')
    .option('--model <text>', 'what it says it is', USUAL.remootioVersion)
    .option('--secret-key <hex>', 'API Secret Key, 64 hex digits; made up if left out')
    .option('--auth-key <hex>', 'API Auth Key, 64 hex digits; made up if left out')
    .addOption(choice('--state <state>', 'where the gate stands', ['open', 'closed'], 'closed'))
    .option(
      '--travel-ms <number>',
      'how long the gate takes from one end to the other',
      whole(1),
      USUAL.openTime,
    )
    .option('--sensor-delay-ms <number>', 'how long an opening takes until the sensor says so', whole(0))
    .option('--relay-ms <number>', 'how long a pulse keeps the output busy', whole(0), USUAL.relayTime)
    .option('--minute-ms <number>', 'how long a minute of a held output takes', whole(1), USUAL.minute)
    .option('--left-open-ms <number>', 'how long open makes a LeftOpen event', whole(1))
    .option('--boot-ms <number>', 'how long a restart takes', whole(0), USUAL.bootTime)
    .addOption(choice('--mode <mode>', 'output mode', Object.keys(OUTPUT_MODES), 'impulse'))
    .addOption(
      choice('--pulse-while-moving <what>', 'what a pulse does in mid-travel', ['stop', 'reverse'], 'stop'),
    )
    .option('--no-sensor', 'no status sensor is installed')
    .option('--no-logging', 'the API is enabled without logging')
    .option('--connections <count>', 'how many clients at a time', whole(1), 1)
    .addOption(
      choice('--when-taken <what>', 'what one client too many does', ['replace', 'refuse'], USUAL.whenTaken),
    )
    .option('--events-first', 'send events before the response that they belong to', false)
    .option('--fault <name>', 'a fault that is on from the start; may be given several times', fault)
    .addHelpText('after', helpOnFaults)
    .addHelpText('after', helpOnCommands)
    .action(async (flags: Flags) => {
      await simulate(flags);
    });
}

async function simulate(flags: Flags): Promise<void> {
  const settings = settingsOf(flags);
  const stop = new AbortController();
  const end = (): void => stop.abort();
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  // Whoever read the lines is gone.
  process.stdout.on('error', end);
  try {
    await runSimulator({
      devices: Array.from({ length: flags.devices }, (_, index) => ({ ...settings, ...place(flags, index) })),
      faults: flags.fault ?? [],
      input: process.stdin,
      print: (line) => process.stdout.write(`${line}\n`),
      signal: stop.signal,
    });
  } catch (error) {
    throw cannotListen(flags, error);
  } finally {
    process.off('SIGINT', end);
    process.off('SIGTERM', end);
    process.stdout.off('error', end);
  }
}

function settingsOf(flags: Flags): SimulatedDeviceOptions {
  if (flags.port + flags.devices - 1 > HIGHEST_PORT) {
    throw new UsageError(`--devices ${flags.devices} needs ports past ${HIGHEST_PORT}: use a lower --port`);
  }
  const secretKey = key('--secret-key', flags.secretKey);
  const authKey = key('--auth-key', flags.authKey);
  const { sensorDelayMs } = flags;
  return {
    apiVersion: Number(flags.apiVersion) as ApiVersion,
    state: flags.state,
    mode: flags.mode,
    pulseWhileMoving: flags.pulseWhileMoving,
    sensor: flags.sensor,
    logging: flags.logging,
    connections: flags.connections,
    whenTaken: flags.whenTaken,
    eventsFirst: flags.eventsFirst,
    remootioVersion: flags.model,
    travelTime: flags.travelMs,
    relayTime: flags.relayMs,
    minute: flags.minuteMs,
    bootTime: flags.bootMs,
    leftOpenAfter: flags.leftOpenMs,
    ...(secretKey !== undefined && { secretKey }),
    ...(authKey !== undefined && { authKey }),
    ...(sensorDelayMs !== undefined && { sensorDelay: sensorDelayMs }),
  };
}

function place(flags: Flags, index: number): ListenOptions & Pick<SimulatedDeviceOptions, 'serialNumber'> {
  const { serial } = flags;
  return {
    host: flags.host,
    port: flags.port === 0 ? 0 : flags.port + index,
    ...(serial !== undefined && { serialNumber: index === 0 ? serial : `${serial}${index + 1}` }),
  };
}

/** Not an argument parser of Commander's: those quote the value. */
function key(option: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const problem = apiKeyProblem(text);
  if (problem !== undefined) throw new UsageError(`${option} ${problem}`);
  return text.replace(/\s+/g, '');
}

/** The port cannot be had. */
class ListenError extends GatehouseError {
  override readonly code = 'CANNOT_LISTEN';
  override readonly retry = false;
}

function cannotListen({ port, host, devices }: Flags, error: unknown): unknown {
  const last = port + devices - 1;
  const ports = devices > 1 && port > 0 ? `one of the ports ${port} to ${last}` : `port ${port}`;
  switch (systemCode(error)) {
    case 'EADDRINUSE':
      return new ListenError(`${ports} of ${host} is in use: choose another with --port`, { cause: error });
    case 'EACCES':
      return new ListenError(`${ports} may not be used by this user: choose another with --port`, {
        cause: error,
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new ListenError(`--host ${host} is no address of this machine (${messageOf(error)})`, {
        cause: error,
      });
    default:
      return error;
  }
}

function fault(name: string, before: readonly FaultName[] = []): readonly FaultName[] {
  if (isFaultName(name)) return [...before, name];
  throw new InvalidArgumentError('There is no such fault; --help lists them.');
}

function choice(flags: string, description: string, values: readonly string[], byDefault: string): Option {
  return new Option(flags, description).choices(values).default(byDefault);
}

function helpOnFaults(): string {
  const width = Math.max(...FAULT_NAMES.map((name) => name.length));
  return `\nFaults:\n${FAULT_NAMES.map((name) => `  ${name.padEnd(width)}  ${faultSummary(name)}\n`).join('')}`;
}

function helpOnCommands(): string {
  return (
    `Commands, one JSON object a line on standard input, for example {"do":"operate","keyNr":5}\n` +
    `or {"do":"fault","name":"silence","on":true}:\n  ${[...COMMAND_NAMES, 'stop'].join(', ')}\n`
  );
}
