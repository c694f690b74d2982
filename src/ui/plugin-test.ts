import type { ChannelClient } from '../channel/client.ts';
import { RemoteError } from '../channel/errors.ts';
import type { DeviceView, TestResult, TestStep } from './protocol.ts';
import { deviceView } from './views.ts';

const LOGGING_STATES = { on: 'ok', off: 'warning', unknown: 'unknown' } as const;

/**
 * The test of a device that the running plugin has: there is one connection, so the plugin is asked instead
 * of being pushed out of it.
 * @param wanted `online`: only if the plugin is connected to it at this moment.
 * @returns undefined where no plugin has the device.
 */
export async function testByPlugin(
  clients: readonly ChannelClient[],
  name: string,
  wanted: 'any' | 'online',
  report: (step: TestStep) => void,
): Promise<TestResult | undefined> {
  for (const client of clients) {
    const { devices } = await client.call('status', {});
    const device = devices.map(deviceView).find((each) => each?.name.toLowerCase() === name.toLowerCase());
    if (!device || (wanted === 'online' && device.state !== 'online')) continue;
    return device.state === 'online' ? testOnline(client, device, report) : offline(device, report);
  }
  return undefined;
}

async function testOnline(
  client: ChannelClient,
  device: DeviceView,
  report: (step: TestStep) => void,
): Promise<TestResult> {
  say(report, 'reach', 'ok', 'by-plugin');
  const { apiVersion, serialNumber, remootioVersion, logging } = device;
  const facts = {
    ...(apiVersion !== undefined && { apiVersion }),
    ...(serialNumber !== undefined && { serialNumber }),
    ...(remootioVersion !== undefined && { remootioVersion }),
  };
  report({
    step: 'identify',
    state: 'ok',
    code: serialNumber === undefined ? 'version-1' : 'ok',
    facts,
  });
  say(report, 'keys', 'ok', 'ok');
  try {
    const { sensor } = await client.call('query', { device: device.id });
    const known = (['open', 'closed', 'no sensor'] as const).find((word) => word === sensor);
    const none = known === 'no sensor';
    say(report, 'sensor', none ? 'warning' : 'ok', none ? 'none' : (known ?? 'unknown'));
    say(report, 'logging', LOGGING_STATES[logging], logging);
    say(report, 'slot', 'ok', 'by-plugin');
    return { ok: true, via: 'plugin', ...facts, ...(known && { sensor: known }) };
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    say(report, 'sensor', 'failed', 'no-answer');
    const problem = { code: error.code, message: error.message, remedy: '' };
    return { ok: false, via: 'plugin', ...facts, problem };
  }
}

/** The plugin is trying: what it has found out is said, and nothing is done to its connection. */
function offline(device: DeviceView, report: (step: TestStep) => void): TestResult {
  const { problem } = device;
  say(report, 'reach', 'failed', problem?.code ?? 'connecting');
  return { ok: false, via: 'plugin', ...(problem && { problem }) };
}

function say(
  report: (step: TestStep) => void,
  step: TestStep['step'],
  state: TestStep['state'],
  code: string,
): void {
  report({ step, state, code, facts: {} });
}
