import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import type { Signal } from '../../src/base/emitter.ts';
import { silentLog } from '../../src/base/log.ts';
import { createDevice } from '../../src/device/create-device.ts';
import type { DeviceMemory } from '../../src/device/device-memory.ts';
import type { RemootioDevice } from '../../src/device/remootio-device.ts';
import { SimulatedDevice, type SimulatedDeviceOptions } from '../../src/simulator/index.ts';
import { parseApiKey } from '../../src/wire/keys.ts';

const open: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const part of open.splice(0)) await part.stop();
});

async function simulate(options: SimulatedDeviceOptions): Promise<SimulatedDevice> {
  const simulated = new SimulatedDevice({ uptime: 3_600_000, bootTime: 20, ...options });
  open.unshift(simulated);
  await simulated.start();
  return simulated;
}

function deviceFor(
  { host, port, secretKey, authKey }: SimulatedDevice,
  memory?: DeviceMemory,
): RemootioDevice {
  const options = {
    target: () => ({ host, port }),
    keys: { secretKey: parseApiKey(secretKey)!, authKey: parseApiKey(authKey)! },
    clock: systemClock,
    log: silentLog,
  };
  const device = createDevice(options, memory);
  open.unshift(device);
  return device;
}

/** Resolves with the first value that fits. */
function next<Value>(signal: Signal<Value>, fits: (value: Value) => boolean = () => true): Promise<Value> {
  return new Promise((resolve) => {
    const off = signal.on((value) => {
      if (!fits(value)) return;
      off();
      resolve(value);
    });
  });
}

async function started(device: RemootioDevice): Promise<void> {
  const isOnline = next(device.healthChanged, ({ state }) => state === 'online');
  device.start();
  await isOnline;
}

describe('a device over real sockets', () => {
  it('is commanded, and tells what the gate does', async () => {
    const simulated = await simulate({ openTime: 60, closeTime: 60, sensorDelay: 10, relayTime: 10 });
    const device = deviceFor(simulated);
    const level = next(device.report);
    await started(device);
    expect(await level).toMatchObject({ kind: 'level', sensor: 'closed', session: 1 });
    expect(device.health).toMatchObject({
      sensor: 'closed',
      identity: { apiVersion: 3, serialNumber: simulated.settings.serialNumber },
    });

    const edge = next(device.report, ({ kind }) => kind === 'edge');
    const relay = next(device.event, ({ event }) => event.type === 'RelayTrigger');
    expect(await device.open()).toMatchObject({ success: true, relayTriggered: true, state: 'closed' });
    expect(await relay).toMatchObject({ old: false, event: { data: { keyType: 'api key' } } });
    expect(await edge).toMatchObject({ sensor: 'open', session: 1 });
    expect(device.health).toMatchObject({ logging: 'on', sensor: 'open' });
  });

  it('tells what happened without it, once, with its time, and knows a restart', async () => {
    const simulated = await simulate({});
    const first = deviceFor(simulated);
    const bell = next(first.event);
    const memories: DeviceMemory[] = [];
    first.remember.on((memory) => memories.push(memory));
    await started(first);
    simulated.pushDoorbell();
    expect(await bell).toMatchObject({ old: false, event: { type: 'DoorbellPushed' } });
    await first.stop();

    simulated.pushManualButton();
    const pushedAt = systemClock.now();
    const isBack = next(simulated.happenings, ({ event }) => event === 'listening');
    simulated.powerCycle();
    await isBack;

    const second = deviceFor(simulated, memories.at(-1));
    const types: string[] = [];
    const times: (number | undefined)[] = [];
    second.event.on(({ event, at }) => {
      types.push(event.type);
      times.push(at);
    });
    const restart = next(second.event, ({ event }) => event.type === 'Restart');
    await started(second);
    await restart;
    expect(types).toContain('ManualButtonPushed');
    expect(types).not.toContain('DoorbellPushed');
    expect(types.at(-1)).toBe('Restart');
    for (const at of times) expect(Math.abs(at! - pushedAt)).toBeLessThan(5_000);
  });
});
