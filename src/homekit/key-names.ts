import type { DeviceConfig } from '../config/fields.ts';
import type { KeyNames } from '../journal/device-events.ts';

/** What the owner calls the keys of a device, by their numbers. */
export function keyNamesOf({ keyNames }: Pick<DeviceConfig, 'keyNames'>): KeyNames {
  return new Map(keyNames.map(({ keyNumber, name }) => [keyNumber, name]));
}
