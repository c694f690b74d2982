import type { Clock } from '../../src/base/clock.ts';
import type { Log } from '../../src/base/log.ts';
import { createDevice } from '../../src/device/create-device.ts';
import type { DeviceMemory } from '../../src/device/device-memory.ts';
import type { RemootioDevice } from '../../src/device/remootio-device.ts';
import { DeviceDoor, type DoorConfig } from '../../src/door/door.ts';
import { DoorWriteError } from '../../src/door/errors.ts';
import type { DoorMemory, DoorView, DoorWriteFailure, TargetDoorState } from '../../src/door/types.ts';
import type { SocketFactory } from '../../src/session/transport.ts';
import type { SimulatedDevice, SimulatorState } from '../../src/simulator/index.ts';
import { parseApiKey } from '../../src/wire/keys.ts';

/** What the plugin has on disk of one gate. */
export interface PluginMemory {
  readonly device?: DeviceMemory;
  readonly door?: DoorMemory;
}

export interface PluginOptions {
  readonly simulated: SimulatedDevice;
  readonly clock: Clock;
  readonly log: Log;
  /** Something other than real sockets. */
  readonly openSocket?: SocketFactory;
  readonly door?: Partial<DoorConfig>;
  readonly memory?: PluginMemory;
}

export type WriteOutcome = 'success' | DoorWriteFailure;

/** What the plugin makes of one gate of its config: supervisor, device and door, all real, without Homebridge. */
export class Plugin {
  readonly device: RemootioDevice;
  readonly door: DeviceDoor;
  memory: PluginMemory;

  constructor({ simulated, clock, log, openSocket, door, memory = {} }: PluginOptions) {
    const { secretKey, authKey, settings } = simulated;
    this.memory = memory;
    const link = {
      target: () => ({ host: simulated.host, port: simulated.port }),
      keys: { secretKey: parseApiKey(secretKey)!, authKey: parseApiKey(authKey)! },
      // Version 1 does not tell its serial number.
      expectedSerial: () => (settings.apiVersion === 1 ? undefined : settings.serialNumber),
      clock,
      log,
      ...(openSocket && { openSocket }),
    };
    this.device = createDevice(link, memory.device);

    this.door = new DeviceDoor({
      device: this.device,
      clock,
      log,
      config: {
        whileClosing: 'refuse',
        readOnly: false,
        openTime: settings.openTime,
        closeTime: settings.closeTime,
        ...door,
      },
      ...(memory.door && { memory: memory.door }),
    });
    this.device.remember.on((device) => (this.memory = { ...this.memory, device }));
    this.door.remember.on((remembered) => (this.memory = { ...this.memory, door: remembered }));
  }

  /** A write from Home. Never rejects. */
  async write(target: TargetDoorState): Promise<WriteOutcome> {
    try {
      await this.door.setTarget(target);
      return 'success';
    } catch (error) {
      if (error instanceof DoorWriteError) return error.failure;
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.door.stop();
    await this.device.stop();
  }
}

/** "T0 C2", with "O" where obstructed and "?" where a reading of C fails. */
export function shown({ target, current, obstruction, unavailable }: DoorView): string {
  return `T${target} C${current}${obstruction ? ' O' : ''}${unavailable ? ' ?' : ''}`;
}

/** Whether Home shows the gate as it is; undefined while it moves. */
export function isTrue(view: DoorView, { motion, sensor }: SimulatorState): boolean | undefined {
  if (motion !== 'stopped') return undefined;
  const truth = sensor === 'closed' ? 1 : 0;
  const obstruction = view.obstruction && truth === 1;
  return !view.unavailable && !obstruction && view.target === truth && view.current === truth;
}

/** At rest T and C agree, and a travel goes where T says: anything else is "Opening…" or "Closing…" for ever. */
export function isTrueLabel({ target, current }: DoorView): boolean {
  return current === target || (target === 0 && current === 2) || (target === 1 && current === 3);
}
