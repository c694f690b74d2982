import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { type RemoteError } from '../../src/channel/errors.ts';
import type { CommandParams, DeviceStatus } from '../../src/channel/protocol.ts';
import { ChannelServer } from '../../src/channel/server.ts';

/** The running plugin as its tools see it: the real channel, with nothing behind it. */
export class FakePlugin {
  /** What it was told to do. */
  readonly commands: CommandParams[] = [];
  readonly queries: string[] = [];
  devices: DeviceStatus[];
  /** What the next command fails with. */
  refusal: RemoteError | undefined;
  readonly server: ChannelServer;

  private constructor(storagePath: string, devices: DeviceStatus[], instance: string | undefined) {
    this.devices = devices;
    this.server = new ChannelServer({ storagePath, instance, clock: systemClock, log: silentLog });
    this.server.serve('status', () => ({
      plugin: { version: '0.1.0', homebridge: '2.4.0', startedAt: 0, instance },
      devices: this.devices,
    }));
    this.server.serve('query', ({ device }) => {
      this.queries.push(device);
      return { sensor: this.devices[0]!.sensor!, device: this.devices[0]! };
    });
    this.server.serve('command', (params) => {
      this.commands.push(params);
      if (this.refusal) throw this.refusal;
      return { relayTriggered: true, sensor: 'closed' };
    });
    this.server.serve('diagnostics', () => ({ said: 'by the plugin' }));
  }

  static async start(
    storagePath: string,
    devices: readonly Partial<DeviceStatus>[],
    instance?: string,
  ): Promise<FakePlugin> {
    const statuses = devices.map((device): DeviceStatus => ({
      id: device.name ?? '',
      name: '',
      state: 'online',
      sensor: 'closed',
      logging: 'on',
      apiVersion: 3,
      ...device,
    }));
    const plugin = new FakePlugin(storagePath, statuses, instance);
    if (!(await plugin.server.start())) throw new Error('the channel does not listen');
    return plugin;
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}
