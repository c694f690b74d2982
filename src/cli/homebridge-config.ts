import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { messageOf, systemCode } from '../base/errors.ts';
import { isObject, own, parseJson, type JsonObject } from '../base/json.ts';
import type { DeviceConfig } from '../config/fields.ts';
import { parseConfig, type ConfigProblem } from '../config/parse.ts';
import { secretsIn } from '../config/say.ts';
import { apiKeyProblem, parseApiKey } from '../wire/keys.ts';
import { CliError } from './cli-error.ts';

/** The platform's alias in config.json. */
export const PLATFORM = 'Gatehouse';
/** That of homebridge-remootio. */
export const PEER_PLATFORM = 'Remootio';

/** Where the user says that Homebridge keeps its things. */
export interface Place {
  readonly storage?: string | undefined;
  readonly config?: string | undefined;
}

/** A config.json of Homebridge and what is in it for us. */
export interface HomebridgeConfig {
  /** Homebridge's storage folder. */
  readonly storage: string;
  readonly path: string;
  readonly text: string;
  readonly value: JsonObject;
  readonly devices: readonly DeviceConfig[];
  readonly problems: readonly ConfigProblem[];
  /** Whatever was written where a key belongs, for keeping it out of anything else. */
  readonly secrets: readonly string[];
}

/**
 * The config of Homebridge: the one that was named, or else the first that is found where Homebridge and its
 * UI keep it, one with devices of ours before one without.
 * @throws {@link CliError} `NO_CONFIG` or `BAD_CONFIG`, which names the place and never quotes its content.
 */
export function readHomebridgeConfig(place: Place): HomebridgeConfig {
  if (place.config !== undefined) {
    const path = resolve(place.config);
    return read(path, place.storage === undefined ? dirname(path) : resolve(place.storage));
  }
  if (place.storage !== undefined) {
    const storage = resolve(place.storage);
    return read(join(storage, 'config.json'), storage);
  }
  const places = usualPlaces();
  const found: HomebridgeConfig[] = [];
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
export function homebridgeConfigIfAny(place: Place): HomebridgeConfig | undefined {
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

function read(path: string, storage: string): HomebridgeConfig {
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
  const value = parseJson(text.replace(/^\uFEFF/, ''));
  if (!isObject(value)) {
    throw new CliError('BAD_CONFIG', `${path} is not valid JSON: correct it in the Homebridge UI.`);
  }
  const blocks = platformsOf(value, PLATFORM);
  const parsed = blocks.map((block) =>
    parseConfig(block, { keyProblem: apiKeyProblem, parseKey: parseApiKey }),
  );
  return {
    storage,
    path,
    text,
    value,
    devices: parsed.flatMap(({ devices }) => devices),
    problems: parsed.flatMap(({ problems }) => problems),
    secrets: [PLATFORM, PEER_PLATFORM].flatMap((name) =>
      secretsIn(platformsOf(value, name).flatMap((block) => listOf(own(block, 'devices')))),
    ),
  };
}

/** The blocks of one platform in the config. */
export function platformsOf(config: JsonObject, name: string): readonly JsonObject[] {
  return listOf(own(config, 'platforms'))
    .filter(isObject)
    .filter((block) => own(block, 'platform') === name);
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
