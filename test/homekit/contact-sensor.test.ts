import { randomUUID } from 'node:crypto';
import type { HAP, PlatformAccessory } from 'homebridge';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Signal } from '../../src/base/emitter.ts';
import { DeviceDoor } from '../../src/door/door.ts';
import { OutputHold } from '../../src/door/output-hold.ts';
import type { CompanionParts } from '../../src/homekit/companion.ts';
import { ContactSensor } from '../../src/homekit/contact-sensor.ts';
import { GarageDoor } from '../../src/homekit/garage-door.ts';
import { deviceJson, parseDevices } from '../config/helpers.ts';
import { FakeDevice, OWNER } from '../door/fake-device.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { RecordingLog } from '../helpers/recording-log.ts';
import { HOMEBRIDGES } from './bridges.ts';
import { Seen } from './services.ts';

const config = parseDevices(deviceJson({ contactSensor: true, closeSeconds: 10 })).devices[0]!;

/** A real door with its contact sensor; the order of what is sent is what this is about. */
describe.each(HOMEBRIDGES)('a contact sensor in $name', (version) => {
  let hap: HAP;
  let accessory: PlatformAccessory;
  let clock: FakeClock;
  let device: FakeDevice;
  let parts: CompanionParts;
  let events: string[];

  beforeEach(() => {
    const api = version.makeApi();
    ({ hap } = api);
    accessory = new api.platformAccessory('Garage', randomUUID());
    clock = new FakeClock();
    device = new FakeDevice(clock);
    const log = new RecordingLog();
    const doorConfig = { whileClosing: 'refuse', readOnly: false, closeTime: 10_000 } as const;
    parts = {
      hap,
      accessory,
      config,
      device,
      door: new DeviceDoor({ device, clock, log, config: doorConfig }),
      hold: new OutputHold({ device, clock, memory: undefined, remember: () => undefined }),
      clock,
      log,
      happened: new Signal(),
      remembered: () => undefined,
      remember: () => undefined,
      saveAccessory: () => undefined,
    };
    new GarageDoor({ ...parts, name: 'Garage' });
    new ContactSensor(parts);
    events = new Seen(hap, accessory).record(
      ['K', 'ContactSensor contact', 'ContactSensorState'],
      ['C', 'GarageDoorOpener', 'CurrentDoorState'],
      ['T', 'GarageDoorOpener', 'TargetDoorState'],
    );
  });

  afterEach(() => {
    parts.door.stop();
    parts.hold.stop();
  });

  function sense(sensor: 'open' | 'closed'): void {
    device.gate.contact = sensor;
    device.say('edge', sensor);
  }

  it('is set last, in the turn of the report, whatever the door does', () => {
    sense('open');
    expect(events.splice(0)).toEqual(['T=0', 'C=2', 'K=1']);
    sense('closed');
    expect(events).toEqual(['T=1', 'C=1', 'K=0']);
  });

  it('knows nothing of travels', async () => {
    device.relayTrigger(OWNER);
    expect(events.splice(0)).toEqual(['T=0', 'C=2']);
    sense('open');
    expect(events.splice(0)).toEqual(['K=1']);
    await clock.advance(10_000);
    device.relayTrigger(OWNER, 0, 'open');
    expect(events.splice(0)).toEqual(['C=0', 'T=1', 'C=3']);
    sense('closed');
    expect(events).toEqual(['C=1', 'K=0']);
  });

  it('comes after the door as well when the device is back after a long time', async () => {
    device.goOffline();
    await clock.advance(45_000);
    expect(await new Seen(hap, accessory).read('ContactSensor contact', 'ContactSensorState')).toBe(-70402);
    device.goOnline();
    expect(events.filter((event) => event !== 'T=1')).toEqual(['C=1', 'K=0']);
    expect(events.at(-1)).toBe('K=0');
  });
});
