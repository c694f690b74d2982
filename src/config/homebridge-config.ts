import { isObject, own, parseJson, type JsonObject } from '../base/json.ts';
import { withoutSecrets } from '../base/redact.ts';
import type { DeviceConfig, KeyFormat } from './fields.ts';
import { parseConfig, type ConfigProblem } from './parse.ts';
import { secretsIn } from './say.ts';

/** The names of this plugin and of its platform in Homebridge's config. */
export const PLUGIN = 'homebridge-gatehouse';
export const PLATFORM = 'Gatehouse';
/** Those of homebridge-remootio, which cannot have the same device: it allows one connection. */
export const PEER_PLUGIN = 'homebridge-remootio';
export const PEER_PLATFORM = 'Remootio';

/** Homebridge's config.json as it is on disk, and what is in it for us. */
export interface HomebridgeConfig {
  readonly text: string;
  readonly value: JsonObject;
  /** Of our platform. */
  readonly blocks: readonly JsonObject[];
  /** Of homebridge-remootio's. */
  readonly peers: readonly JsonObject[];
  readonly devices: readonly DeviceConfig[];
  readonly problems: readonly ConfigProblem[];
  /** Whatever was written where a key belongs, for keeping it out of anything else. */
  readonly secrets: readonly string[];
}

/** @returns undefined where the text is no JSON object. */
export function parseHomebridgeConfig(text: string, keyFormat: KeyFormat): HomebridgeConfig | undefined {
  const value = parseHomebridgeJson(text);
  if (!value) return undefined;
  const blocks = platformsOf(value, PLATFORM);
  const peers = platformsOf(value, PEER_PLATFORM);
  const parsed = blocks.map((block) => parseConfig(block, keyFormat));
  return {
    text,
    value,
    blocks,
    peers,
    devices: parsed.flatMap(({ devices }) => devices),
    problems: parsed.flatMap(({ problems }) => problems),
    secrets: secretsIn([...blocks, ...peers].flatMap((block) => listOf(own(block, 'devices')))),
  };
}

/** As some editors save it, with a byte order mark. @returns undefined where it is no JSON object. */
export function parseHomebridgeJson(text: string): JsonObject | undefined {
  const value = parseJson(text.replace(/^\uFEFF/, ''));
  return isObject(value) ? value : undefined;
}

/** The blocks of one platform in the config. */
export function platformsOf(config: JsonObject, name: string): readonly JsonObject[] {
  return listOf(own(config, 'platforms'))
    .filter(isObject)
    .filter((block) => own(block, 'platform') === name);
}

/** What concerns this plugin, for a person to see: every secret is hidden, and the rest is not shown. */
export function shownConfig(config: JsonObject): JsonObject {
  const plugins = own(config, 'plugins');
  return {
    ...(plugins !== undefined && { plugins }),
    platforms: listOf(own(config, 'platforms')).map((item) => {
      const platform = isObject(item) ? own(item, 'platform') : item;
      return platform === PLATFORM || platform === PEER_PLATFORM ? withoutSecrets(item) : { platform };
    }),
  };
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
