import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CLOSED, OPEN, type TargetDoorState } from '../../src/door/types.ts';
import { DoorWriteError } from '../../src/door/errors.ts';
import type { JournalEntry } from '../../src/journal/entry.ts';
import { journalPath, readJournal } from '../../src/journal/journal.ts';
import { deviceJson } from '../config/helpers.ts';
import { settle } from '../helpers/fake-clock.ts';
import { HOMEBRIDGES } from './bridges.ts';
import { ANSWER, type EventBody, type FakeDevice, type FakeDoor } from './fakes.ts';
import { PlatformBench } from './platform-bench.ts';

const TABLET = { keyNr: 5, keyType: 'unique key', via: 'bluetooth' } as const;
const API = { keyNr: 0, keyType: 'api key', via: 'wifi' } as const;
const KEY_NAMES = [{ keyNumber: 5, name: 'kitchen tablet' }];

let bench: PlatformBench;
beforeEach(() => (bench = new PlatformBench(HOMEBRIDGES[0]!)));
afterEach(() => bench.dispose());

const device = (): FakeDevice => bench.maker.gate('Garage').device;
const door = (): FakeDoor => bench.maker.gate('Garage').door!;
const pass = (time: number): Promise<void> => bench.maker.clock.advance(time);

/** The gate is there and closed; what the log says from then on is looked at. */
async function launch(
  config: Record<string, unknown> = {},
  platform: Record<string, unknown> = {},
): Promise<void> {
  const devices = [deviceJson({ keyNames: KEY_NAMES, ...config })];
  await bench.launchWith({ platform: 'Gatehouse', devices, ...platform });
  device().say('closed');
  bench.run.log.lines.length = 0;
}

/** The gate tells what happens to it, and goes along; its clock counts in the event as it does. */
function happen(body: EventBody, t100ms: number, age?: number | 'unknown'): void {
  device().happen({ ...body, t100ms } as unknown as EventBody, age);
}

function stateChange(state: 'open' | 'closed', t100ms: number, age?: number | 'unknown'): void {
  happen({ type: 'StateChange', state }, t100ms, age);
  if (age === undefined) device().say(state, 'edge');
}

/** Somebody with a key opens a closed gate. */
function openedBy(key: typeof TABLET | typeof API): void {
  happen({ type: 'RelayTrigger', data: key }, 100);
  door().travel(OPEN);
  stateChange('open', 105);
}

/** As Apple Home does it. */
async function write(target: TargetDoorState, name = 'Garage'): Promise<unknown> {
  const { Characteristic, Service } = bench.run.api.hap;
  const service = bench.run.accessories
    .find((each) => each.displayName === name)!
    .getService(Service.GarageDoorOpener)!;
  const written = service.getCharacteristic(Characteristic.TargetDoorState).handleSetRequest(target);
  const result = await written.catch((status: unknown) => status);
  await settle();
  return result;
}

/** The journal as it is on disk, which it is for certain once the plugin has ended. */
const entries = async (): Promise<JournalEntry[]> => {
  await bench.shutdown();
  const found: JournalEntry[] = [];
  for await (const entry of readJournal(journalPath(bench.storage))) found.unshift(entry);
  return found;
};
/** The same without the start and the end of the plugin. */
const journal = async (): Promise<JournalEntry[]> =>
  (await entries()).filter(({ kind }) => !kind.startsWith('plugin-'));
const info = (): readonly string[] => bench.run.log.at('info');

describe('an operation', () => {
  it('by a key with a name is one line, and two entries with the true time', async () => {
    await launch();
    const at = bench.maker.clock.now();
    openedBy(TABLET);
    expect(info()).toEqual(['Garage opened by kitchen tablet over Bluetooth']);
    const by = { ...TABLET, name: 'kitchen tablet' };
    const its = { v: 1, at, recordedAt: at, device: { id: bench.accessory('Garage').UUID, name: 'Garage' } };
    expect(await journal()).toEqual([
      { ...its, kind: 'relay-triggered', by },
      { ...its, kind: 'opened', by: { ...by, inferred: true } },
    ]);
  });

  it('in the middle of a travel, or where there is no sensor, is a line as well', async () => {
    await launch();
    door().travel(OPEN);
    happen({ type: 'RelayTrigger', data: TABLET }, 100);
    door().rest(OPEN);
    device().say('no sensor');
    happen({ type: 'RelayTrigger', data: TABLET }, 900);
    const line = 'Garage operated by kitchen tablet over Bluetooth';
    expect(info().filter((each) => each.startsWith('Garage'))).toEqual([line, line]);
  });

  it('by a hand on the wired button is put down to that', async () => {
    await launch();
    happen({ type: 'ManualButtonPushed' }, 100);
    stateChange('open', 103);
    expect(info()).toEqual(['Garage opened by the manual button']);
  });

  it('of the opener by its own remote control is nobody known', async () => {
    await launch();
    stateChange('open', 100);
    expect(info()).toEqual(['Garage opened']);
  });
});

