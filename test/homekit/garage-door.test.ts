import { randomUUID } from 'node:crypto';
import type { Characteristic, PlatformAccessory } from 'homebridge';
import { beforeEach, describe, expect, it } from 'vitest';
import { DoorWriteError } from '../../src/door/errors.ts';
import { CLOSED, CLOSING, OPEN, OPENING, type DoorWriteFailure } from '../../src/door/types.ts';
import { Signal } from '../../src/base/emitter.ts';
import { GarageDoor } from '../../src/homekit/garage-door.ts';
import type { GateHappening } from '../../src/homekit/gate-events.ts';
import { park } from '../../src/homekit/park.ts';
import { settle } from '../helpers/fake-clock.ts';
import { RecordingLog } from '../helpers/recording-log.ts';
import { HOMEBRIDGES, type HomebridgeApi } from './bridges.ts';
import { FakeDoor } from './fakes.ts';

/** Stands for the iPhone: with a connection a value is checked as one that comes from outside. */
type Connection = Parameters<Characteristic['handleSetRequest']>[1];
const IPHONE = {} as Connection;

describe.each(HOMEBRIDGES)('a garage door in $name', (version) => {
  let api: HomebridgeApi;
  let accessory: PlatformAccessory;
  let door: FakeDoor;
  let log: RecordingLog;
  let happened: Signal<GateHappening>;
  let garageDoor: GarageDoor;
  let T: Characteristic, C: Characteristic, O: Characteristic;
  /** Every change on our side that is sent as an event, in order. */
  let events: string[];

  const write = (value: number): Promise<unknown> =>
    T.handleSetRequest(value, IPHONE).then(
      () => 'success',
      (status: unknown) => status,
    );
  const read = (characteristic: Characteristic): Promise<unknown> =>
    characteristic.handleGetRequest(IPHONE).catch((status: unknown) => status);

  beforeEach(() => {
    api = version.makeApi();
    accessory = new api.platformAccessory('Garage', randomUUID());
    door = new FakeDoor();
    log = new RecordingLog();
    happened = new Signal();
    garageDoor = new GarageDoor({ hap: api.hap, accessory, name: 'Garage', door, log, happened });
    const service = accessory.getService(api.hap.Service.GarageDoorOpener)!;
    T = service.getCharacteristic(api.hap.Characteristic.TargetDoorState);
    C = service.getCharacteristic(api.hap.Characteristic.CurrentDoorState);
    O = service.getCharacteristic(api.hap.Characteristic.ObstructionDetected);
    events = [];
    for (const [letter, characteristic] of Object.entries({ T, C, O })) {
      characteristic.on(
        'change' as never,
        (({ oldValue, newValue, reason }: Record<string, unknown>) => {
          // The write itself is an event for the other iPhones, and for nobody else.
          if (reason === 'write') return;
          if (oldValue !== newValue || reason === 'event') events.push(`${letter}=${String(newValue)}`);
        }) as never,
      );
    }
  });

  it('is the primary service, with a name', () => {
    const service = accessory.getService(api.hap.Service.GarageDoorOpener)!;
    expect(service.isPrimaryService).toBe(true);
    expect(service.getCharacteristic(api.hap.Characteristic.Name).value).toBe('Garage');
  });

  it('shows from the start what the door shows', () => {
    door.rest(OPEN);
    const again = new api.platformAccessory('Again', randomUUID());
    new GarageDoor({ hap: api.hap, accessory: again, name: 'Again', door, log, happened });
    const service = again.getService(api.hap.Service.GarageDoorOpener)!;
    expect(service.getCharacteristic(api.hap.Characteristic.TargetDoorState).value).toBe(OPEN);
    expect(service.getCharacteristic(api.hap.Characteristic.CurrentDoorState).value).toBe(OPEN);
  });

  it('sends T before C, in the turn in which the door changes', () => {
    door.travel(OPEN);
    expect(events).toEqual(['T=0', `C=${OPENING}`]);
    door.rest(OPEN);
    door.show({ obstruction: true });
    expect(events.slice(2)).toEqual([`C=${OPEN}`, 'O=true']);
    expect([T.value, C.value, O.value]).toEqual([OPEN, OPEN, true]);
  });

  it('answers reads from the door, and lets it ask the device again', async () => {
    door.travel(CLOSED);
    expect(await read(T)).toBe(CLOSED);
    expect(await read(C)).toBe(CLOSING);
    expect(await read(O)).toBe(false);
    expect(door.reads).toBe(3);
  });

  it('hands on a write, and is no different when the door says so already', async () => {
    door.onWrite = () => {
      door.travel(OPEN);
      return Promise.resolve();
    };
    expect(await write(OPEN)).toBe('success');
    await settle();
    expect(door.written).toEqual([OPEN]);
    expect([T.value, C.value]).toEqual([OPEN, OPENING]);
    expect(events).toEqual(['T=0', `C=${OPENING}`]);
  });

  it('goes back to the truth after a write that changed nothing, though hap-nodejs stores it', async () => {
    // The device was asked to open, answered that it did not operate the relay, and is closed.
    expect(await write(OPEN)).toBe('success');
    expect(T.value).toBe(OPEN);
    await settle();
    expect([T.value, C.value]).toEqual([CLOSED, CLOSED]);
    expect(events).toEqual(['T=1']);
  });

  it.each<[DoorWriteFailure, number]>([
    ['read only', -70401],
    ['offline', -70402],
    ['failed', -70402],
    ['busy', -70403],
    ['no answer', -70408],
    ['not now', -70412],
  ])(
    'a write that fails because of "%s" has the status %i, and T is pushed back',
    async (failure, status) => {
      door.onWrite = () => Promise.reject(new DoorWriteError(failure, 'as the test says'));
      expect(await write(OPEN)).toBe(status);
      expect(events).toEqual([]);
      await settle();
      expect(events).toEqual(['T=1']);
      expect([T.value, C.value]).toEqual([CLOSED, CLOSED]);
      // What hap-nodejs keeps of a failed write is gone as well, also for who reads without asking.
      expect(T.statusCode).toBe(0);
      expect(await read(T)).toBe(CLOSED);
      expect(log.lines).toEqual(['info could not be opened from Home: as the test says']);
    },
  );

  it('a mistake of ours fails the write, and is an error in the log', async () => {
    door.onWrite = () => Promise.reject(new TypeError('undefined is not a function'));
    expect(await write(CLOSED)).toBe(-70402);
    await settle();
    expect(log.at('error')).toEqual([
      'could not be closed from Home, for a reason that was not foreseen: undefined is not a function',
    ]);
  });

  it('a value that is no target is refused before the door hears of it', async () => {
    expect(await write(2)).toBe(-70410);
    expect(door.written).toEqual([]);
  });

  describe('that is not available', () => {
    beforeEach(() => door.show({ target: OPEN, current: OPEN, unavailable: true }));

    it('fails the reads of C, and of C only', async () => {
      expect(await read(C)).toBe(-70402);
      expect(await read(T)).toBe(OPEN);
      expect(await read(O)).toBe(false);
    });

    it('is closed in the list of accessories, so that nothing looks just opened', async () => {
      C.iid = 10;
      expect((await C.toHAP(IPHONE!)).value).toBe(CLOSED);
    });

    it.each([CLOSED, OPEN] as const)(
      'tells the truth (%i) and clears the error when it is back',
      async (is) => {
        events.length = 0;
        door.show({ target: is, current: is, unavailable: false });
        expect(events).toEqual([`T=${is}`, `C=${is}`]);
        expect(C.statusCode).toBe(0);
        expect(await read(C)).toBe(is);
      },
    );
  });

  it('no longer follows the door once it is stopped', () => {
    garageDoor.stop();
    door.travel(OPEN);
    expect(events).toEqual([]);
  });

  it('that is parked fails instead of answering from the cache', async () => {
    garageDoor.stop();
    park(api.hap, accessory);
    expect(await read(C)).toBe(-70402);
    expect(await write(OPEN)).toBe(-70402);
    expect(door.written).toEqual([]);
    C.iid = 10;
    expect((await C.toHAP(IPHONE!)).value).toBe(CLOSED);
  });
});
