import * as v from 'valibot';
import type { Clock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import type { ChannelClient } from '../../channel/client.ts';
import type { DeviceConfig } from '../../config/fields.ts';
import { isLocalName } from '../../discovery/candidates.ts';
import { Discovery } from '../../discovery/discovery.ts';
import { parseApiKey, type ApiKeys } from '../../wire/keys.ts';
import { testConnection, type Tested } from '../connection-test.ts';
import { readSavedConfig } from '../homebridge-config.ts';
import { mdnsOptions } from '../mdns.ts';
import { testByPlugin } from '../plugin-test.ts';
import type { PastedKey, TestParams, TestResult, TestStep } from '../protocol.ts';
import {
  nameText,
  noParams,
  request,
  RequestProblem,
  type PageContext,
  type RequestHandler,
} from '../request.ts';
import { withPlugins } from '../running-plugins.ts';

const run = v.pipe(v.number(), v.integer());
const key: v.GenericSchema<unknown, PastedKey> = v.strictObject({
  text: v.pipe(v.string(), v.maxLength(500)),
  label: v.picklist(['secret', 'auth', 'none']),
});
const place = v.strictObject({
  host: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(253), v.regex(/^[\w.:%-]+$/)),
  port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)),
  keys: v.pipe(v.array(key), v.length(2)),
});
const params: v.GenericSchema<unknown, TestParams> = v.union([
  v.strictObject({ run, device: nameText }),
  v.strictObject({ run, place }),
]);

/** What is to be tested, whoever said it. */
interface Subject {
  readonly host: string;
  readonly port: number;
  readonly keys: ApiKeys;
  readonly expectedSerial: string | undefined;
  /** The device of the saved config that it is. */
  readonly saved: DeviceConfig | undefined;
}

/** Tests a connection, one at a time: a device allows one only. */
export function testRequests(context: PageContext): readonly RequestHandler[] {
  let current = new AbortController();
  let last: Promise<unknown> = Promise.resolve();

  const test = async (asked: TestParams): Promise<TestResult> => {
    current.abort();
    const { signal } = (current = new AbortController());
    await last;
    const report = (step: TestStep): void => {
      if (!signal.aborted) context.push('test', { run: asked.run, step });
    };
    const testing =
      'device' in asked
        ? testSaved(context, asked.device, signal, report)
        : testPasted(context, asked.place, signal, report);
    last = testing.catch(() => undefined);
    return testing;
  };

  return [
    request('/test', params, test),
    request('/test/stop', noParams, () => {
      current.abort();
      return {};
    }),
  ];
}

async function testSaved(
  context: PageContext,
  name: string,
  signal: AbortSignal,
  report: (step: TestStep) => void,
): Promise<TestResult> {
  const { devices } = await readSavedConfig(context.configPath);
  const saved = devices.find((device) => device.name === name);
  if (!saved) throw new RequestProblem('UNKNOWN_DEVICE', 'This device is not in the saved config.');
  const { host, port, serialNumber, apiSecretKey, apiAuthKey } = saved;
  const keys = { secretKey: apiSecretKey, authKey: apiAuthKey };
  const byPlugin = await viaPlugin(context, name, 'any', report);
  if (byPlugin) return byPlugin;
  const subject = { host, port, keys, expectedSerial: serialNumber, saved };
  const { swapped, ...tested } = await testDirectly(context, subject, signal, report);
  return { ...tested, via: 'device', ...(swapped !== undefined && { secretKey: swapped ? 1 : 0 }) };
}

async function testPasted(
  context: PageContext,
  { host, port, keys }: { readonly host: string; readonly port: number; readonly keys: readonly PastedKey[] },
  signal: AbortSignal,
  report: (step: TestStep) => void,
): Promise<TestResult> {
  const saved = await savedAt(context, host, port);
  // New keys may be the remedy for a device that the plugin cannot reach; one that it has is asked there.
  const byPlugin = saved && (await viaPlugin(context, saved.name, 'online', report));
  if (byPlugin) return byPlugin;
  const guess = secretFirst(keys);
  const read = keys.map(({ text }) => parseApiKey(text));
  const [secretKey, authKey] = [read[guess], read[1 - guess]];
  if (!secretKey || !authKey) throw new RequestProblem('INVALID_REQUEST', 'These are not two API keys.');
  const subject = { host, port, keys: { secretKey, authKey }, expectedSerial: undefined, saved };
  const { swapped, ...tested } = await testDirectly(context, subject, signal, report);
  const secret = swapped === undefined ? undefined : swapped ? 1 - guess : guess;
  return { ...tested, via: 'device', ...(secret !== undefined && { secretKey: secret === 0 ? 0 : 1 }) };
}

/** Which of the two is the API Secret Key, by their labels; without any the first, as the app shows them. */
function secretFirst([first, second]: readonly PastedKey[]): 0 | 1 {
  return first?.label === 'auth' || second?.label === 'secret' ? 1 : 0;
}

async function savedAt(context: PageContext, host: string, port: number): Promise<DeviceConfig | undefined> {
  const { devices } = await readSavedConfig(context.configPath);
  return devices.find((device) => device.host === host.toLowerCase() && device.port === port);
}

/** Through the running plugin, where that has this device. `online`: only if it is connected to it. */
async function viaPlugin(
  context: PageContext,
  name: string,
  wanted: 'any' | 'online',
  report: (step: TestStep) => void,
): Promise<TestResult | undefined> {
  return withPlugins(context, (clients: readonly ChannelClient[]) =>
    testByPlugin(clients, name, wanted, report),
  );
}

async function testDirectly(
  { clock }: PageContext,
  { host, port, keys, expectedSerial }: Subject,
  signal: AbortSignal,
  report: (step: TestStep) => void,
): Promise<Tested> {
  const target = { host: await resolveLocalName(host, clock, signal), port };
  return testConnection({ target, keys, expectedSerial, clock, signal, report });
}

/** The address behind a name in `.local`, which the system itself often cannot resolve. */
async function resolveLocalName(host: string, clock: Clock, signal: AbortSignal): Promise<string> {
  if (!isLocalName(host)) return host;
  const discovery = new Discovery({ clock, log: silentLog, mdns: mdnsOptions() });
  discovery.start();
  try {
    const [address] = await discovery.resolve(host, { signal });
    return address ?? host;
  } finally {
    await discovery.stop();
  }
}
