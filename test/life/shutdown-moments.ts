/**
 * The platform with real parts and one device for each moment in which a shutdown can come, all at once. Prints
 * what keeps the process after it as JSON, and then has to end because nothing does.
 */
import type { Logging, PlatformConfig } from 'homebridge';
import { sleep, systemClock } from '../../src/base/clock.ts';
import { GatehousePlatform } from '../../src/homekit/platform.ts';
import { SimulatedDevice, type FaultName } from '../../src/simulator/index.ts';
import { freePort } from '../helpers/free-port.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { HomebridgeRun, HOMEBRIDGES } from '../homekit/bridges.ts';

/** Devices that are there, each with its fault, if it has one. */
const DEVICES: Readonly<Record<string, FaultName | undefined>> = {
  ready: undefined,
  'command under way': 'unanswered-not-executed',
  travelling: undefined,
  'waiting for the upgrade': 'ignore-upgrade',
  'waiting for the hello': 'silence',
  'waiting to try again': 'close-on-hello',
  'waiting for five minutes': 'wrong-mac',
};
/** Addresses at which nothing is: TCP connects never, the name is looked up, nobody listens. */
const NOWHERE = ['192.0.2.1', 'no-such-host.invalid', '127.0.0.1'];
/** Until every device has come to its moment. */
const UNTIL_ALL_ARE_THERE = 1_500;

const devices: SimulatedDevice[] = [];
const configs: unknown[] = [];
for (const [name, fault] of Object.entries(DEVICES)) {
  const device = new SimulatedDevice({ travelTime: 60_000 });
  await device.start();
  if (fault) device.faults.enable(fault);
  const { port, secretKey, authKey } = device;
  configs.push({ name, host: '127.0.0.1', port, apiSecretKey: secretKey, apiAuthKey: authKey });
  devices.push(device);
}
for (const [index, host] of NOWHERE.entries()) {
  const apiSecretKey = String(index).repeat(64);
  configs.push({ name: host, host, port: await freePort(), apiSecretKey, apiAuthKey: 'a'.repeat(64) });
}

const resources = (): readonly string[] =>
  process.getActiveResourcesInfo().filter((name) => /Timeout|Wrap|WRAP|Immediate|FSEvent/i.test(name));
/** Standard output, and the rest of what belongs to the process. */
const before = resources().filter((name) => !name.startsWith('TCPServer'));

let platform!: GatehousePlatform;
const run = await HomebridgeRun.launch(HOMEBRIDGES[0]!, makeTempFolder('shutdown'), (log, api) => {
  const config = { platform: 'Gatehouse', devices: configs } as unknown as PlatformConfig;
  platform = new GatehousePlatform(log as unknown as Logging, config, api);
  return platform;
});
await sleep(systemClock, UNTIL_ALL_ARE_THERE);
const { Characteristic, Service } = run.api.hap;
for (const name of ['command under way', 'travelling']) {
  const target = run.accessories
    .find(({ displayName }) => displayName === name)!
    .getService(Service.GarageDoorOpener)!
    .getCharacteristic(Characteristic.TargetDoorState);
  // Not awaited: the shutdown comes before the answer.
  void target.handleSetRequest(0).catch(() => undefined);
}
await sleep(systemClock, 100);
const during = resources().length;
run.shutdown();
await platform.stop();
await Promise.all(devices.map((device) => device.stop()));
// Sockets are let go of in the turn after.
await new Promise((resolve) => setImmediate(resolve));
console.log(JSON.stringify({ during, before, after: resources() }));
