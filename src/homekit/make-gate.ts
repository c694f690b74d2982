import { systemClock } from '../base/clock.ts';
import type { DeviceConfig } from '../config/fields.ts';
import { createDevice } from '../device/create-device.ts';
import { DeviceDoor, type DoorConfig } from '../door/door.ts';
import type { GateMaker } from './gate-maker.ts';

/** The real parts: devices over the network, doors in real time. */
export const makeGate: GateMaker = {
  device({ config, expectedSerial, memory, remember, log }) {
    const device = createDevice({
      target: () => ({ host: config.host, port: config.port }),
      keys: { secretKey: config.apiSecretKey, authKey: config.apiAuthKey },
      expectedSerial,
      clock: systemClock,
      log,
      memory,
    });
    device.remember.on(remember);
    return device;
  },

  door(device, { config, memory, log }) {
    const options = { device, clock: systemClock, log, config: doorConfig(config) };
    return new DeviceDoor(memory ? { ...options, memory } : options);
  },
};

/** Seconds are for people, milliseconds for programs. */
function doorConfig({ openSeconds, closeSeconds, whileClosing, readOnly }: DeviceConfig): DoorConfig {
  return {
    whileClosing,
    readOnly,
    ...(openSeconds !== undefined && { openTime: openSeconds * 1000 }),
    ...(closeSeconds !== undefined && { closeTime: closeSeconds * 1000 }),
  };
}
