import { silentLog } from '../../src/base/log.ts';
import type { DeviceMemory } from '../../src/device/device-memory.ts';
import { RemootioDevice } from '../../src/device/remootio-device.ts';
import type { DeviceHealth, DeviceIdentity, DeviceReport, TimedEvent } from '../../src/device/types.ts';
import type { DeviceHello } from '../../src/session/link.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { FakeLink } from './fake-link.ts';

export const SECOND = 1_000;
export const HOUR = 3_600_000;

/** A device that is watched; `now` is its `t100ms` at this moment, 10,000 at the start. */
export function watched(memory?: DeviceMemory, clock = new FakeClock()) {
  const link = new FakeLink(clock);
  const device = new RemootioDevice({ link, clock, log: silentLog, ...(memory && { memory }) });
  const reports: DeviceReport[] = [];
  const events: TimedEvent[] = [];
  const healths: DeviceHealth[] = [];
  const identities: DeviceIdentity[] = [];
  const memories: DeviceMemory[] = [];
  device.report.on((value) => reports.push(value));
  device.event.on((value) => events.push(value));
  device.healthChanged.on((value) => healths.push(value));
  device.identified.on((value) => identities.push(value));
  device.remember.on((value) => memories.push(value));
  const begin = clock.monotonic();
  const now = (): number => 10_000 + Math.round((clock.monotonic() - begin) / 100);
  const connect = (hello?: DeviceHello): void => link.connect({ t100ms: now() }, hello);
  const lines = (): string[] => reports.map(({ kind, sensor }) => `${kind} ${sensor}`);
  return { clock, link, device, reports, events, healths, identities, memories, now, connect, lines };
}

export function online() {
  const all = watched();
  all.device.start();
  all.connect();
  return all;
}
