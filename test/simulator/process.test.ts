import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { runSimulator, type SimulatorProcessOptions } from '../../src/simulator/index.ts';
import { Tape } from '../helpers/tape.ts';

interface Line {
  event: string;
  result?: unknown;
  [key: string]: unknown;
}

let running: { stop(): Promise<void> } | undefined;

afterEach(async () => running?.stop());

/** A simulator as a program, without the program: lines in, lines out. */
function run(options: Partial<SimulatorProcessOptions> = {}) {
  const input = new PassThrough();
  const controller = new AbortController();
  const lines = new Tape<Line>('the simulator', (line) => JSON.stringify(line));
  const ended = runSimulator({
    devices: [{ travelTime: 20, relayTime: 0, serialNumber: 'one' }],
    input,
    print: (line) => lines.push(JSON.parse(line) as Line),
    signal: controller.signal,
    ...options,
  });
  let count = 0;
  const say = (command: object | string): boolean =>
    input.write(`${typeof command === 'string' ? command : JSON.stringify(command)}\n`);
  const ask = async (command: object): Promise<Line> => {
    const id = ++count;
    say({ ...command, id });
    return await lines.waitFor(`the answer to ${JSON.stringify(command)}`, (line) => line['id'] === id);
  };
  running = {
    async stop() {
      controller.abort();
      await ended.catch(() => undefined);
    },
  };
  const listening = (): Promise<Line> => lines.waitFor('listening', ({ event }) => event === 'listening');
  return { ask, say, lines, ended, controller, listening };
}