describe('an operation from Apple Home', () => {
  const accept = (): void => {
    door().onWrite = (target) => {
      door().travel(target);
      return Promise.resolve();
    };
  };

  it('is one line, however the device calls it', async () => {
    await launch();
    accept();
    await write(OPEN);
    openedBy(API);
    expect(info()).toEqual(['Garage opened by Apple Home']);
    expect((await journal()).map(({ kind, by, detail }) => [kind, by?.name, detail])).toEqual([
      ['command', 'Apple Home', { command: 'open' }],
      ['relay-triggered', 'Apple Home', undefined],
      ['opened', 'Apple Home', undefined],
    ]);
  });

  it('is known without logging, too, at the end of a long closing as well', async () => {
    await launch();
    stateChange('open', 1);
    door().rest(OPEN);
    accept();
    await write(CLOSED);
    await pass(25_000);
    stateChange('closed', 300);
    expect(info()).toEqual(['Garage opened', 'Garage closed by Apple Home']);
  });

  it('explains nothing that comes after it', async () => {
    await launch();
    accept();
    await write(OPEN);
    stateChange('open', 100);
    door().rest(OPEN);
    await pass(30_000);
    stateChange('closed', 500);
    await pass(30_000);
    happen({ type: 'RelayTrigger', state: 'closed', data: API }, 900);
    stateChange('open', 905);
    expect(info()).toEqual([
      'Garage opened by Apple Home',
      'Garage closed',
      'Garage opened by the API key over Wi-Fi',
    ]);
  });

  it('that is repeated while it goes on is no second one', async () => {
    await launch();
    accept();
    await write(OPEN);
    await write(OPEN);
    expect((await journal()).map(({ kind }) => kind)).toEqual(['command']);
  });

  it('that is refused is one line, and an entry with the reason', async () => {
    await launch();
    door().onWrite = () => Promise.reject(new DoorWriteError('busy', 'somebody is at it'));
    expect(await write(OPEN)).toBe(-70403);
    expect(info()).toEqual(['[Garage] could not be opened from Home: somebody is at it']);
    expect(await journal()).toMatchObject([
      {
        kind: 'refused',
        by: { name: 'Apple Home' },
        detail: { command: 'open', reason: 'somebody is at it' },
      },
    ]);
  });

  it('by the automation switch is called that', async () => {
    await launch({ automationSwitch: true });
    accept();
    const { Characteristic, Service } = bench.run.api.hap;
    const service = bench.accessory('Garage automation').getService(Service.Switch)!;
    await service.getCharacteristic(Characteristic.On).handleSetRequest(true);
    openedBy(API);
    expect(info()).toEqual(['Garage opened by its automation switch']);
  });

  it('of the pedestrian gate is one of the second output', async () => {
    await launch({ secondary: 'door' });
    const { secondaryDoor } = bench.maker.gate('Garage');
    secondaryDoor!.onWrite = (target) => {
      secondaryDoor!.travel(target);
      return Promise.resolve();
    };
    await write(OPEN, 'Garage pedestrian gate');
    happen({ type: 'SecondaryRelayTrigger', data: API }, 100);
    expect(info()).toEqual(['Garage: second output pulsed by Apple Home']);
  });

  it('by a switch without a sensor is one line', async () => {
    await launch({ holdMinutes: 30, holdWithoutSensor: true });
    device().say('no sensor');
    bench.run.log.lines.length = 0;
    device().onCommand = () => Promise.resolve({ ...ANSWER, state: 'no sensor' });
    const { Characteristic, Service } = bench.run.api.hap;
    const turnOn = (subtype: string): Promise<unknown> =>
      bench
        .accessory('Garage')
        .getServiceById(Service.Switch, subtype)!
        .getCharacteristic(Characteristic.On)
        .handleSetRequest(true);
    await turnOn('trigger');
    happen({ type: 'RelayTrigger', data: API }, 100);
    await turnOn('hold');
    happen({ type: 'OutputHeldActive', data: API }, 200);
    expect(info()).toEqual([
      'Garage: output pulsed by Apple Home',
      'Garage held open for 30 min by Apple Home',
    ]);
  });
});

