import { copyFile, stat } from 'node:fs/promises';
import { writeFileAtomic } from '../base/atomic-file.ts';
import { isObject, own, type JsonObject } from '../base/json.ts';
import type { KeyFormat } from './fields.ts';
import {
  listOf,
  PEER_PLATFORM,
  PEER_PLUGIN,
  PLATFORM,
  platformsOf,
  PLUGIN,
  type HomebridgeConfig,
} from './homebridge-config.ts';
import { translateRemootioConfig, type TranslationLine } from './migrate.ts';
import { parseConfig, type ConfigProblem } from './parse.ts';
import { nameForLog } from './say.ts';

/** What taking over the devices of homebridge-remootio would do. */
export interface TakeoverPlan {
  /** The new config.json. */
  readonly value: JsonObject;
  /** The same, indented as the old one. */
  readonly text: string;
  readonly lines: readonly TranslationLine[];
  /** The names of the devices that are taken over. */
  readonly devices: readonly string[];
  /** What the new config still lacks. */
  readonly problems: readonly ConfigProblem[];
}

/** Whether there is anything to take over. */
export function hasPeer({ peers }: HomebridgeConfig): boolean {
  return peers.some((peer) => listOf(own(peer, 'devices')).some(isObject));
}

/** The old platform goes, since a device allows one connection; a device that is here already stays as it is. */
export function planTakeover(config: HomebridgeConfig, keyFormat: KeyFormat): TakeoverPlan {
  const translations = config.peers.map((peer) => translateRemootioConfig(peer));
  const present = new Set(config.devices.map(({ host, port }) => `${host}:${port}`));
  const devices = translations.flatMap((translation) => translation.devices);
  const fresh = devices.filter((device) => !present.has(addressOf(device)));
  const nameOf = (device: JsonObject): string => nameForLog(String(own(device, 'name')), config.secrets);
  const known = devices.filter((device) => !fresh.includes(device)).map(nameOf);
  const block = blockWith(config.blocks[0], fresh);
  const value = withPlugin(withPlatform(config.value, block));
  return {
    value,
    text: `${JSON.stringify(value, undefined, indentOf(config.text))}\n`,
    lines: [
      ...translations
        .flatMap(({ report }) => report)
        .filter(({ device }) => device === undefined || !known.includes(device)),
      ...known.map((device) => ({
        device,
        key: 'ipAddress',
        becomes: undefined,
        message: 'is a device of this plugin already; it stays as it is there',
      })),
    ],
    devices: fresh.map(nameOf),
    problems: parseConfig(block, keyFormat).problems,
  };
}

/**
 * Puts the new config in the place of the old one, which is kept beside it.
 * @param now wall time
 * @returns where the old one is now.
 * @throws the file system's own error; nothing was changed then.
 */
export async function writeTakeover(path: string, { text }: TakeoverPlan, now: number): Promise<string> {
  const backup = `${path}.before-gatehouse.${new Date(now).toISOString().replace(/[:.]/g, '-')}`;
  const { mode } = await stat(path);
  await copyFile(path, backup);
  await writeFileAtomic(path, text, mode & 0o777);
  return backup;
}

function addressOf(device: JsonObject): string {
  const port = own(device, 'port');
  return `${String(own(device, 'host')).toLowerCase()}:${typeof port === 'number' ? port : 8080}`;
}

function blockWith(block: JsonObject | undefined, devices: readonly JsonObject[]): JsonObject {
  const mine = block ?? { platform: PLATFORM, name: PLATFORM };
  return { ...mine, devices: [...listOf(own(mine, 'devices')), ...devices] };
}

/** In the place of the first block that it replaces, so that the difference is small. */
function withPlatform(config: JsonObject, block: JsonObject): JsonObject {
  const replaced: readonly unknown[] = [
    ...platformsOf(config, PLATFORM).slice(0, 1),
    ...platformsOf(config, PEER_PLATFORM),
  ];
  const platforms = listOf(own(config, 'platforms'));
  const first = platforms.findIndex((item) => replaced.includes(item));
  const next = platforms.flatMap((item, index) => {
    if (index === first) return [block];
    return replaced.includes(item) ? [] : [item];
  });
  return { ...config, platforms: next };
}

/** Where the config lists the plugins that may run, this one is among them. */
function withPlugin(config: JsonObject): JsonObject {
  const plugins = own(config, 'plugins');
  if (!Array.isArray(plugins) || plugins.includes(PLUGIN)) return config;
  const others = listOf(plugins).filter((name) => name !== PEER_PLUGIN);
  return { ...config, plugins: [...others, PLUGIN] };
}

function indentOf(text: string): string {
  return /^\{\r?\n([ \t]+)/.exec(text)?.[1] ?? '    ';
}
