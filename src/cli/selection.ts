import type { ConfigProblem } from '../config/parse.ts';
import type { KeyNames } from '../journal/device-events.ts';
import type { ApiKeys } from '../wire/keys.ts';
import { CliError } from './cli-error.ts';
import type { DeviceFlags } from './device-options.ts';
import { homebridgeConfigIfAny, readHomebridgeConfig, type LocatedConfig } from './homebridge-config.ts';
import { keyNamesOf } from './key-names.ts';
import { readKeys } from './keys.ts';
import { plain } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** A device that a command is about. */
export interface Selected {
  /** Its name in the config, or its address. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Asked when it is connected to; that may be never. */
  readonly keys: () => Promise<ApiKeys>;
  readonly serialNumber: string | undefined;
  /** What the owner calls its keys. */
  readonly keyNames: KeyNames;
  /** The config says that it is only shown. */
  readonly readOnly: boolean;
  /** Without a status sensor a hold goes by the button of the opener: the owner has allowed it. */
  readonly holdsByPulse: boolean;
  /** Whether the config has it, so that the running plugin may. */
  readonly configured: boolean;
}

export interface Selection {
  readonly devices: readonly Selected[];
  /** Undefined where none was needed and none was found. */
  readonly config: LocatedConfig | undefined;
}

/**
 * The devices that the flags and names mean: all of the config where no name is given.
 * @throws {@link CliError} or {@link UsageError}, which say what there is to choose from.
 */
export function selectDevices(
  flags: DeviceFlags,
  names: readonly string[],
  warn: (line: string) => void,
): Selection {
  if (flags.host !== undefined) return byHost(flags.host, flags, names, warn);
  if (flags.keysFile !== undefined) throw new UsageError('--keys-file goes with --host.');
  const config = readHomebridgeConfig(flags);
  const devices = names.length === 0 ? config.devices : names.map((name) => byName(name, config));
  if (devices.length === 0)
    throw new CliError(
      'UNKNOWN_DEVICE',
      `${config.path} has no devices for this plugin.${said(config.problems)}`,
    );
  return {
    devices: devices.map((device) => ({
      name: plain(device.name),
      host: device.host,
      port: device.port,
      keys: () => Promise.resolve({ secretKey: device.apiSecretKey, authKey: device.apiAuthKey }),
      serialNumber: device.serialNumber,
      keyNames: keyNamesOf(device),
      readOnly: device.readOnly,
      holdsByPulse: holdsByPulse(device),
      configured: true,
    })),
    config,
  };
}

/** The one device that a command is about. */
export function selectDevice(
  flags: DeviceFlags,
  names: readonly string[],
  warn: (line: string) => void,
): { readonly device: Selected; readonly config: LocatedConfig | undefined } {
  const { devices, config } = selectDevices(flags, names, warn);
  const [device, ...others] = devices;
  if (device && others.length === 0) return { device, config };
  throw new UsageError(`Say which device is meant: ${list(devices)}.`);
}

function byHost(
  host: string,
  flags: DeviceFlags,
  names: readonly string[],
  warn: (line: string) => void,
): Selection {
  if (names.length > 0) throw new UsageError('Give the name of a device or its --host, not both.');
  const config = homebridgeConfigIfAny(flags);
  const { port } = flags;
  // The same rules hold for it by whatever way it is named.
  const known = config?.devices.find((device) => device.host === host.toLowerCase() && device.port === port);
  const device: Selected = {
    name: known ? plain(known.name) : plain(host),
    host,
    port,
    keys: once(() => readKeys({ keysFile: flags.keysFile, environment: process.env, warn })),
    serialNumber: known?.serialNumber,
    keyNames: known ? keyNamesOf(known) : new Map(),
    readOnly: known?.readOnly ?? false,
    holdsByPulse: known !== undefined && holdsByPulse(known),
    configured: known !== undefined,
  };
  return { devices: [device], config };
}

/** In the output mode open/close OPEN needs no sensor. */
function holdsByPulse({ holdWithoutSensor, withoutSensor }: LocatedConfig['devices'][number]): boolean {
  return holdWithoutSensor && withoutSensor !== 'directional';
}

function byName(name: string, config: LocatedConfig): LocatedConfig['devices'][number] {
  const asked = name.trim().toLowerCase();
  const found = config.devices.find((device) => device.name.toLowerCase() === asked);
  if (found) return found;
  const problem = config.problems.find(
    ({ severity, message }) => severity === 'error' && message.toLowerCase().startsWith(`${asked}:`),
  );
  if (problem) throw new CliError('BAD_CONFIG', problem.message);
  const others = config.devices.length === 0 ? 'It has none' : `It has ${list(config.devices)}`;
  throw new CliError('UNKNOWN_DEVICE', `${config.path} has no device "${plain(name)}". ${others}.`);
}

function said(problems: readonly ConfigProblem[]): string {
  const [first] = problems.filter(({ severity }) => severity === 'error');
  return first ? ` ${first.message}` : '';
}

function list(devices: readonly { readonly name: string }[]): string {
  return devices.map(({ name }) => `"${plain(name)}"`).join(', ');
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => (made ??= make());
}
