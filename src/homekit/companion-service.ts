import type { HAP, PlatformAccessory, Service } from 'homebridge';
import { cleanName } from './clean-name.ts';

/** The kinds of services that stand beside a door, by HAP's names. */
export type CompanionType =
  'ContactSensor' | 'Doorbell' | 'OccupancySensor' | 'StatelessProgrammableSwitch' | 'Switch';

export interface CompanionServiceOptions {
  readonly hap: HAP;
  readonly accessory: PlatformAccessory;
  readonly type: CompanionType;
  /** Tells it from its likes for ever: rooms and automations hang on it. */
  readonly subtype: string;
  /** What the config calls it. */
  readonly name: string;
  /** Somebody renamed it in Apple Home. */
  readonly onRenamed: () => void;
}

/**
 * The service of an accessory, restored or new, with its name. A name that was given in Apple Home stays; one
 * that was not follows the config, which is told by Name: that one is always as the config had it.
 */
export function companionService(options: CompanionServiceOptions): Service {
  const { hap, accessory, type, subtype, onRenamed } = options;
  const { ConfiguredName, Name } = hap.Characteristic;
  const name = cleanName(options.name);
  const restored = accessory.getServiceById(hap.Service[type], subtype);
  const service = restored ?? accessory.addService(hap.Service[type], name, subtype);
  const before = restored?.getCharacteristic(Name).value;
  if (!service.testCharacteristic(ConfiguredName)) service.addOptionalCharacteristic(ConfiguredName);
  const shown = service.getCharacteristic(ConfiguredName);
  if (!restored || shown.value === before || shown.value === '') shown.updateValue(name);
  // hap-nodejs stores what was written after this handler.
  shown.onSet(() => void setImmediate(onRenamed));
  return service.updateCharacteristic(Name, name);
}
