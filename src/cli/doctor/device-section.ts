import type { Clock } from '../../base/clock.ts';
import type { DeviceStatus, StatusResult } from '../../channel/protocol.ts';
import type { LocatedConfig } from '../homebridge-config.ts';
import { deviceNamed } from '../plugin-gate.ts';
import type { Selected } from '../selection.ts';
import { STEPS } from './steps.ts';
import { checkConnection, connectionOfPlugin } from './connection.ts';
import { checkDeviceClock, checkLogging, checkSensor, loggingOfPlugin } from './device-state.ts';
import { examineDevice } from './examine-device.ts';
import { skipped, type Finding, type Section } from './finding.ts';
import { rivalsAt } from './homebridge.ts';
import { checkNameResolution } from './name-resolution.ts';
import { checkSlot } from './slot.ts';

export interface DeviceSectionOptions {
  readonly device: Selected;
  readonly config: LocatedConfig | undefined;
  /** What the running plugins say. */
  readonly plugins: readonly StatusResult[];
  /** Connect, even where the running plugin is connected. */
  readonly direct: boolean;
  readonly clock: Clock;
}

/** Everything between here and one device, in order. Never rejects once its keys are known. */
export async function deviceSection(options: DeviceSectionOptions): Promise<Section> {
  const { device } = options;
  const status = statusOf(options);
  const resolution = await checkNameResolution(device.host, options.clock);
  const findings =
    status?.state === 'online' && !options.direct
      ? byPlugin(status, options)
      : await byConnecting(resolution.address, status, options);
  return {
    title: `${device.name}, ${device.host} port ${device.port}`,
    findings: [resolution.finding, ...findings],
  };
}

function statusOf({ device, plugins }: DeviceSectionOptions): DeviceStatus | undefined {
  if (!device.configured) return undefined;
  return plugins
    .map(({ devices }) => deviceNamed(devices, device.name))
    .find((status) => status !== undefined);
}

function byPlugin(status: DeviceStatus, { device, config }: DeviceSectionOptions): readonly Finding[] {
  return [
    ...connectionOfPlugin(status),
    checkSlot({ examination: undefined, plugin: 'connected', rivals: rivalsAt(device.host, config) }),
    checkSensor(status.sensor),
    loggingOfPlugin(status),
    skipped('device-clock', 'not tried, since the running plugin has the connection; --direct insists'),
  ];
}

async function byConnecting(
  address: string | undefined,
  status: DeviceStatus | undefined,
  { device, config, clock }: DeviceSectionOptions,
): Promise<readonly Finding[]> {
  if (address === undefined) {
    const rest = [...STEPS.slice(1), 'sensor', 'logging', 'device-clock'];
    return rest.map((check) => skipped(check, 'not tried, since the device has no address'));
  }
  const examination = await examineDevice({
    target: { host: address, port: device.port },
    keys: await device.keys(),
    clock,
    expectedSerial: device.serialNumber,
  });
  const { last } = examination;
  const plugin = status === undefined ? 'none' : status.state === 'online' ? 'connected' : 'not connected';
  return [
    ...checkConnection(examination),
    checkSlot({ examination, plugin, rivals: rivalsAt(device.host, config) }),
    checkSensor(last.response?.state),
    checkLogging(last.response && last.events),
    checkDeviceClock(last),
  ];
}
