import type { DeviceConfig } from '../config/fields.ts';
import type { Log } from '../base/log.ts';

/** Whether a device has a status sensor, as it said last. */
export type SensorPresence = 'present' | 'absent';

type Choice = Pick<DeviceConfig, 'withoutSensor' | 'readOnly'>;

/** Whether Apple Home is shown a door, and not a switch in its place. A switch is of no use where nothing may be sent. */
export function showsDoor({ withoutSensor, readOnly }: Choice, sensor: SensorPresence | undefined): boolean {
  return sensor !== 'absent' || withoutSensor !== 'switch' || readOnly;
}

/** Says what changes in Apple Home with the sensor; nothing where it is as expected. */
export function saySensor(
  log: Log,
  choice: Choice,
  before: SensorPresence | undefined,
  now: SensorPresence,
): void {
  const wasDoor = showsDoor(choice, before);
  const isDoor = showsDoor(choice, now);
  if (wasDoor && !isDoor) log.warn(TO_SWITCH);
  else if (!wasDoor && isDoor) log.info(TO_DOOR);
  else if (choice.withoutSensor !== 'switch' && now === 'absent') log.info(ASSUMED);
  else if (choice.withoutSensor !== 'switch' && before === 'absent') log.info(BELIEVED);
}

const TO_SWITCH =
  'the device has no status sensor, so nobody can tell whether it is open: in Apple Home a switch that presses ' +
  'the button of the opener takes the place of the door. withoutSensor in the settings offers other ways';
const TO_DOOR = 'the device has a status sensor: in Apple Home the door takes the place of the switch';
const ASSUMED = 'the device has no status sensor: whether it is open is assumed from its travel times';
const BELIEVED = 'the device has a status sensor: nothing is assumed any longer';
