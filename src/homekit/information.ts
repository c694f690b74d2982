import type { HAP, PlatformAccessory, Service } from 'homebridge';
import { cleanName } from './clean-name.ts';
import { PLUGIN_VERSION } from './settings.ts';

/** What is shown of a device in the details of its tile. */
export interface Information {
  /** As it stands in the config. */
  readonly name: string;
  readonly serialNumber?: string | undefined;
  /** "remootio-2"; API version 2 and later. */
  readonly remootioVersion?: string | undefined;
}

/** Fills in AccessoryInformation. */
export function fillInformation(hap: HAP, accessory: PlatformAccessory, information: Information): void {
  const { Characteristic } = hap;
  const name = cleanName(information.name);
  accessory.updateDisplayName(name);
  stampVersion(hap, accessory)
    .updateCharacteristic(Characteristic.Name, name)
    .updateCharacteristic(Characteristic.Manufacturer, 'Remootio')
    .updateCharacteristic(Characteristic.Model, modelOf(information.remootioVersion))
    // A device of API version 1 tells none, and HAP wants one.
    .updateCharacteristic(Characteristic.SerialNumber, serialOf(information.serialNumber) ?? accessory.UUID);
}

/** To be called at every start: Homebridge resets FirmwareRevision before it hands over a cached accessory. */
export function stampVersion(hap: HAP, accessory: PlatformAccessory): Service {
  const { AccessoryInformation } = hap.Service;
  const service = accessory.getService(AccessoryInformation) ?? accessory.addService(AccessoryInformation);
  return service.updateCharacteristic(hap.Characteristic.FirmwareRevision, PLUGIN_VERSION);
}

/** "remootio-2" → "Remootio 2"; what does not look like a version is not shown. */
function modelOf(remootioVersion: string | undefined): string {
  const number = /^remootio-(\w{1,16})$/i.exec(remootioVersion ?? '')?.[1];
  return number === undefined ? 'Remootio' : `Remootio ${number}`;
}

/** HAP takes serial numbers of 2 to 64 characters. */
function serialOf(serialNumber: string | undefined): string | undefined {
  return serialNumber !== undefined && /^[\x20-\x7e]{2,64}$/.test(serialNumber) ? serialNumber : undefined;
}