describe('commands on standard input', { timeout: 30_000 }, () => {
  it('come after the line that tells where it listens', async () => {
    const { ask, lines } = run();
    const answer = await ask({ do: 'state' });
    expect(lines.since(0).map(({ event }) => event)).toEqual(['listening', 'done']);
    expect(answer).toMatchObject({
      do: 'state',
      serialNumber: 'one',
      result: { listening: true, sensor: 'closed', motion: 'stopped', faults: [] },
    });
  });

  it('operate the gate', async () => {
    const { ask, lines } = run();
    const { result } = await ask({
      do: 'operate',
      keyNr: 5,
      keyType: 'unique key',
      via: 'wifi',
      type: 'OPEN',
    });
    expect(result).toEqual({ success: true, relayTriggered: true, errorCode: '' });
    await lines.waitFor('the gate open', (line) => line.event === 'gate' && line['position'] === 1);
    expect((await ask({ do: 'state' })).result).toMatchObject({ sensor: 'open', untoldEvents: 2 });
  });

  it.each<[object, object]>([
    [
      { do: 'connectKey', keyNr: 3 },
      { event: 'event', type: 'Connected' },
    ],
    [
      { do: 'changeKey', keyNr: 3, isRemoved: true },
      { event: 'event', type: 'KeyManagement' },
    ],
    [{ do: 'pushManualButton' }, { event: 'event', type: 'ManualButtonPushed' }],
    [{ do: 'pushDoorbell' }, { event: 'event', type: 'DoorbellPushed' }],
    [{ do: 'moveByRemoteControl' }, { event: 'gate', motion: 'opening' }],
    [{ do: 'flipSensor' }, { event: 'event', type: 'SensorFlipped' }],
    [
      { do: 'enableSensor', on: false },
      { event: 'event', type: 'SensorDisabled' },
    ],
    [
      { do: 'enableManualButton', on: false },
      { event: 'event', type: 'ManualButtonDisabled' },
    ],
    [{ do: 'enableDoorbell' }, { event: 'event', type: 'DoorbellEnabled' }],
    [
      { do: 'operate', duration: 5 },
      { event: 'event', type: 'OutputHeldActive' },
    ],
    [{ do: 'powerCycle' }, { event: 'restart', why: 'power cut' }],
    [{ do: 'renewKeys' }, { event: 'keys' }],
    [{ do: 'stopListening' }, { event: 'stoppedListening' }],
    [
      { do: 'fault', name: 'event-burst', count: 1 },
      { event: 'fault', name: 'event-burst', on: true },
    ],
  ])('%o', async (command, happening) => {
    const { ask, lines } = run();
    await ask(command);
    expect(lines.since(1)).toContainEqual(expect.objectContaining(happening));
  });

  it.each([{ do: 'drop' }, { do: 'closeConnections' }, { do: 'listen' }, { do: 'sendRaw', text: 'x' }])(
    '%o is answered',
    async (command) => {
      expect(await run().ask(command)).toMatchObject({ event: 'done', do: command.do });
    },
  );

  it('obstruct and jam, and back', async () => {
    const { ask, lines } = run();
    await ask({ do: 'jam' });
    await ask({ do: 'operate' });
    expect((await ask({ do: 'state' })).result).toMatchObject({ motion: 'stopped' });
    await ask({ do: 'jam', on: false });
    await ask({ do: 'moveByRemoteControl' });
    await lines.waitFor('the gate open', (line) => line.event === 'gate' && line['position'] === 1);
    await ask({ do: 'obstruct' });
    await ask({ do: 'moveByRemoteControl' });
    await lines.waitFor('the gate at the obstacle', (line) => line['position'] === 0.5);
  });

  it('switch faults on and off', async () => {
    const { ask } = run({ faults: ['wrong-mac'] });
    const faults = async (): Promise<unknown> =>
      ((await ask({ do: 'state' })).result as { faults: unknown }).faults;
    expect(await faults()).toEqual(['wrong-mac']);
    await ask({ do: 'fault', name: 'silence', on: true, times: 9 });
    await ask({ do: 'fault', name: 'rejected-commands', errorCode: 'ERR_X', actions: ['OPEN'], delay: 3 });
    await ask({ do: 'fault', name: 'wrong-mac', on: false });
    expect(await faults()).toEqual(['silence', 'rejected-commands']);
    await ask({ do: 'fault', on: false });
    expect(await faults()).toEqual([]);
  });

  it.each([
    [{ do: 'dance' }, 'there is no command "dance"'],
    [{ do: 'toString' }, 'there is no command "toString"'],
    [{}, 'there is no command undefined'],
    [{ do: 'fault', name: 'x' }, 'there is no fault "x"'],
    [{ do: 'fault' }, 'there is no fault undefined'],
    [{ do: 'jam', on: 'yes' }, '"on" must be true or false'],
    [{ do: 'operate', keyNr: -1 }, '"keyNr" must be a whole number'],
    [{ do: 'operate', via: 7 }, '"via" must be a text'],
    [{ do: 'operate', type: 'QUERY' }, '"type" must be one of TRIGGER, TRIGGER_SECONDARY, OPEN, CLOSE'],
    [{ do: 'changeKey' }, '"keyNr" is missing'],
    [{ do: 'sendRaw' }, '"text" is missing'],
    [
      { do: 'fault', name: 'unanswered-executed', actions: 'OPEN' },
      '"actions" must be a list of TRIGGER, TRIGGER_SECONDARY, OPEN, CLOSE, QUERY, RESTART',
    ],
    [{ do: 'state', device: 'two' }, 'there is no device "two"'],
  ])('%o: %s', async (command, message) => {
    expect(await run().ask(command)).toMatchObject({ event: 'problem', message });
  });

  it('that are no JSON objects are a problem, empty lines are none', async () => {
    const { say, lines, ask } = run();
    say('');
    say('open');
    await ask({ do: 'state' });
    expect(lines.since(1)).toMatchObject([
      { event: 'problem', message: 'a command is a JSON object, for example {"do":"state"}' },
      { event: 'done' },
    ]);
  });
});

describe('several devices', () => {
  const devices = [{ serialNumber: 'one' }, { serialNumber: 'two' }, { serialNumber: 'three' }];

  it.each([
    [undefined, ['one', 'two', 'three']],
    ['two', ['two']],
    [3, ['three']],
  ])('device %s: %o', async (device, serials) => {
    const { ask, lines } = run({ devices });
    await ask({ do: 'pushDoorbell', ...(device !== undefined && { device }) });
    await ask({ do: 'state', device: 1 });
    const rang = lines.since(0).filter((line) => line.event === 'event');
    expect(rang.map(({ serialNumber }) => serialNumber)).toEqual(serials);
  });
});

describe('the end', () => {
  it('comes by a command', async () => {
    const { say, ended } = run();
    say({ do: 'stop' });
    await ended;
  });

  it('comes by the signal, also by one that was there before', async () => {
    const { controller, ended, listening } = run();
    await listening();
    controller.abort();
    await ended;
    await run({ signal: AbortSignal.abort() }).ended;
  });

  it('comes when a port cannot be had, and lets the others go', async () => {
    const { listening } = run();
    const { port } = await listening();
    const first = running;
    const second = run({ devices: [{}, { port: port as number }] });
    await expect(second.ended).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await first?.stop();
  });
});
