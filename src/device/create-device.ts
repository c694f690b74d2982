import { Supervisor, type SupervisorOptions } from '../session/supervisor.ts';
import type { DeviceMemory } from './device-memory.ts';
import { RemootioDevice } from './remootio-device.ts';

export interface CreateDeviceOptions extends SupervisorOptions {
  /** What {@link RemootioDevice.remember} last gave out before the plugin was restarted. */
  readonly memory?: DeviceMemory | undefined;
}

/** A device over the real network. Nothing happens before its `start`. */
export function createDevice({ memory, ...options }: CreateDeviceOptions): RemootioDevice {
  const { clock, log } = options;
  return new RemootioDevice({ link: new Supervisor(options), clock, log, ...(memory && { memory }) });
}