describe('what else happens', () => {
  it('is a line once, and an entry with what belongs to it', async () => {
    await launch({ doorbell: true, leftOpen: 'device' });
    happen({ type: 'DoorbellPushed' }, 1);
    happen({ type: 'LeftOpen', state: 'open', data: { timeOpen100ms: 3000 } }, 2);
    happen({ type: 'Connected', data: TABLET }, 3);
    happen({ type: 'SensorFlipped' }, 4);
    expect(info()).toEqual([
      'Doorbell pushed at Garage',
      'Garage left open for 5 min',
      'Garage: status sensor flipped',
    ]);
    expect((await journal()).map(({ kind }) => kind)).toEqual([
      'doorbell',
      'left-open',
      'connected',
      'settings-changed',
    ]);
  });

  it('is in the journal with its own time, and no news, when it is told late', async () => {
    await launch();
    const now = bench.maker.clock.now();
    happen({ type: 'RelayTrigger', data: TABLET }, 100, 600_000);
    stateChange('open', 105, 599_500);
    stateChange('closed', 400, 'unknown');
    expect(info()).toEqual([]);
    expect(bench.run.log.at('debug')).toContain('Garage opened by kitchen tablet over Bluetooth (told late)');
    expect(await journal()).toMatchObject(
      [
        { kind: 'closed', old: true },
        { kind: 'relay-triggered', at: now - 600_000, old: true },
        { kind: 'opened', at: now - 599_500, old: true, by: { name: 'kitchen tablet' } },
      ].toSorted((a, b) => (a.at ?? now) - (b.at ?? now)),
    );
  });

  it('tells that it was away, after a while, and is back', async () => {
    await launch();
    device().goOffline();
    await pass(4_000);
    device().say('closed');
    const goneForLong = bench.maker.clock.now();
    device().goOffline();
    await pass(9_000);
    device().say('closed');
    expect(await journal()).toMatchObject([
      { kind: 'offline', at: goneForLong },
      { kind: 'online', at: goneForLong + 9_000 },
    ]);
  });

  it('begins and ends with the plugin, without a word', async () => {
    await launch();
    expect((await entries()).map(({ kind }) => kind)).toEqual(['plugin-started', 'plugin-stopped']);
    expect(bench.run.log.lines.filter((line) => line.includes('Gatehouse'))).toEqual([]);
  });
});

describe('a change of the sensor that no event tells of', () => {
  it('is noticed by the next response, and is given time for its event', async () => {
    await launch();
    device().say('open');
    await pass(14_999);
    expect(info()).toEqual([]);
    await pass(1);
    expect(info()).toEqual(['Garage opened (time unknown)']);
    expect(await journal()).toMatchObject([{ kind: 'opened', recordedAt: bench.maker.clock.now() }]);
    expect((await journal())[0]).not.toHaveProperty('at');
  });

  it('is none when the event comes after all', async () => {
    await launch();
    device().say('open');
    await pass(10_000);
    stateChange('open', 100);
    await pass(60_000);
    expect(info()).toEqual(['Garage opened']);
  });

  it('is one after a restart of the plugin, compared with what was known before it', async () => {
    await launch();
    door().remember.emit({ target: CLOSED, current: CLOSED, obstruction: false });
    await bench.shutdown();
    await bench.launch(deviceJson());
    device().say('open');
    await pass(15_000);
    expect(info()).toContain('Garage opened (time unknown)');
  });
});

describe('auto-close', () => {
  it('is in the journal with its warning, its reason and what came of it', async () => {
    await launch({ autoCloseMinutes: 10 });
    door().settled = true;
    stateChange('open', 1);
    door().rest(OPEN);
    await pass(10 * 60_000 - 30_000);
    door().onWrite = (target) => {
      door().travel(target);
      return Promise.resolve();
    };
    await pass(30_000);
    // That it is tried is on disk before it is.
    await vi.waitFor(() => expect(door().written).toEqual([CLOSED]));
    stateChange('closed', 7_000);
    expect((await journal()).map(({ kind, by, detail }) => [kind, by?.name, detail])).toEqual([
      ['opened', undefined, undefined],
      ['auto-close-warning', undefined, { in: 30_000 }],
      ['auto-close', undefined, { openFor: 600_000 }],
      ['closed', 'auto-close', undefined],
    ]);
    expect(info()).toEqual([
      'Garage opened',
      '[Garage] has been open for 9.5 min: closes by itself in 30 s',
      '[Garage] closes by itself after 10 min',
      'Garage closed by auto-close',
    ]);
  });
});

describe('a device without logging', () => {
  const loggingIs = (logging: 'on' | 'off'): void => {
    device().health = { ...device().health, logging };
    device().healthChanged.emit(device().health);
  };

  it('is noticed in one line, which says what that costs', async () => {
    await launch({ keyNames: [] });
    loggingIs('off');
    loggingIs('on');
    loggingIs('off');
    expect(bench.run.log.lines).toHaveLength(1);
    expect(bench.run.log.lines[0]).toMatch(
      /^info \[Garage\] .*without logging.*who operated it.*doorbell.*buttons/,
    );
  });

  it('is warned of where settings wait for it in vain', async () => {
    await launch({ doorbell: true });
    loggingIs('off');
    expect(bench.run.log.at('warn')).toEqual([expect.stringContaining('no effect: doorbell, keyNames.')]);
  });
});

describe('the config', () => {
  it('can do without a journal, and the log says the same', async () => {
    await launch({}, { journal: false });
    openedBy(TABLET);
    expect(info()).toEqual(['Garage opened by kitchen tablet over Bluetooth']);
    expect(await entries()).toEqual([]);
  });

  it('bounds the journal', async () => {
    await launch({}, { journal: { maxMegabytes: 0.1 } });
    for (let count = 0; count < 900; count++) {
      happen({ type: 'RelayTrigger', data: TABLET }, count);
      if (count % 100 === 0) await settle();
    }
    const kept = await entries();
    expect(kept.length).toBeGreaterThan(100);
    expect(kept.length).toBeLessThan(900);
  });
});
