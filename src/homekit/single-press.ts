import type { HAP, Service } from 'homebridge';

/** HAP's value of a single press; there is no other here, since the device tells of none. */
const SINGLE_PRESS = 0;

/** Makes a service a button that knows single presses alone. @returns what presses it. */
export function singlePress(hap: HAP, service: Service): () => void {
  const event = service
    .getCharacteristic(hap.Characteristic.ProgrammableSwitchEvent)
    .setProps({ minValue: SINGLE_PRESS, maxValue: SINGLE_PRESS, validValues: [SINGLE_PRESS] });
  return () => event.sendEventNotification(SINGLE_PRESS);
}
