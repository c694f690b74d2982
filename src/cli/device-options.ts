import type { Command } from 'commander';
import type { CommonFlags } from './action.ts';
import { AUTH_KEY_VARIABLE, SECRET_KEY_VARIABLE } from './keys.ts';
import { whole } from './whole-number.ts';

/** Flags that say where Homebridge keeps its things. */
export interface PlaceFlags extends CommonFlags {
  readonly storage?: string;
  readonly config?: string;
}

/** Flags of every command that is about devices. */
export interface DeviceFlags extends PlaceFlags {
  readonly host?: string;
  readonly port: number;
  readonly keysFile?: string;
  readonly direct?: boolean;
  /** Seconds. */
  readonly timeout: number;
}

const LONGEST_TIMEOUT = 600;

export function definePlaceOptions(command: Command): void {
  command
    .option(
      '-U, --storage <folder>',
      "Homebridge's storage folder; found by itself where it is the usual one",
    )
    .option('--config <file>', "Homebridge's config.json, where it lies elsewhere");
}

export function defineDeviceOptions(command: Command): void {
  definePlaceOptions(command);
  command
    .option('--host <address>', 'a device by its address instead of by its name in the config')
    .option('--port <number>', 'its port, with --host', whole(1, 65_535), 8080)
    .option('--keys-file <file>', 'a file with both of its keys, with --host')
    .option('--direct', 'connect to the device itself, even where the running plugin is connected to it')
    .option('--timeout <seconds>', 'how long to wait for a connection', whole(1, LONGEST_TIMEOUT), 15)
    .addHelpText('after', DEVICE_HELP);
}

const DEVICE_HELP = `
Devices go by their names in the config of Homebridge; where there is one only, its name may be left out.
With --host the keys are read from the environment (${SECRET_KEY_VARIABLE}, ${AUTH_KEY_VARIABLE}), from --keys-file, or
asked for. Keys are never taken as arguments: every user of a machine can read those.

A device allows one connection. Where the running plugin has it, the command goes through the plugin;
--direct takes the connection from it for a moment.
`;
