import { ownVersion } from '../base/own-package.ts';

/** Homebridge files cached accessories under both names. */
export { PLATFORM as PLATFORM_NAME, PLUGIN as PLUGIN_NAME } from '../config/homebridge-config.ts';

/** HAP carries no more accessories than these on one bridge. */
export const MOST_ACCESSORIES = 149;

/**
 * The version of this plugin, in the form that HAP's FirmwareRevision takes: three numbers. It stands for
 * the device's own, which the API does not tell.
 */
export const PLUGIN_VERSION = /^\d+\.\d+\.\d+/.exec(ownVersion())?.[0] ?? '0.0.0';
