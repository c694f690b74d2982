import type { ChannelClient } from '../channel/client.ts';
import type { DeviceFlags } from './device-options.ts';
import { DirectGate } from './direct-gate.ts';
import type { Gate } from './gate.ts';
import { deviceNamed, PluginGate, runningPlugins, type RunningPlugin } from './plugin-gate.ts';
import type { Selected, Selection } from './selection.ts';

/**
 * The way to each device: through the running plugin where that has it, since a device allows one connection,
 * else a connection of our own. Nothing is sent before a gate is used; whoever gets them closes them.
 */
export async function reachGates(selection: Selection, flags: DeviceFlags): Promise<readonly Gate[]> {
  const plugins = await pluginsFor(selection, flags);
  const gates: Gate[] = [];
  const used = new Set<ChannelClient>();
  try {
    for (const device of selection.devices) {
      const plugin = holderOf(device, plugins);
      if (plugin) {
        used.add(plugin.client);
        gates.push(new PluginGate(device.name, plugin.client));
      } else {
        gates.push(await DirectGate.start(device, { timeout: flags.timeout * 1000 }));
      }
    }
    await Promise.all(plugins.filter(({ client }) => !used.has(client)).map(({ client }) => client.close()));
    return gates;
  } catch (error) {
    await Promise.all([...gates.map((gate) => gate.close()), ...plugins.map(({ client }) => client.close())]);
    throw error;
  }
}

/** Does something with each gate at the same time, and lets go of all of them, whatever happens. */
export async function withGates<Result>(
  selection: Selection,
  flags: DeviceFlags,
  use: (gate: Gate) => Promise<Result>,
): Promise<readonly Result[]> {
  const gates = await reachGates(selection, flags);
  try {
    return await Promise.all(gates.map((gate) => use(gate)));
  } finally {
    await Promise.all(gates.map((gate) => gate.close()));
  }
}

async function pluginsFor(
  { config, devices }: Selection,
  flags: DeviceFlags,
): Promise<readonly RunningPlugin[]> {
  if (flags.direct || !config || !devices.some(({ configured }) => configured)) return [];
  return runningPlugins(config.storage);
}

function holderOf(device: Selected, plugins: readonly RunningPlugin[]): RunningPlugin | undefined {
  if (!device.configured) return undefined;
  return plugins.find(({ status }) => deviceNamed(status.devices, device.name));
}
