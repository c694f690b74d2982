import { systemClock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { DeviceConfig } from '../config/fields.ts';
import { RemootioDevice } from '../device/remootio-device.ts';
import type { Device } from '../device/types.ts';
import { Discovery } from '../discovery/discovery.ts';
import { DeviceDoor, type DoorConfig } from '../door/door.ts';
import { FindingLink } from './finding-link.ts';
import type { DeviceOptions, DoorOptions, GateMaker } from './gate-maker.ts';

/** The real parts: devices over the network, doors in real time. */
export class NetworkGates implements GateMaker {
  readonly clock = systemClock;
  #discovery: Discovery | undefined;

  startDiscovery(log: Log): void {
    this.#discovery ??= new Discovery({ clock: this.clock, log });
    this.#discovery.start();
  }

  async stop(): Promise<void> {
    await this.#discovery?.stop();
  }

  device({ config, expectedSerial, memory, remember, log }: DeviceOptions): RemootioDevice {
    const { clock } = this;
    const link = new FindingLink({
      configured: { host: config.host, port: config.port },
      discovery: this.#discovery,
      keys: { secretKey: config.apiSecretKey, authKey: config.apiAuthKey },
      expectedSerial,
      clock,
      log,
    });
    const device = new RemootioDevice({ link, clock, log, ...(memory && { memory }) });
    device.remember.on(remember);
    return device;
  }

  door(device: Device, { config, output, memory, log }: DoorOptions): DeviceDoor {
    const ofOutput = output === 'primary' ? doorConfig(config) : secondaryConfig(config);
    const options = { device, clock: this.clock, log, config: ofOutput };
    return new DeviceDoor(memory ? { ...options, memory } : options);
  }
}

/** Seconds are for people, milliseconds for programs. */
function doorConfig(config: DeviceConfig): DoorConfig {
  const { openSeconds, closeSeconds, whileClosing, withoutSensor, readOnly } = config;
  return {
    whileClosing,
    readOnly,
    // Nothing takes the place of a door that is only shown: there it is worth a warning.
    ...(!(readOnly && withoutSensor === 'switch') && { withoutSensor }),
    ...(openSeconds !== undefined && { openTime: openSeconds * 1000 }),
    ...(closeSeconds !== undefined && { closeTime: closeSeconds * 1000 }),
  };
}

/** It has no sensor, and takes as long in both directions. */
function secondaryConfig({ secondaryOpenSeconds, whileClosing, readOnly }: DeviceConfig): DoorConfig {
  return {
    output: 'secondary',
    whileClosing,
    readOnly,
    ...(secondaryOpenSeconds !== undefined && {
      openTime: secondaryOpenSeconds * 1000,
      closeTime: secondaryOpenSeconds * 1000,
    }),
  };
}
