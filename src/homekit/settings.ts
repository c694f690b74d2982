import { readFileSync } from 'node:fs';
import { isObject, own, parseJson } from '../base/json.ts';

/** As in package.json; Homebridge files cached accessories under both names. */
export const PLUGIN_NAME = 'homebridge-gatehouse';
/** As in config.json and config.schema.json. */
export const PLATFORM_NAME = 'Gatehouse';

/** HAP carries no more accessories than these on one bridge. */
export const MOST_ACCESSORIES = 149;

/**
 * The version of this plugin, in the form that HAP's FirmwareRevision takes: three numbers. It stands for
 * the device's own, which the API does not tell.
 */
export const PLUGIN_VERSION = readVersion();

function readVersion(): string {
  const file = parseJson(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const version = isObject(file) ? own(file, 'version') : undefined;
  return /^\d+\.\d+\.\d+/.exec(String(version))?.[0] ?? '0.0.0';
}
