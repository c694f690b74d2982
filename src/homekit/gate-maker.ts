import type { DeviceConfig } from '../config/fields.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { DeviceMemory } from '../device/device-memory.ts';
import type { Device } from '../device/types.ts';
import type { Door, DoorMemory } from '../door/types.ts';

export interface DeviceOptions {
  readonly config: DeviceConfig;
  /** A device with another serial number is refused; undefined while none is bound. Asked at each hello. */
  readonly expectedSerial: () => string | undefined;
  readonly memory: DeviceMemory | undefined;
  /** Called with what must be on disk, at each change. */
  readonly remember: (memory: DeviceMemory) => void;
  readonly log: Log;
}

export interface DoorOptions {
  readonly config: DeviceConfig;
  /** The door of which output it is. */
  readonly output: 'primary' | 'secondary';
  readonly memory: DoorMemory | undefined;
  readonly log: Log;
}

/** Makes the parts that a gate is put together from; nothing connects before `device.start()`. */
export interface GateMaker {
  readonly clock: Clock;
  /** From now on devices are looked for on the network as well; before the first of them is made. */
  startDiscovery(log: Log): void;
  /** Resolves when nothing is left of what the devices share. */
  stop(): Promise<void>;
  device(options: DeviceOptions): Device;
  door(device: Device, options: DoorOptions): Door;
}
