import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { isObject, own, type JsonObject } from '../base/json.ts';
import { named, type Log } from '../base/log.ts';
import type { DeviceConfig } from '../config/fields.ts';
import {
  listOf,
  parseHomebridgeJson,
  PEER_PLATFORM,
  PEER_PLUGIN,
  PLATFORM,
  platformsOf,
} from '../config/homebridge-config.ts';
import { translateRemootioConfig } from '../config/migrate.ts';

/**
 * Homebridge's config as it lies on disk, for what it does not hand over: the bridge that a platform runs on,
 * and the other platforms. @returns nothing in it where it cannot be read, since nothing here is a must.
 */
export function readHomebridgeConfig(path: string): JsonObject {
  try {
    return parseHomebridgeJson(readFileSync(path, 'utf8')) ?? {};
  } catch {
    return {};
  }
}

/**
 * The name, or else the username, of the child bridge that runs this platform; undefined on the main bridge.
 * Homebridge takes `_bridge` out of what it hands to a platform, so its block has to be found.
 * @param platform the platform's config as Homebridge handed it over
 */
export function bridgeOf(config: JsonObject, platform: JsonObject): string | undefined {
  const blocks = platformsOf(config, PLATFORM);
  const mine = blocks.find((block) => isDeepStrictEqual(own(block, 'devices'), own(platform, 'devices')));
  const block = blocks.length === 1 ? blocks[0] : mine;
  const bridge = block && own(block, '_bridge');
  if (!isObject(bridge)) return undefined;
  const name = own(bridge, 'name');
  if (typeof name === 'string' && name.trim() !== '') return name.trim();
  const username = own(bridge, 'username');
  return typeof username === 'string' ? username.toUpperCase() : undefined;
}

/** Warns of each device that homebridge-remootio is configured for as well, unless that is turned off. */
export function sayPeers(
  log: Log,
  config: JsonObject,
  devices: readonly Pick<DeviceConfig, 'name' | 'host'>[],
): void {
  if (listOf(own(config, 'disabledPlugins')).includes(PEER_PLUGIN)) return;
  const hosts = platformsOf(config, PEER_PLATFORM)
    .flatMap((block) => translateRemootioConfig(block).devices)
    .map((device) => hostOf(own(device, 'host')));
  for (const { name, host } of devices) {
    if (hosts.includes(host)) named(log, name).warn(SHARED);
  }
}

const SHARED =
  `${PEER_PLUGIN} is configured for the same device, which allows one connection: the two plugins take it from ` +
  'each other. Remove the device from one of them.';

/** In the form that the config has it in. */
function hostOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value.trim().toLowerCase().replace(/\.$/, '') : undefined;
}
