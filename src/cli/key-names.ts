import type { DeviceConfig } from '../config/fields.ts';
import type { KeyNames } from '../journal/device-events.ts';
import type { JournalEntry } from '../journal/entry.ts';

/** What the owner calls the keys of the device that an entry is about. */
export type KeyNamesFor = (entry: JournalEntry) => KeyNames | undefined;

export function keyNamesOf({ keyNames }: Pick<DeviceConfig, 'keyNames'>): KeyNames {
  return new Map(keyNames.map(({ keyNumber, name }) => [keyNumber, name]));
}

/** Numbers of keys are each device's own, and so are their names. */
export function keyNamesFor(devices: readonly DeviceConfig[]): KeyNamesFor {
  const names = new Map(devices.map((device) => [device.name.toLowerCase(), keyNamesOf(device)]));
  return ({ device }) => device && names.get(device.name.toLowerCase());
}
