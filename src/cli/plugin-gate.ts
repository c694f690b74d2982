import type { ChannelClient } from '../channel/client.ts';
import { connectChannel, listInstances } from '../channel/connect.ts';
import { ChannelError, RemoteError } from '../channel/errors.ts';
import type { DeviceStatus, StatusResult } from '../channel/protocol.ts';
import { GatehouseError } from '../base/errors.ts';
import type { Command, CommandResult, Gate } from './gate.ts';

/** A running plugin on a Homebridge storage. */
export interface RunningPlugin {
  readonly client: ChannelClient;
  readonly status: StatusResult;
}

/**
 * Every plugin that runs on a storage, each with what it says of its devices. Whoever gets them closes them.
 * @throws ChannelError where one runs that may not be talked to.
 */
export async function runningPlugins(storage: string): Promise<readonly RunningPlugin[]> {
  const instances = await listInstances(storage);
  const plugins: RunningPlugin[] = [];
  try {
    for (const { instance, state } of instances) {
      if (state !== 'live' && state !== 'forbidden') continue;
      // An empty name asks for the one without.
      const client = await connectChannel(storage, { instance: instance ?? '' });
      plugins.push({ client, status: await statusOf(client) });
    }
    return plugins;
  } catch (error) {
    await Promise.all(plugins.map(({ client }) => client.close()));
    throw error;
  }
}

async function statusOf(client: ChannelClient): Promise<StatusResult> {
  try {
    return await client.call('status', {});
  } catch (error) {
    await client.close();
    if (!(error instanceof RemoteError)) throw error;
    throw new ChannelError(
      'NOT_UNDERSTOOD',
      `The running plugin does not say how it is (${error.message}): restart Homebridge, or use --direct.`,
      { cause: error },
    );
  }
}

/** A device over the connection of the running plugin. */
export class PluginGate implements Gate {
  readonly via = 'plugin';
  readonly name: string;
  readonly client: ChannelClient;

  constructor(name: string, client: ChannelClient) {
    this.name = name;
    this.client = client;
  }

  async status(): Promise<DeviceStatus> {
    const { devices } = await this.client.call('status', {});
    const mine = deviceNamed(devices, this.name);
    if (!mine) throw new ChannelError('NOT_UNDERSTOOD', `The plugin no longer knows ${this.name}.`);
    return mine;
  }

  async query(): Promise<{ readonly sensor: string }> {
    const { sensor } = await this.client.call('query', { device: this.name });
    return { sensor };
  }

  async command(command: Command, minutes?: number): Promise<CommandResult> {
    try {
      return await this.client.call('command', { device: this.name, command, minutes });
    } catch (error) {
      throw wasAsked(error) ? new UnansweredError(command, error) : error;
    }
  }

  close(): Promise<void> {
    return this.client.close();
  }
}

export function deviceNamed(devices: readonly DeviceStatus[], name: string): DeviceStatus | undefined {
  const asked = name.toLowerCase();
  return devices.find((device) => device.name.toLowerCase() === asked);
}

/** The plugin was asked and did not say what became of it. */
class UnansweredError extends GatehouseError {
  override readonly code = 'NO_ANSWER';
  override readonly retry = false;
  readonly outcome = 'unknown';

  constructor(command: Command, cause: ChannelError) {
    super(`${command}: ${cause.message} It may have been carried out.`, { cause });
  }
}

function wasAsked(error: unknown): error is ChannelError {
  return error instanceof ChannelError && (error.code === 'TIMEOUT' || error.code === 'DISCONNECTED');
}
