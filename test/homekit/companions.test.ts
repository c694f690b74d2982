import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CommandError, type CommandErrorCode } from '../../src/device/errors.ts';
import { CLOSED, OPEN } from '../../src/door/types.ts';
import { deviceJson } from '../config/helpers.ts';
import { settle } from '../helpers/fake-clock.ts';
import { HOMEBRIDGES } from './bridges.ts';
import { ANSWER, V1, V2, type FakeDevice, type FakeDoor } from './fakes.ts';
import { PlatformBench } from './platform-bench.ts';
import { Seen } from './services.ts';

const MINUTE = 60_000;

const EVERYTHING = {
  secondary: 'switch',
  holdMinutes: 15,
  doorbell: true,
  buttons: [
    { name: 'Wall', event: 'ManualButtonPushed' },
    { name: 'Guest', event: 'RelayTrigger', keyType: 'guest key' },
  ],
  contactSensor: true,
  leftOpen: 'minutes',
  leftOpenMinutes: 10,
  automationSwitch: true,
};

const refusal = (code: CommandErrorCode) => () =>
  Promise.reject(new CommandError(code, `as the test says: ${code}`));

describe.each(HOMEBRIDGES)('beside the door, in $name,', (version) => {
  let bench: PlatformBench;

  beforeEach(() => (bench = new PlatformBench(version)));
  afterEach(() => bench.dispose());

  const launch = (config: Record<string, unknown> = {}): Promise<void> => bench.launch(deviceJson(config));
  const relaunch = async (config: Record<string, unknown> = {}): Promise<void> => {
    await bench.shutdown();
    await launch(config);
  };
  const seen = (name = 'Garage'): Seen => new Seen(bench.run.api.hap, bench.accessory(name));
  const device = (): FakeDevice => bench.maker.gate('Garage').device;
  const door = (): FakeDoor => bench.maker.gate('Garage').door!;
  const pass = (time: number): Promise<void> => bench.maker.clock.advance(time);
  const names = (): readonly string[] => bench.run.accessories.map((each) => each.displayName).sort();

  describe('what appears', () => {
    it('is the door alone where nothing is asked for', async () => {
      await launch();
      expect(seen().services).toEqual(['GarageDoorOpener']);
      expect(names()).toEqual(['Garage']);
    });

    it('is all that is asked for, and the door is what comes first', async () => {
      await launch(EVERYTHING);
      expect(seen().services).toEqual([
        'GarageDoorOpener',
        'Switch hold',
        'Switch secondary',
        'Doorbell doorbell',
        'ServiceLabel buttons',
        'StatelessProgrammableSwitch button ManualButtonPushed///',
        'StatelessProgrammableSwitch button RelayTrigger//guest key/',
        'ContactSensor contact',
        'OccupancySensor left open',
      ]);
      expect(seen().primary).toEqual(['GarageDoorOpener']);
      expect(names()).toEqual(['Garage', 'Garage automation']);
      expect(seen('Garage automation').services).toEqual(['Switch automation']);
      expect(bench.run.bridged).toHaveLength(2);
    });

    it.each(['stop', 'kill'])('is gone after a %s when it is turned off', async (end) => {
      await launch({ ...EVERYTHING, secondary: 'door' });
      expect(names()).toEqual(['Garage', 'Garage automation', 'Garage pedestrian gate']);
      if (end === 'kill') await bench.launch(deviceJson());
      else await relaunch();
      expect(seen().services).toEqual(['GarageDoorOpener']);
      expect(names()).toEqual(['Garage']);
      expect(bench.run.bridged).toHaveLength(1);
      expect(bench.run.log.lines).toContain('info [Garage automation] removed');
    });

    it('holds nothing that operates the gate where it is only shown, and says so', async () => {
      await launch({ ...EVERYTHING, autoCloseMinutes: 5, readOnly: true });
      expect(seen().services.filter((name) => name.startsWith('Switch'))).toEqual([]);
      expect(seen().services).toContain('ContactSensor contact');
      expect(names()).toEqual(['Garage']);
      expect(bench.run.log.lines).toContain(
        'info [Garage] is only shown (readOnly), so these have no effect: secondary, holdMinutes, automationSwitch, autoCloseMinutes',
      );
      device().say('no sensor');
      expect(seen().services).toContain('GarageDoorOpener');
      expect(seen().services.filter((name) => name.startsWith('Switch'))).toEqual([]);
    });

    it('keeps its accessories over a restart, with their UUIDs and nothing new', async () => {
      await launch({ ...EVERYTHING, secondary: 'door' });
      const before = bench.uuids();
      await relaunch({ ...EVERYTHING, secondary: 'door' });
      expect(bench.uuids()).toEqual(before);
      expect(bench.run.log.lines.filter((line) => line.endsWith('added'))).toEqual([]);
      expect(bench.information('Garage automation')['Firmware Revision']).toMatch(/^\d+\.\d+\.\d+$/);
    });

    it('follows a gate that was removed from the config', async () => {
      await launch({ ...EVERYTHING, secondary: 'door' });
      await bench.shutdown();
      await bench.launch();
      expect(names()).toEqual([]);
      expect(bench.run.bridged).toEqual([]);
    });

    it('fails instead of answering while its gate cannot run', async () => {
      await launch({ ...EVERYTHING, secondary: 'door' });
      await bench.shutdown();
      await bench.launchWith({ platform: 'Gatehouse', devices: [deviceJson(EVERYTHING)] }, 'Garage');
      expect(await seen().read('ContactSensor contact', 'ContactSensorState')).toBe(-70402);
      expect(await seen().read('OccupancySensor left open', 'OccupancyDetected')).toBe(-70402);
      expect(await seen().write('Switch hold', 'On', true)).toBe(-70402);
      expect(await seen('Garage automation').write('Switch automation', 'On', true)).toBe(-70402);
      const pedestrian = seen('Garage pedestrian gate');
      expect(await pedestrian.write('GarageDoorOpener', 'TargetDoorState', OPEN)).toBe(-70402);
    });

    it('shows what the device is in the details of each accessory', async () => {
      await launch(EVERYTHING);
      device().online(V2('AB12'));
      expect(bench.information('Garage automation')).toMatchObject({
        Name: 'Garage automation',
        'Serial Number': 'AB12',
        Model: 'Remootio 2',
      });
    });

    it.each([
      [V1, 2],
      [V2('AB12'), 1],
    ])('says once what the device is too old for: %j', async (identity, count) => {
      await launch(EVERYTHING);
      device().online(identity);
      device().goOffline();
      device().online(identity);
      const warnings = bench.run.log.at('warn');
      expect(warnings).toHaveLength(count);
      expect(warnings[0]).toBe(
        `[Garage] holdMinutes needs API version 3 and the device speaks ${identity.apiVersion}: it is refused until the device software is updated to 2.24 or later in the Remootio app`,
      );
    });
  });

  describe('names', () => {
    const shown = (service: string): unknown => seen().value(service, 'ConfiguredName');

    it('are as the config has them, and as Apple Home takes them', async () => {
      await launch({ ...EVERYTHING, name: 'Gate #2', holdName: '(Party!)', secondaryName: '***' });
      const gate = new Seen(bench.run.api.hap, bench.accessory('Gate 2'));
      const configured = gate.services.slice(1).map((service) => {
        const { ConfiguredName } = bench.run.api.hap.Characteristic;
        return (
          gate.service(service).testCharacteristic(ConfiguredName) && gate.value(service, 'ConfiguredName')
        );
      });
      expect(configured).toEqual([
        'Party',
        'Gate',
        'Gate 2 doorbell',
        false,
        'Wall',
        'Guest',
        'Gate 2 sensor',
        'Gate 2 left open',
      ]);
    });

    it('that were given in Apple Home stay, also when the plugin is killed', async () => {
      await launch({ holdMinutes: 5 });
      expect(await seen().write('Switch hold', 'ConfiguredName', 'My party')).toBe('success');
      await settle();
      await bench.launch(deviceJson({ holdMinutes: 5, holdName: 'Feast' }));
      expect(shown('Switch hold')).toBe('My party');
    });

    it('that were not follow the config', async () => {
      await launch({ holdMinutes: 5 });
      expect(shown('Switch hold')).toBe('Hold open');
      await relaunch({ holdMinutes: 5, holdName: 'Feast' });
      expect(shown('Switch hold')).toBe('Feast');
    });
  });

  describe('a switch that pulses', () => {
    beforeEach(() => launch({ secondary: 'switch' }));
    const press = (): Promise<unknown> => seen().write('Switch secondary', 'On', true);

    it('sends one command, shows on, and goes off after a second', async () => {
      device().onCommand = () => Promise.resolve(ANSWER);
      const events = seen().record(['S', 'Switch secondary', 'On']);
      expect(await press()).toBe('success');
      expect(await seen().read('Switch secondary', 'On')).toBe(true);
      await pass(999);
      expect(events).toEqual([]);
      await pass(1);
      expect(events).toEqual(['S=false']);
      expect(await seen().read('Switch secondary', 'On')).toBe(false);
      expect(device().commands).toEqual(['triggerSecondary']);
    });

    it('sends no second pulse for a write that is repeated', async () => {
      device().onCommand = () => Promise.resolve(ANSWER);
      expect(await Promise.all([press(), press()])).toEqual(['success', 'success']);
      expect(await press()).toBe('success');
      expect(device().commands).toEqual(['triggerSecondary']);
      await pass(1_000);
      await press();
      expect(device().commands).toEqual(['triggerSecondary', 'triggerSecondary']);
    });

    it('sends nothing when it is switched off, and stays as it is', async () => {
      device().onCommand = () => Promise.resolve(ANSWER);
      expect(await seen().write('Switch secondary', 'On', false)).toBe('success');
      await press();
      expect(await seen().write('Switch secondary', 'On', false)).toBe('success');
      await settle();
      expect(seen().value('Switch secondary', 'On')).toBe(true);
      expect(device().commands).toEqual(['triggerSecondary']);
    });

    it.each([
      ['OFFLINE', -70402],
      ['NOT_SUPPORTED', -70402],
      ['RELAY_BUSY', -70403],
      ['BUSY', -70403],
      ['CONNECTION_LOST', -70408],
    ] as const)('fails with its own status: %s', async (code, status) => {
      device().onCommand = refusal(code);
      const events = seen().record(['S', 'Switch secondary', 'On']);
      expect(await press()).toBe(status);
      await settle();
      expect(events).toEqual(['S=false']);
      expect(bench.run.log.lines.at(-1)).toMatch(/could not be pulsed at its second output/);
    });

    it('fails at 2.5 s where no answer comes', async () => {
      device().onCommand = () => new Promise(() => undefined);
      const write = press();
      await pass(2_499);
      await expect(Promise.race([write, Promise.resolve('still waits')])).resolves.toBe('still waits');
      await pass(1);
      expect(await write).toBe(-70408);
    });

    it('fails where the device accepts it and pulses nothing', async () => {
      device().onCommand = () => Promise.resolve({ ...ANSWER, relayTriggered: false });
      expect(await press()).toBe(-70412);
    });

    it('a mistake of ours is an error in the log', async () => {
      device().onCommand = () => Promise.reject(new TypeError('undefined is not a function'));
      expect(await press()).toBe(-70402);
    });

    it('cannot be read once the device has been away for 45 s', async () => {
      device().say('closed');
      device().goOffline();
      expect(await seen().read('Switch secondary', 'On')).toBe(false);
      await pass(45_000);
      expect(await seen().read('Switch secondary', 'On')).toBe(-70402);
    });
  });

  describe('without a status sensor', () => {
    it('a switch takes the place of the door, with one warning, and stays after a restart', async () => {
      await launch({ ...EVERYTHING, secondary: 'none' });
      device().say('no sensor');
      expect(seen().services).toEqual(
        [
          'Switch hold',
          'Doorbell doorbell',
          'ServiceLabel buttons',
          'StatelessProgrammableSwitch button ManualButtonPushed///',
          'StatelessProgrammableSwitch button RelayTrigger//guest key/',
          'Switch trigger',
        ].sort((a, b) => seen().services.indexOf(a) - seen().services.indexOf(b)),
      );
      expect(seen().primary).toEqual(['Switch trigger']);
      expect(seen().value('Switch trigger', 'ConfiguredName')).toBe('Garage');
      expect(names()).toEqual(['Garage']);
      expect(bench.run.log.at('warn')).toEqual([
        '[Garage] the device has no status sensor, so nobody can tell whether it is open: in Apple Home a switch that presses the button of the opener takes the place of the door. withoutSensor in the settings offers other ways',
      ]);

      await relaunch();
      expect(seen().services).toEqual(['Switch trigger']);
      device().say('no sensor');
      expect(bench.run.log.at('warn')).toEqual([]);
      device().onCommand = () => Promise.resolve(ANSWER);
      await seen().write('Switch trigger', 'On', true);
      expect(device().commands).toEqual(['trigger']);
    });

    it('the door is back with the sensor, with one line', async () => {
      await launch({ automationSwitch: true });
      device().say('no sensor');
      const before = bench.run.log.lines.length;
      device().say('closed');
      expect(seen().services).toEqual(['GarageDoorOpener']);
      expect(seen().primary).toEqual(['GarageDoorOpener']);
      expect(names()).toEqual(['Garage', 'Garage automation']);
      expect(bench.run.log.lines.slice(before)).toEqual([
        'info [Garage] the device has a status sensor: in Apple Home the door takes the place of the switch',
        'info [Garage automation] added',
      ]);
    });

    it.each(['assumed', 'directional'])(
      '"%s" keeps the door, and says what its state is worth',
      async (withoutSensor) => {
        await launch({ withoutSensor, automationSwitch: true, contactSensor: true, leftOpen: 'minutes' });
        device().say('no sensor');
        expect(seen().services).toEqual(['GarageDoorOpener']);
        expect(names()).toEqual(['Garage', 'Garage automation']);
        device().say('no sensor');
        device().say('open');
        expect(seen().services).toEqual([
          'GarageDoorOpener',
          'ContactSensor contact',
          'OccupancySensor left open',
        ]);
        expect(bench.run.log.lines.slice(-2)).toEqual([
          'info [Garage] the device has no status sensor: whether it is open is assumed from its travel times',
          'info [Garage] the device has a status sensor: nothing is assumed any longer',
        ]);
      },
    );
  });

  describe('the switch that holds it open', () => {
    const write = (on: boolean): Promise<unknown> => seen().write('Switch hold', 'On', on);
    const isOn = (): Promise<unknown> => seen().read('Switch hold', 'On');

    it('sends OPEN with its time, and is on for so long', async () => {
      await launch({ holdMinutes: 15 });
      device().say('closed');
      device().onCommand = () => Promise.resolve(ANSWER);
      const events = seen().record(['H', 'Switch hold', 'On']);
      expect(await write(true)).toBe('success');
      await settle();
      expect(await write(true)).toBe('success');
      expect(device().commands).toEqual(['open 15']);
      await pass(15 * MINUTE - 1);
      expect(await isOn()).toBe(true);
      await pass(1);
      expect(await isOn()).toBe(false);
      expect(events.at(-1)).toBe('H=false');
    });

    it('goes back to off where the gate is open already', async () => {
      await launch({ holdMinutes: 15 });
      device().say('open');
      device().onCommand = () => Promise.resolve({ ...ANSWER, relayTriggered: false });
      const events = seen().record(['H', 'Switch hold', 'On']);
      expect(await write(true)).toBe('success');
      await settle();
      expect(events).toEqual(['H=false']);
      expect(await isOn()).toBe(false);
    });

    it('cannot be switched off during a hold', async () => {
      await launch({ holdMinutes: 15 });
      device().say('closed');
      expect(await write(false)).toBe('success');
      await settle();
      device().happen({ type: 'OutputHeldActive', data: { keyNr: 1, keyType: 'unique key', via: 'wifi' } });
      const events = seen().record(['H', 'Switch hold', 'On']);
      expect(await write(false)).toBe(-70412);
      await settle();
      expect(events).toEqual(['H=true']);
      expect(device().commands).toEqual([]);
    });

    it('follows what the device tells of its outputs', async () => {
      await launch({ holdMinutes: 15 });
      device().say('closed');
      const events = seen().record(['H', 'Switch hold', 'On']);
      device().happen({ type: 'OutputHeldActive', data: { keyNr: 1, keyType: 'unique key', via: 'wifi' } });
      device().happen({ type: 'Output1Activated' });
      device().happen({ type: 'Output1Deactivated' });
      expect(events).toEqual(['H=true', 'H=false']);
    });

    it('shows the truth after a restart of the plugin', async () => {
      await launch({ holdMinutes: 15 });
      device().say('closed');
      device().onCommand = () => Promise.resolve(ANSWER);
      await write(true);
      await relaunch({ holdMinutes: 15 });
      expect(await isOn()).toBe(true);
      // Every run of this bench has a clock of its own, which begins at the same time.
      device().say('open');
      await pass(15 * MINUTE);
      expect(await isOn()).toBe(false);
    });

    it.each([
      [{}, undefined],
      [{ holdWithoutSensor: true }, 'trigger 15'],
      [{ withoutSensor: 'assumed', holdWithoutSensor: true }, 'trigger 15'],
      [{ withoutSensor: 'directional' }, 'open 15'],
    ])('without a status sensor and with %j sends %s', async (config, command) => {
      await launch({ holdMinutes: 15, ...config });
      device().say('no sensor');
      device().onCommand = () => Promise.resolve(ANSWER);
      expect(await write(true)).toBe(command === undefined ? -70412 : 'success');
      expect(device().commands).toEqual(command === undefined ? [] : [command]);
    });

    it('is refused by a device that is too old, with a line that says so', async () => {
      await launch({ holdMinutes: 15 });
      device().say('closed');
      device().onCommand = refusal('NOT_SUPPORTED');
      const events = seen().record(['H', 'Switch hold', 'On']);
      expect(await write(true)).toBe(-70402);
      await settle();
      expect(events).toEqual(['H=false']);
      expect(bench.run.log.lines.at(-1)).toBe(
        'info [Garage] could not be held open from Home: as the test says: NOT_SUPPORTED',
      );
    });

    it('cannot be read once the device has been away for 45 s', async () => {
      await launch({ holdMinutes: 15 });
      await pass(45_000);
      expect(await isOn()).toBe(-70402);
    });
  });

  describe('the doorbell', () => {
    it.each([
      [0, 1],
      [15_000, 1],
      [15_001, 0],
      ['unknown', 0],
    ] as const)('pushed %s ms ago, rings %i times', async (age, times) => {
      await launch({ doorbell: true });
      const events = seen().record(['D', 'Doorbell doorbell', 'ProgrammableSwitchEvent']);
      device().happen({ type: 'DoorbellPushed' }, age);
      expect(events).toEqual(Array.from({ length: times }, () => 'D=0'));
    });

    it('knows single presses alone, and rings at each', async () => {
      await launch({ doorbell: true });
      expect(seen().characteristic('Doorbell doorbell', 'ProgrammableSwitchEvent').props.validValues).toEqual(
        [0],
      );
      const events = seen().record(['D', 'Doorbell doorbell', 'ProgrammableSwitchEvent']);
      device().happen({ type: 'DoorbellPushed' });
      device().happen({ type: 'DoorbellPushed' });
      expect(events).toEqual(['D=0', 'D=0']);
    });
  });

  describe('the buttons', () => {
    const GUEST = { keyNr: 5, keyType: 'guest key', via: 'internet' } as const;

    /** Which of these buttons are pressed by what happens. */
    async function pressed(buttons: readonly object[], happen: () => void): Promise<readonly string[]> {
      await launch({ buttons: buttons.map((button, index) => ({ name: `B${index + 1}`, ...button })) });
      const services = seen().services.filter((name) => name.startsWith('Stateless'));
      const events = seen().record(
        ...services.map((name, index) => [`B${index + 1}`, name, 'ProgrammableSwitchEvent'] as const),
      );
      happen();
      return events.map((event) => event.replace('=0', ''));
    }

    it('are numbered, and linked to their label', async () => {
      await launch(EVERYTHING);
      const label = seen().service('ServiceLabel buttons');
      const buttons = seen().services.filter((name) => name.startsWith('Stateless'));
      expect(label.linkedServices).toEqual(buttons.map((name) => seen().service(name)));
      expect(buttons.map((name) => seen().value(name, 'ServiceLabelIndex'))).toEqual([1, 2]);
      expect(seen().value('ServiceLabel buttons', 'ServiceLabelNamespace')).toBe(1);
    });

    it('keep what hangs on them when their names and their order change', async () => {
      await launch(EVERYTHING);
      await relaunch({ buttons: [{ ...EVERYTHING.buttons[1], name: 'Visitor' }, EVERYTHING.buttons[0]] });
      const guest = 'StatelessProgrammableSwitch button RelayTrigger//guest key/';
      expect(seen().value(guest, 'ConfiguredName')).toBe('Visitor');
      expect(seen().value(guest, 'ServiceLabelIndex')).toBe(1);
      await relaunch({ buttons: [EVERYTHING.buttons[0]] });
      expect(seen().service('ServiceLabel buttons').linkedServices).toHaveLength(1);
    });

    it.each([
      [{ event: 'RelayTrigger' }, true],
      [{ event: 'RelayTrigger', keyNumber: 5 }, true],
      [{ event: 'RelayTrigger', keyNumber: 4 }, false],
      [{ event: 'RelayTrigger', keyType: 'guest key' }, true],
      [{ event: 'RelayTrigger', keyType: 'api key' }, false],
      [{ event: 'RelayTrigger', via: 'internet' }, true],
      [{ event: 'RelayTrigger', via: 'wifi' }, false],
      [{ event: 'RelayTrigger', keyNumber: 5, keyType: 'guest key', via: 'wifi' }, false],
      [{ event: 'Connected', keyNumber: 5 }, false],
    ])('%j is pressed by a guest over the internet: %s', async (button, isPressed) => {
      const events = await pressed([button], () => device().happen({ type: 'RelayTrigger', data: GUEST }));
      expect(events).toEqual(isPressed ? ['B1'] : []);
    });

    it('are pressed by whatever event they name, each by its own', async () => {
      const buttons = ['ManualButtonPushed', 'LeftOpen', 'DoorbellPushed', 'KeyManagement', 'Connected'].map(
        (event) => ({ event }),
      );
      const rights = {
        ...GUEST,
        bluetooth: true,
        wifi: false,
        internet: false,
        notification: false,
        isRemoved: false,
      };
      const events = await pressed(buttons, () => {
        device().happen({ type: 'DoorbellPushed' });
        device().happen({ type: 'KeyManagement', data: rights });
        device().happen({ type: 'LeftOpen', data: { timeOpen100ms: 9 } });
        device().happen({ type: 'ManualButtonPushed' });
        device().happen({ type: 'Connected', data: GUEST });
        device().happen({ type: 'StateChange' });
      });
      expect(events).toEqual(['B3', 'B4', 'B2', 'B1', 'B5']);
    });

    it.each([15_001, 'unknown'] as const)('are not pressed by what happened %s ms ago', async (age) => {
      const events = await pressed([{ event: 'LeftOpen' }], () =>
        device().happen({ type: 'LeftOpen', data: { timeOpen100ms: 9 } }, age),
      );
      expect(events).toEqual([]);
    });
  });

  describe('the contact sensor', () => {
    const state = (): Promise<unknown> => seen().read('ContactSensor contact', 'ContactSensorState');

    it('is what the status sensor says', async () => {
      await launch({ contactSensor: true });
      expect(await state()).toBe(0);
      const events = seen().record(['K', 'ContactSensor contact', 'ContactSensorState']);
      device().say('open', 'edge');
      device().say('open');
      device().say('closed', 'edge');
      expect(events).toEqual(['K=1', 'K=0']);
    });

    it('begins with what is remembered', async () => {
      await launch({ contactSensor: true });
      door().remember.emit({ target: OPEN, current: OPEN, obstruction: false });
      await relaunch({ contactSensor: true });
      expect(await state()).toBe(1);
    });

    it('cannot be read where the door cannot, and says so when it is back', async () => {
      await launch({ contactSensor: true });
      device().say('closed');
      device().goOffline();
      door().show({ unavailable: true });
      expect(await state()).toBe(-70402);
      const events = seen().record(['K', 'ContactSensor contact', 'ContactSensorState']);
      door().show({ unavailable: false });
      device().say('closed');
      expect(events).toEqual(['K=0']);
      expect(await state()).toBe(0);
    });
  });

  describe('the sensor for a gate that was left open', () => {
    const state = (): Promise<unknown> => seen().read('OccupancySensor left open', 'OccupancyDetected');

    it('is on after its minutes, and off when it is closed', async () => {
      await launch({ leftOpen: 'minutes', leftOpenMinutes: 2 });
      device().say('open', 'edge');
      const events = seen().record(['L', 'OccupancySensor left open', 'OccupancyDetected']);
      await pass(2 * MINUTE - 1);
      expect(events).toEqual([]);
      await pass(1);
      expect(await state()).toBe(1);
      device().say('closed', 'edge');
      expect(events).toEqual(['L=1', 'L=0']);
    });

    it('survives a restart, and forgets when it is turned off', async () => {
      await launch({ leftOpen: 'minutes', leftOpenMinutes: 2 });
      device().say('open', 'edge');
      await pass(2 * MINUTE);
      await relaunch({ leftOpen: 'minutes', leftOpenMinutes: 2 });
      expect(await state()).toBe(1);
      await relaunch();
      await relaunch({ leftOpen: 'minutes', leftOpenMinutes: 2 });
      expect(await state()).toBe(0);
    });

    it('is on when the device says so, where that is chosen', async () => {
      await launch({ leftOpen: 'device', leftOpenMinutes: 2 });
      device().say('open', 'edge');
      await pass(5 * MINUTE);
      expect(await state()).toBe(0);
      device().happen({ type: 'LeftOpen', data: { timeOpen100ms: 3_000 } });
      expect(await state()).toBe(1);
    });
  });

  describe('the automation switch', () => {
    beforeEach(() => launch({ automationSwitch: true }));
    const automation = (): Seen => seen('Garage automation');
    const write = (on: boolean): Promise<unknown> => automation().write('Switch automation', 'On', on);

    it('opens and closes', async () => {
      expect(await write(true)).toBe('success');
      expect(await write(false)).toBe('success');
      expect(door().written).toEqual([OPEN, CLOSED]);
    });

    it('shows where the gate stands or goes', async () => {
      const events = automation().record(['A', 'Switch automation', 'On']);
      door().travel(OPEN);
      door().rest(OPEN);
      door().travel(CLOSED);
      expect(events).toEqual(['A=true', 'A=false']);
      expect(await automation().read('Switch automation', 'On')).toBe(false);
    });

    it('goes back where the write came to nothing', async () => {
      door().onWrite = refusal('RELAY_BUSY');
      const events = automation().record(['A', 'Switch automation', 'On']);
      expect(await write(true)).toBe(-70402);
      await settle();
      expect(events).toEqual(['A=false']);
    });

    it('cannot be read where the door cannot', async () => {
      door().show({ unavailable: true });
      expect(await automation().read('Switch automation', 'On')).toBe(-70402);
    });
  });

  describe('the door of the second output', () => {
    it('is a door on an accessory of its own, and remembers by itself', async () => {
      await launch({ secondary: 'door', secondaryName: 'Side gate' });
      const { secondaryDoor } = bench.maker.gate('Garage');
      expect(names()).toEqual(['Garage', 'Side gate']);
      expect(await seen('Side gate').write('GarageDoorOpener', 'TargetDoorState', OPEN)).toBe('success');
      expect(secondaryDoor!.written).toEqual([OPEN]);
      expect(door().written).toEqual([]);
      const memory = { target: OPEN, current: OPEN, obstruction: false } as const;
      secondaryDoor!.remember.emit(memory);
      await bench.shutdown();
      expect(secondaryDoor!.stopped).toBe(true);
      expect(bench.stateOf('Garage')).toMatchObject({ value: { secondaryDoor: memory } });
    });

    it('needs a place on the bridge like any other', async () => {
      const many = Array.from({ length: 149 }, (_, index) =>
        deviceJson({ name: `G${index}`, host: `g${index}` }),
      );
      await bench.launch(...many.slice(0, 148), deviceJson({ ...many[148], secondary: 'door' }));
      expect(bench.run.bridged).toHaveLength(149);
      expect(bench.run.log.at('error')).toEqual([
        '[G148 pedestrian gate] cannot be added: a bridge carries 149 accessories at most; let this plugin, or another one with many accessories, run on a child bridge of its own',
      ]);
    }, 30_000);
  });

  it('closes by itself after its minutes, and remembers that it tried', async () => {
    await launch({ autoCloseMinutes: 5, autoCloseWarningSeconds: 60 });
    device().say('open');
    door().rest(OPEN);
    await pass(4 * MINUTE);
    expect(bench.run.log.lines.at(-1)).toBe(
      'info [Garage] has been open for 4 min: closes by itself in 60 s',
    );
    expect(door().written).toEqual([]);
    await pass(MINUTE);
    // The attempt goes to the real disk first.
    await vi.waitFor(() => expect(door().written).toEqual([CLOSED]));
    expect(bench.stateOf('Garage')).toMatchObject({ value: { autoClose: { attempted: true } } });
    await relaunch();
    await bench.shutdown();
    expect(bench.stateOf('Garage')).toMatchObject({ value: { autoClose: { attempted: false } } });
  });
});
