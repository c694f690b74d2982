import { Supervisor, type SupervisorOptions } from '../session/supervisor.ts';
import type { DeviceMemory } from './device-memory.ts';
import { RemootioDevice } from './remootio-device.ts';

/**
 * A device over the real network. Nothing happens before its `start`.
 * @param memory what {@link RemootioDevice.remember} last gave out before the plugin was restarted
 */
export function createDevice(options: SupervisorOptions, memory?: DeviceMemory): RemootioDevice {
  const { clock, log } = options;
  return new RemootioDevice({ link: new Supervisor(options), clock, log, ...(memory && { memory }) });
}
