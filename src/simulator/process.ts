import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { systemClock, type Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { isObject, own, parseJson, type JsonObject } from '../base/json.ts';
import { runCommand } from './commands.ts';
import type { FaultName } from './faults.ts';
import type { SimulatedDeviceOptions } from './settings.ts';
import { SimulatedDevice, type ListenOptions } from './simulator.ts';

export interface SimulatorProcessOptions {
  readonly devices: readonly (SimulatedDeviceOptions & ListenOptions)[];
  /** Switched on in every device from the start. */
  readonly faults?: readonly FaultName[];
  /** Commands, one JSON object a line. Its end is not the end of the simulator. */
  readonly input: Readable;
  /** Takes one JSON object a line. */
  readonly print: (line: string) => void;
  /** Ends the simulator. */
  readonly signal: AbortSignal;
  readonly clock?: Clock;
}

/**
 * Simulated devices as a program: everything that happens is a line, `{"event":"listening",…}` first, and a
 * line `{"do":"operate"}` does something to them. `"device"` chooses one by its serial number or its place
 * (1 is the first); without it all are meant. An answer is `{"event":"done",…}` and repeats the command's `id`.
 * Resolves after `{"do":"stop"}` or when the signal is aborted.
 * @throws the system's error when a port cannot be had.
 */
export async function runSimulator(options: SimulatorProcessOptions): Promise<void> {
  const { print, clock = systemClock } = options;
  const devices = options.devices.map((settings) => new SimulatedDevice(settings, clock));
  try {
    for (const device of devices) {
      device.happenings.on((happening) => print(JSON.stringify(happening)));
      await device.start();
      for (const fault of options.faults ?? []) device.faults.enable(fault);
    }
    await obeyUntilStopped(options, (command) => answer(devices, command, print, clock));
  } finally {
    await Promise.all(devices.map((device) => device.stop()));
  }
}

/** Carries out one command after the other, so that the answers come in their order. */
async function obeyUntilStopped(
  { input, signal }: SimulatorProcessOptions,
  obey: (command: unknown) => Promise<void>,
): Promise<void> {
  if (signal.aborted) return;
  const lines = createInterface({ input, crlfDelay: Infinity });
  let obeyed = Promise.resolve();
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    lines.on('line', (line) => {
      const command = parseJson(line);
      if (isObject(command) && own(command, 'do') === 'stop') resolve();
      else if (line.trim() !== '') obeyed = obeyed.then(() => obey(command));
    });
  });
  lines.close();
  await obeyed;
}

async function answer(
  devices: readonly SimulatedDevice[],
  command: unknown,
  print: (line: string) => void,
  clock: Clock,
): Promise<void> {
  const say = (line: object): void => print(JSON.stringify({ ...line, time: clock.now() }));
  try {
    if (!isObject(command)) throw new Error('a command is a JSON object, for example {"do":"state"}');
    const id = own(command, 'id');
    for (const device of chosen(devices, command)) {
      const result = await runCommand(device, command);
      const { serialNumber } = device.settings;
      say({ event: 'done', do: own(command, 'do'), id, serialNumber, result });
    }
  } catch (error) {
    say({
      event: 'problem',
      id: isObject(command) ? own(command, 'id') : undefined,
      message: messageOf(error),
    });
  }
}

function chosen(devices: readonly SimulatedDevice[], command: JsonObject): readonly SimulatedDevice[] {
  const choice = own(command, 'device');
  if (choice === undefined) return devices;
  const found = devices.filter(
    ({ settings }, index) => settings.serialNumber === choice || index + 1 === choice,
  );
  if (found.length === 0) throw new Error(`there is no device ${JSON.stringify(choice)}`);
  return found;
}
