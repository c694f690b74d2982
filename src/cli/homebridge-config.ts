import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { messageOf, systemCode } from '../base/errors.ts';
import { parseHomebridgeConfig, type HomebridgeConfig } from '../config/homebridge-config.ts';
import { KEY_FORMAT } from '../wire/keys.ts';
import { CliError } from './cli-error.ts';

/** Where the user says that Homebridge keeps its things. */
export interface Place {
  readonly storage?: string | undefined;
  readonly config?: string | undefined;
}

/** A config.json of Homebridge, and where it is. */
export interface LocatedConfig extends HomebridgeConfig {
  /** Homebridge's storage folder. */
  readonly storage: string;
  readonly path: string;
}

/**
 * The config of Homebridge: the one that was named, or else the first that is found where Homebridge and its
 * UI keep it, one with devices of ours before one without.
 * @throws {@link CliError} `NO_CONFIG` or `BAD_CONFIG`, which names the place and never quotes its content.
 */
export function readHomebridgeConfig(place: Place): LocatedConfig {
  if (place.config !== undefined) {
    const path = resolve(place.config);
    return read(path, place.storage === undefined ? dirname(path) : resolve(place.storage));
  }
  if (place.storage !== undefined) {
    const storage = resolve(place.storage);
    return read(join(storage, 'config.json'), storage);
  }
  const places = usualPlaces();
  const found: LocatedConfig[] = [];
  let problem: unknown;
  for (const storage of places) {
    try {
      found.push(read(join(storage, 'config.json'), storage));
    } catch (error) {
      if (systemCode((error as Error).cause) !== 'ENOENT') problem ??= error;
    }
  }
  const [first] = [...found.filter(({ devices }) => devices.length > 0), ...found];
  if (first) return first;
  if (problem !== undefined) throw problem as Error;
  throw new CliError(
    'NO_CONFIG',
    `No config of Homebridge was found in ${places.join(' or ')}. Say where it is with --storage or --config, ` +
      'or name the device with --host.',
  );
}

/** The config where there is one; undefined where there is none and nobody said that there is. */
export function homebridgeConfigIfAny(place: Place): LocatedConfig | undefined {
  try {
    return readHomebridgeConfig(place);
  } catch (error) {
    if (place.config !== undefined || place.storage !== undefined) throw error;
    return undefined;
  }
}

/** The terminal of the Homebridge UI says where it is; else where Homebridge and its service keep it. */
function usualPlaces(): readonly string[] {
  const told = process.env['UIX_STORAGE_PATH'];
  const places = [told, join(homedir(), '.homebridge'), '/var/lib/homebridge', '/homebridge'];
  return [...new Set(places.filter((each) => each !== undefined && each !== ''))] as readonly string[];
}

function read(path: string, storage: string): LocatedConfig {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const forbidden = systemCode(error) === 'EACCES' || systemCode(error) === 'EPERM';
    const remedy = forbidden
      ? 'run this as the user that Homebridge runs as'
      : 'say where it is with --storage or --config';
    throw new CliError(
      'NO_CONFIG',
      `${path} cannot be read (${systemCode(error) ?? messageOf(error)}): ${remedy}.`,
      {
        cause: error,
      },
    );
  }
  const config = parseHomebridgeConfig(text, KEY_FORMAT);
  if (config) return { ...config, storage, path };
  throw new CliError('BAD_CONFIG', `${path} is not valid JSON: correct it in the Homebridge UI.`);
}
