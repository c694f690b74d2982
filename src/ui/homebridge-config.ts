import { readFile } from 'node:fs/promises';
import { messageOf, systemCode } from '../base/errors.ts';
import { isObject, own, parseJson, type JsonObject } from '../base/json.ts';
import type { DeviceConfig } from '../config/fields.ts';
import { parseConfig, type ConfigProblem } from '../config/parse.ts';
import { secretsIn } from '../config/say.ts';
import { apiKeyProblem, parseApiKey } from '../wire/keys.ts';
import { RequestProblem } from './request.ts';

/** The platform's alias in config.json. */
export const PLATFORM = 'Gatehouse';
/** That of homebridge-remootio. */
export const PEER_PLATFORM = 'Remootio';

export const KEY_FORMAT = { keyProblem: apiKeyProblem, parseKey: parseApiKey };

/** Homebridge's config.json as it is on disk, and what is in it for us. */
export interface SavedConfig {
  readonly text: string;
  readonly value: JsonObject;
  readonly blocks: readonly JsonObject[];
  readonly devices: readonly DeviceConfig[];
  readonly problems: readonly ConfigProblem[];
  readonly peers: readonly JsonObject[];
  /** Whatever was written where a key belongs, for keeping it out of anything else. */
  readonly secrets: readonly string[];
}

/** @throws {@link RequestProblem} `NO_CONFIG` or `BAD_CONFIG`; its message never quotes the file. */
export async function readSavedConfig(path: string): Promise<SavedConfig> {
  const text = await readText(path);
  const value = parseJson(text.replace(/^\uFEFF/, ''));
  if (!isObject(value)) throw new RequestProblem('BAD_CONFIG', "Homebridge's config.json is not valid JSON.");
  const blocks = platformsOf(value, PLATFORM);
  const peers = platformsOf(value, PEER_PLATFORM);
  const parsed = blocks.map((block) => parseConfig(block, KEY_FORMAT));
  return {
    text,
    value,
    blocks,
    devices: parsed.flatMap(({ devices }) => devices),
    problems: parsed.flatMap(({ problems }) => problems),
    peers,
    secrets: secretsIn([...blocks, ...peers].flatMap((block) => listOf(own(block, 'devices')))),
  };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const reason = systemCode(error) ?? messageOf(error);
    throw new RequestProblem('NO_CONFIG', `Homebridge's config.json cannot be read (${reason}).`, {
      cause: error,
    });
  }
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
