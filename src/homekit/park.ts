import type { HAP, PlatformAccessory } from 'homebridge';
import { parkDoor } from './garage-door.ts';
import { readError } from './hap-status.ts';
import { stampVersion } from './information.ts';

/**
 * An accessory that stands for no device at the moment: it is kept, but reads and writes fail instead of
 * being answered from the cache as if there were a gate behind it.
 */
export function park(hap: HAP, accessory: PlatformAccessory): void {
  stampVersion(hap, accessory);
  const { ContactSensorState, OccupancyDetected, On } = hap.Characteristic;
  const fail = (): never => {
    throw readError(hap);
  };
  for (const service of accessory.services) {
    if (service.UUID === hap.Service.GarageDoorOpener.UUID) parkDoor(hap, service);
    for (const state of [ContactSensorState, OccupancyDetected, On]) {
      if (service.testCharacteristic(state)) service.getCharacteristic(state).onGet(fail);
    }
    if (service.testCharacteristic(On)) service.getCharacteristic(On).onSet(fail);
  }
}
