import { isObject, own, type JsonObject } from '../base/json.ts';
import { nameForLog } from '../config/say.ts';
import { translateRemootioConfig, type TranslationLine } from '../config/migrate.ts';
import { parseConfig } from '../config/parse.ts';
import {
  KEY_FORMAT,
  listOf,
  PEER_PLATFORM,
  PLATFORM,
  platformsOf,
  type SavedConfig,
} from './homebridge-config.ts';

const PLUGIN_NAME = 'homebridge-gatehouse';
const PEER_PLUGIN = 'homebridge-remootio';

/** What taking over the devices of homebridge-remootio would do. */
export interface TakeoverPlan {
  /** The new config.json. */
  readonly text: string;
  readonly lines: readonly TranslationLine[];
  /** The names of the devices that are taken over. */
  readonly devices: readonly string[];
  /** What the new config would lack. */
  readonly problems: readonly string[];
}

/** The old platform goes, since a device allows one connection; a device that is here already stays as it is. */
export function planTakeover({ value, text, peers, devices: present, secrets }: SavedConfig): TakeoverPlan {
  const translations = peers.map((peer) => translateRemootioConfig(peer));
  const places = new Set(present.map(({ host, port }) => `${host}:${port}`));
  const devices = translations.flatMap((translation) => translation.devices);
  const fresh = devices.filter((device) => !places.has(placeOf(device)));
  const block = blockWith(platformsOf(value, PLATFORM)[0], fresh);
  const next = withPlugin(withPlatform(value, block));
  const name = (device: JsonObject): string => nameForLog(String(own(device, 'name')), secrets);
  return {
    text: `${JSON.stringify(next, undefined, indentOf(text))}\n`,
    lines: [
      ...translations.flatMap(({ report }) => report),
      ...devices
        .filter((device) => !fresh.includes(device))
        .map((device) => ({
          device: name(device),
          key: 'ipAddress',
          becomes: undefined,
          message: 'is a device of this plugin already; it stays as it is there',
        })),
    ],
    devices: fresh.map(name),
    problems: parseConfig(block, KEY_FORMAT).problems.map(({ message }) => message),
  };
}

function placeOf(device: JsonObject): string {
  const port = own(device, 'port');
  return `${String(own(device, 'host')).toLowerCase()}:${typeof port === 'number' ? port : 8080}`;
}

function blockWith(block: JsonObject | undefined, devices: readonly JsonObject[]): JsonObject {
  const mine = block ?? { platform: PLATFORM, name: PLATFORM };
  return { ...mine, devices: [...listOf(own(mine, 'devices')), ...devices] };
}

/** In the place of the first block that it replaces. */
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
  if (!Array.isArray(plugins) || plugins.includes(PLUGIN_NAME)) return config;
  const others = listOf(plugins).filter((name) => name !== PEER_PLUGIN);
  return { ...config, plugins: [...others, PLUGIN_NAME] };
}

function indentOf(text: string): string {
  return /^\{\r?\n([ \t]+)/.exec(text)?.[1] ?? '    ';
}

/** Whether there is anything to take over. */
export function hasPeer({ peers }: SavedConfig): boolean {
  return peers.some((peer) => listOf(own(peer, 'devices')).some(isObject));
}
