import type { Command } from 'commander';
import { sleep, systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { Discovery } from '../discovery/discovery.ts';
import type { Discovered } from '../discovery/service-cache.ts';
import { defineAction, untilInterrupted, type Context } from './action.ts';
import { CliError } from './cli-error.ts';
import { definePlaceOptions, type PlaceFlags } from './device-options.ts';
import { homebridgeConfigIfAny, type LocatedConfig } from './homebridge-config.ts';
import { plain } from './terminal.ts';
import { aborted } from './watch-device.ts';
import { whole } from './whole-number.ts';

interface DiscoverFlags extends PlaceFlags {
  readonly watch?: boolean;
  /** Seconds. */
  readonly timeout: number;
  readonly interface?: string;
  readonly mdnsPort?: number;
}

interface Found {
  readonly serialNumber: string;
  readonly hostName: string;
  readonly addresses: readonly string[];
  readonly port: number;
  /** Its name in the config of Homebridge, where it is in there. */
  readonly configuredAs: string | undefined;
}

const LONGEST_TIMEOUT = 600;

export function define(command: Command): void {
  command
    .description(
      'Finds Remootio devices that announce themselves on this network (mDNS). Not all do: Remootio 3 with' +
        ' software 2.40 or later does not. Such a device answers at remootio_<serial number>.local as well.',
    )
    .option('--watch', 'keep looking, and tell of devices that come and go, until it is interrupted')
    .option('--timeout <seconds>', 'how long to look', whole(1, LONGEST_TIMEOUT), 5)
    .option('--interface <address>', 'look on one network alone: the address of this computer in it');
  command.addOption(command.createOption('--mdns-port <number>').argParser(whole(1, 65_535)).hideHelp());
  definePlaceOptions(command);
  defineAction<DiscoverFlags>(command, async (context) => {
    await discover(context);
    return undefined;
  });
}

async function discover(context: Context<DiscoverFlags>): Promise<void> {
  const { flags } = context;
  const config = homebridgeConfigIfAny(flags);
  const discovery = new Discovery({
    clock: systemClock,
    log: { ...silentLog, info: context.terminal.note },
    mdns: {
      // Bound to the address of an interface a socket hears no multicast.
      ...(flags.interface !== undefined && { interface: flags.interface, bind: '0.0.0.0' }),
      ...(flags.mdnsPort !== undefined && { port: flags.mdnsPort }),
    },
  });
  const toFound = (device: Discovered): Found => describeFound(device, config);
  discovery.found.on((device) => tellFound(context, toFound(device)));
  discovery.gone.on((device) => tellGone(context, toFound(device)));
  discovery.start();
  try {
    if (flags.watch) await untilInterrupted(aborted);
    else
      await untilInterrupted((signal) =>
        sleep(systemClock, flags.timeout * 1000, signal).catch(() => undefined),
      );
    if (!flags.watch) summarize(context, discovery.devices.map(toFound));
  } finally {
    await discovery.stop();
  }
}

/** On a terminal and with `--watch` devices are told as they are found; JSON without it is one object. */
function tellFound({ flags, terminal, json }: Context<DiscoverFlags>, device: Found): void {
  if (!flags.json) terminal.out(lineOf(device, terminal.paint));
  else if (flags.watch) json({ event: 'found', ...device });
}

function tellGone({ flags, terminal, json }: Context<DiscoverFlags>, device: Found): void {
  if (!flags.watch) return;
  if (flags.json) json({ event: 'gone', ...device });
  else terminal.out(`${device.serialNumber}  is gone`);
}

function summarize({ flags, json }: Context<DiscoverFlags>, devices: readonly Found[]): void {
  if (devices.length === 0) {
    throw new CliError(
      'NOTHING_FOUND',
      'No Remootio device announced itself. Check that its Websocket API is enabled in the Remootio app and that' +
        ' both are in the same network; a Remootio 3 with software 2.40 or later does not announce itself: use' +
        ' the address that the app shows.',
    );
  }
  if (flags.json) json({ ok: true, devices });
}

function lineOf(device: Found, paint: Context<DiscoverFlags>['terminal']['paint']): string {
  const { serialNumber, addresses, port, configuredAs } = device;
  const at = addresses.map((address) =>
    address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`,
  );
  const known = configuredAs === undefined ? '' : paint('dim', `  in the config as ${plain(configuredAs)}`);
  return `${paint('bold', plain(serialNumber))}  ${at.join(' ')}${known}`;
}

function describeFound(device: Discovered, config: LocatedConfig | undefined): Found {
  const { serialNumber, hostName, addresses, port } = device;
  const places = [...addresses, hostName].map((place) => place.toLowerCase());
  const known = config?.devices.find(
    (each) =>
      each.serialNumber?.toLowerCase() === serialNumber.toLowerCase() ||
      (places.includes(each.host) && each.port === port),
  );
  return { serialNumber, hostName, addresses, port, configuredAs: known?.name };
}
