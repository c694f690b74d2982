import type { DeviceConfig } from '../config/fields.ts';
import type { Log } from '../base/log.ts';
import type { ApiVersion } from '../wire/frames.ts';

/** Says what of the config the device is too old for; what it is stays in Home, and refuses. */
export function sayUnsupported(log: Log, config: DeviceConfig, apiVersion: ApiVersion): void {
  const { holdMinutes, secondary, readOnly } = config;
  if (readOnly) return;
  if (holdMinutes !== undefined && apiVersion < 3) log.warn(tooOld('holdMinutes', apiVersion, 3, '2.24'));
  if (secondary !== 'none' && apiVersion < 2) log.warn(tooOld('secondary', apiVersion, 2, '2.21'));
}

function tooOld(key: string, spoken: ApiVersion, needed: ApiVersion, software: string): string {
  return (
    `${key} needs API version ${needed} and the device speaks ${spoken}: it is refused until the device ` +
    `software is updated to ${software} or later in the Remootio app`
  );
}

/** Says what is left out because the gate is only shown. */
export function sayLeftOut(log: Log, config: DeviceConfig): void {
  if (!config.readOnly) return;
  const keys = [
    config.secondary !== 'none' && 'secondary',
    config.holdMinutes !== undefined && 'holdMinutes',
    config.automationSwitch && 'automationSwitch',
    config.autoCloseMinutes !== undefined && 'autoCloseMinutes',
  ].filter((key) => key !== false);
  if (keys.length > 0) log.info(`is only shown (readOnly), so these have no effect: ${keys.join(', ')}`);
}
