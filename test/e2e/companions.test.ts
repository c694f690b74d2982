import { afterAll, afterEach, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import type { Change, CharacteristicName } from './hap.ts';
import { status } from './status.ts';
import { House, type Plan } from './house.ts';

const OPEN = 0;
const CLOSED = 1;
const T = 'TargetDoorState';
const C = 'CurrentDoorState';

/** Of a gate that has everything; the names are what Home calls the services. */
const FULL = {
  contactSensor: true,
  doorbell: true,
  buttons: [
    { name: 'Wall', event: 'ManualButtonPushed' },
    { name: 'Guest', event: 'RelayTrigger', keyNumber: 5 },
    { name: 'Nobody', event: 'RelayTrigger', keyNumber: 6 },
  ],
  leftOpen: 'minutes',
  secondary: 'switch',
  secondaryName: 'Light',
  holdMinutes: 1,
  automationSwitch: true,
} as const satisfies JsonObject;

const COMPANIONS = [
  'Hold open',
  'Light',
  'doorbell',
  'Wall',
  'Guest',
  'Nobody',
  'sensor',
  'left open',
] as const;

const GATES = {
  Full: { config: FULL },
  Plain: { state: 'open' },
  Shown: {
    config: { ...FULL, readOnly: true, autoCloseMinutes: 0.1, autoCloseWarningSeconds: 5 },
    state: 'open',
  },
  'Version 1': { apiVersion: 1, config: { secondary: 'switch', holdMinutes: 1 } },
  'Version 2': { apiVersion: 2, config: { secondary: 'switch', holdMinutes: 1 } },
  Walk: { config: { secondary: 'door', secondaryOpenSeconds: 1 } },
  Held: { minute: 1_200, config: { holdMinutes: 1 } },
  'Open already': { state: 'open', config: { holdMinutes: 1 } },
  Party: { config: { holdMinutes: 1 } },
  Blind: { sensor: false },
  Guessed: { sensor: false, config: { withoutSensor: 'assumed' } },
  'Two ways': { sensor: false, mode: 'open/close', config: { withoutSensor: 'directional' } },
  'New sensor': {},
  'Told left open': { leftOpen: 500, config: { leftOpen: 'device' } },
  Robot: { config: { automationSwitch: true } },
  Closes: {
    state: 'open',
    config: { leftOpen: 'minutes', leftOpenMinutes: 0.1, autoCloseMinutes: 0.1, autoCloseWarningSeconds: 5 },
  },
} as const satisfies Record<string, Plan>;

type Name = keyof typeof GATES;

let house: House<Name>;

beforeAll(async () => {
  house = await House.build(inject('plugin'), '2.4.0', GATES);
  // What a device without a sensor shows is known only once it was asked.
  await vi.waitUntil(async () => (await look(), house.ann.has('Blind', 'On')), {
    timeout: 10_000,
    interval: 100,
  });
  await house.bob.subscribe();
});

afterEach(({ task }) => house.afterTest(task));

afterAll(async () => {
  await house.demolish();
});

const look = (): Promise<readonly string[]> => house.ann.look();

/** The next event after `since` of one characteristic of a service, seen by Bob. */
async function heard(
  path: string,
  characteristic: CharacteristicName,
  value: unknown,
  since: number,
  within?: number,
): Promise<number> {
  const [accessory, service = accessory] = path.split('/');
  const isIt = (change: Change): boolean =>
    change.accessory === accessory &&
    change.service === service &&
    change.characteristic === characteristic &&
    Number(change.value) === Number(value);
  const what = `${path} ${characteristic}=${String(value)}`;
  const frame = await house.bob.frames.waitFor(what, ({ changes }) => changes.some(isIt), {
    since,
    ...(within !== undefined && { within }),
  });
  return frame.at;
}

/** Everything that Bob heard of one service since then, in order. */
function told(path: string, since: number): readonly unknown[] {
  const [accessory, service = accessory] = path.split('/');
  return house.bob.frames
    .since(since)
    .flatMap(({ changes }) => changes)
    .filter((change) => change.accessory === accessory && change.service === service)
    .map(({ value }) => Number(value));
}

const said = (name: string, since = 0): readonly string[] =>
  house.homebridge.lines
    .since(since)
    .map(({ text }) => text)
    .filter((text) => text.includes(`[${name}]`));

describe('what appears', () => {
  test('all that is turned on, with the names of the config', () => {
    const { ann } = house;
    const services = [...COMPANIONS].map((name) => (/^[a-z]/.test(name) ? `Full ${name}` : name));
    expect(ann.services('Full')).toEqual(['Full', ...services]);
    expect(ann.services('Full automation')).toEqual(['Full automation']);
    expect(ann.has('Full automation', 'On')).toBe(true);
  });

  test('nothing that is off', () => {
    expect(house.ann.services('Plain')).toEqual(['Plain']);
    expect(house.ann.has('Plain', 'On')).toBe(false);
  });

  test('nothing that operates a gate which is only shown', async () => {
    const { ann } = house;
    const shown = ['doorbell', 'Wall', 'Guest', 'Nobody', 'sensor', 'left open'];
    expect(
      ann
        .services('Shown')
        .slice(1)
        .map((name) => name.replace('Shown ', '')),
    ).toEqual(shown);
    expect(ann.has('Shown', 'On')).toBe(false);
    expect(await look()).not.toContain('Shown automation');
  });
});

test('contact sensor: what the sensor says, in one frame with the door, and at once', async () => {
  const gate = house.gate('Full');
  const mark = house.bob.frames.mark();
  const happened = gate.mark();
  await gate.do('moveByRemoteControl');
  const sensor = await gate.sensor('open', happened);
  const at = await heard('Full/Full sensor', 'ContactSensorState', 1, mark);
  // Without it the frame would be held back for 250 ms.
  expect(at - sensor.at).toBeLessThan(200);
  const frame = house.bob.frames.since(mark).find((each) => each.at === at)!;
  expect(frame.changes.map(({ characteristic, value }) => [characteristic, Number(value)])).toEqual(
    expect.arrayContaining([
      [T, 0],
      [C, 2],
      ['ContactSensorState', 1],
    ]),
  );
  await gate.motion('stopped', happened);
  await gate.do('moveByRemoteControl');
  await heard('Full/Full sensor', 'ContactSensorState', 0, mark);
});

test('doorbell and buttons: each event presses its own', async () => {
  const gate = house.gate('Full');
  const mark = house.bob.frames.mark();
  await gate.do('pushDoorbell');
  await heard('Full/Full doorbell', 'ProgrammableSwitchEvent', 0, mark);
  expect(told('Full/Wall', mark)).toEqual([]);

  await gate.do('pushManualButton');
  await heard('Full/Wall', 'ProgrammableSwitchEvent', 0, mark);
  await gate.relayOff(0);
  await gate.press();
  await heard('Full/Guest', 'ProgrammableSwitchEvent', 0, mark);
  expect([told('Full/Full doorbell', mark), told('Full/Wall', mark), told('Full/Nobody', mark)]).toEqual([
    [0],
    [0],
    [],
  ]);
});

test('left open, as the device says', async () => {
  const gate = house.gate('Told left open');
  const path = 'Told left open/Told left open left open';
  const mark = house.bob.frames.mark();
  const happened = gate.mark();
  await gate.press();
  await heard(path, 'OccupancyDetected', 1, mark);
  expect(Number(await house.ann.read(path, 'OccupancyDetected'))).toBe(1);
  await gate.motion('stopped', happened);
  await gate.press();
  await heard(path, 'OccupancyDetected', 0, mark);
});

describe('the second output', () => {
  test('switch: one pulse, and off again after a second', async () => {
    const gate = house.gate('Full');
    const mark = house.bob.frames.mark();
    const happened = gate.mark();
    await house.ann.write('Full/Light', 'On', true);
    await house.ann.write('Full/Light', 'On', true);
    await heard('Full/Light', 'On', true, mark);
    await heard('Full/Light', 'On', false, mark);
    expect(gate.commandsSince(happened)).toEqual(['TRIGGER_SECONDARY']);
  });

  test('is refused below API version 2, and works with it', async () => {
    await expect(house.ann.write('Version 1/Second output', 'On', true)).rejects.toEqual(status(-70402));
    expect(house.gate('Version 1').commandsSince(0)).toEqual([]);
    await expect
      .poll(() => said('Version 1').join('\n'))
      .toMatch(/secondary needs API version 2 and the device speaks 1/);
    await house.ann.write('Version 2/Second output', 'On', true);
    await house.gate('Version 2').received('TRIGGER_SECONDARY', 0);
    expect(house.gate('Version 2').commandsSince(0)).toEqual(['TRIGGER_SECONDARY']);
  });

  test('door: a scene that writes both doors, on a device that reads one frame at a time', async () => {
    const gate = house.gate('Walk');
    const happened = gate.mark();
    const side = 'Walk pedestrian gate';
    expect(await look()).toContain(side);
    const [gateStory, sideStory] = await Promise.all([house.watch('Walk'), house.watch(side as Name)]);
    const statuses = await house.ann.scene([
      ['Walk', T, OPEN],
      [side, T, OPEN],
    ]);
    expect(statuses).toEqual([0, 0]);
    expect(await gateStory.until({ T: 0, C: 0 })).toEqual(['T0 C2', 'C0']);
    expect(await sideStory.until({ T: 0, C: 0 })).toEqual(['T0 C2', 'C0']);
    expect(gate.commandsSince(happened).toSorted()).toEqual(['OPEN', 'TRIGGER_SECONDARY']);
    expect(gate.happenings.since(happened).filter(({ event }) => event === 'frameLost')).toEqual([]);
  });
});

describe('hold open', () => {
  const SWITCH = 'Hold open';

  test('OPEN with the time; on until the device lets go; off is refused meanwhile', async () => {
    const gate = house.gate('Held');
    const mark = house.bob.frames.mark();
    const happened = gate.mark();
    await house.ann.write(`Held/${SWITCH}`, 'On', true);
    expect((await gate.received('OPEN', happened)) as unknown).toMatchObject({ duration: 1 });
    await heard(`Held/${SWITCH}`, 'On', true, mark);
    await expect(house.ann.write(`Held/${SWITCH}`, 'On', false)).rejects.toEqual(status(-70412));
    expect(Boolean(await house.ann.read(`Held/${SWITCH}`, 'On'))).toBe(true);
    await heard(`Held/${SWITCH}`, 'On', false, house.bob.frames.mark());
    expect(gate.commandsSince(happened)).toEqual(['OPEN']);
  });

  test('back to off where the gate is open already', async () => {
    const path = `Open already/${SWITCH}`;
    const mark = house.bob.frames.mark();
    await house.ann.write(path, 'On', true);
    await heard(path, 'On', false, mark);
    expect(Boolean(await house.ann.read(path, 'On'))).toBe(false);
  });

  test('follows a hold that somebody else began', async () => {
    const gate = house.gate('Full');
    const mark = house.bob.frames.mark();
    await gate.do('operate', { operation: 'TRIGGER', duration: 1 });
    await heard(`Full/${SWITCH}`, 'On', true, mark);
  });

  test.each(['Version 1', 'Version 2'] as const)(
    '%s: is refused, with a line that says why',
    async (name) => {
      const before = house.gate(name).commandsSince(0).length;
      await expect(house.ann.write(`${name}/${SWITCH}`, 'On', true)).rejects.toEqual(status(-70402));
      expect(Boolean(await house.ann.read(`${name}/${SWITCH}`, 'On'))).toBe(false);
      expect(house.gate(name).commandsSince(0)).toHaveLength(before);
      await expect
        .poll(() => said(name).join('\n'))
        .toMatch(/could not be held open from Home: .*API version 3/);
    },
  );
});

describe('without a status sensor', () => {
  test('switch: no door, one pulse for a press, and nothing that looks like a state', async () => {
    const gate = house.gate('Blind');
    expect(house.ann.has('Blind', T)).toBe(false);
    const mark = house.bob.frames.mark();
    const happened = gate.mark();
    await house.ann.write('Blind', 'On', true);
    await heard('Blind', 'On', false, mark);
    expect(gate.commandsSince(happened)).toEqual(['TRIGGER']);
    await expect
      .poll(() => said('Blind').filter((line) => line.includes('no status sensor')))
      .toHaveLength(1);
  });

  test('assumed: a door by travel time, for others as well', async () => {
    const gate = house.gate('Guessed');
    const happened = gate.mark();
    const story = await house.watch('Guessed');
    await house.ann.write('Guessed', T, OPEN);
    expect(await story.until({ T: 0, C: 0 })).toEqual(['T0 C2', 'C0']);
    await gate.press();
    expect(await story.until({ T: 1, C: 1 })).toEqual(['T0 C2', 'C0', 'T1 C3', 'C1']);
    expect(gate.commandsSince(happened)).toEqual(['TRIGGER']);
  });

  test('directional: OPEN and CLOSE, and a CLOSE that is refused is no pulse', async () => {
    const gate = house.gate('Two ways');
    const happened = gate.mark();
    const story = await house.watch('Two ways');
    await house.ann.write('Two ways', T, OPEN);
    await story.until({ T: 0, C: 0 });
    await gate.fault('rejected-commands', { times: 1 });
    await expect(house.ann.write('Two ways', T, CLOSED)).rejects.toEqual(status(-70402));
    await house.ann.write('Two ways', T, CLOSED);
    await story.until({ T: 1, C: 1 });
    expect(gate.commandsSince(happened)).toEqual(['OPEN', 'CLOSE', 'CLOSE']);
  });

  test('what appears changes with the sensor, with one line each time', async () => {
    const gate = house.gate('New sensor');
    const line = house.homebridge.lines.mark();
    const shows = async (characteristic: CharacteristicName): Promise<void> => {
      const isShown = async (): Promise<boolean> => (
        await look(),
        house.ann.has('New sensor', characteristic)
      );
      await expect.poll(isShown, { timeout: 5_000, interval: 100 }).toBe(true);
    };
    await gate.do('enableSensor', { on: false });
    await shows('On');
    expect(house.ann.has('New sensor', T)).toBe(false);
    await gate.do('enableSensor');
    await shows(T);
    expect(house.ann.has('New sensor', 'On')).toBe(false);
    const lines = (): unknown => said('New sensor', line).filter((text) => text.includes('status sensor'));
    await expect
      .poll(lines)
      .toEqual([expect.stringMatching(/place of the door/), expect.stringMatching(/place of the switch/)]);
    expect(await house.ann.door('New sensor')).toEqual({ T: 1, C: 1, O: 0 });
  });
});

test('automation switch: opens and closes the gate, and follows it', async () => {
  const gate = house.gate('Robot');
  const happened = gate.mark();
  const mark = house.bob.frames.mark();
  await house.ann.write('Robot automation', 'On', true);
  await heard('Robot', C, 0, mark);
  expect(Boolean(await house.ann.read('Robot automation', 'On'))).toBe(true);
  await gate.press();
  await heard('Robot automation', 'On', false, mark);
  expect(gate.commandsSince(happened)).toEqual(['OPEN']);
});

test('auto-close, and left open by our own clock: warned, closed once, and only where it is turned on', async () => {
  const gate = house.gate('Closes');
  await heard('Closes', C, 1, 0, 20_000);
  expect(gate.commandsSince(0)).toEqual(['CLOSE']);
  await expect
    .poll(() => said('Closes').join('\n'))
    .toMatch(/closes by itself in 5 s[\s\S]*closes by itself after/);
  expect(told('Closes/Closes left open', 0)).toEqual([1, 0]);
  for (const name of ['Plain', 'Shown'] as const) {
    expect(house.gate(name).commandsSince(0)).toEqual([]);
    expect(await house.ann.door(name)).toMatchObject({ T: 0, C: 0 });
  }
});

test('after a kill: what lasts is still there; what was turned off is gone; names that were given stay', async () => {
  const party = house.gate('Party');
  const mark = house.bob.frames.mark();
  await house.ann.write('Party/Hold open', 'ConfiguredName', 'Feast');
  await look();
  await house.ann.write('Party/Feast', 'On', true);
  await heard('Party', C, 0, mark);
  await house.homebridge.kill();

  await house.startAgain([
    house.configOf('Party', GATES.Party.config),
    house.configOf('Full'),
    house.configOf('Walk'),
    house.configOf('Blind'),
  ]);
  expect(Boolean(await house.ann.read('Party/Feast', 'On'))).toBe(true);
  expect(party.commandsSince(0)).toEqual(['OPEN']);
  // Known from before, so that no door comes and goes.
  expect(house.ann.has('Blind', T)).toBe(false);
  expect(house.ann.services('Full')).toEqual(['Full']);
  const names = await look();
  expect(names).not.toContain('Full automation');
  expect(names).not.toContain('Walk pedestrian gate');
});
