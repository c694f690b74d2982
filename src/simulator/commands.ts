import { GatehouseError } from '../base/errors.ts';
import { own, type JsonObject } from '../base/json.ts';
import type { ActionType } from '../wire/actions.ts';
import type { KeyRights, KeyUse } from '../wire/events.ts';
import type { Operation } from './device-model.ts';
import { isFaultName, type FaultOptions } from './faults.ts';
import type { SimulatedDevice } from './simulator.ts';

/** A command that cannot be understood: the message says which part. */
export class SimulatorCommandError extends GatehouseError {
  override readonly code = 'SIMULATOR_COMMAND';
  override readonly retry = false;
}

type Run = (device: SimulatedDevice, options: JsonObject) => unknown;

/** What a line `{"do":"…", …}` can ask of a running simulator, by its `do`. What they return is the answer. */
const COMMANDS: Readonly<Record<string, Run>> = {
  state: (device) => device.state,
  operate: (device, options) =>
    device.operate(keyUse(options), operation(options), whole(options, 'duration')),
  connectKey: (device, options) => device.connectKey(keyUse(options)),
  changeKey: (device, options) => device.changeKey(keyRights(options)),
  pushManualButton: (device) => device.pushManualButton(),
  pushDoorbell: (device) => device.pushDoorbell(),
  moveByRemoteControl: (device) => device.moveByRemoteControl(),
  obstruct: (device, options) => device.obstruct(on(options)),
  jam: (device, options) => device.jam(on(options)),
  flipSensor: (device) => device.flipSensor(),
  enableSensor: (device, options) => device.enableSensor(on(options)),
  enableManualButton: (device, options) => device.enableManualButton(on(options)),
  enableDoorbell: (device, options) => device.enableDoorbell(on(options)),
  powerCycle: (device) => device.powerCycle(),
  renewKeys: (device) => device.renewKeys(),
  drop: (device) => device.drop(),
  closeConnections: (device) => device.closeConnections(),
  stopListening: (device) => device.stopListening(),
  listen: (device) => device.listen(),
  sendRaw: (device, options) => device.sendRaw(text(options, 'text') ?? missing('text')),
  fault: (device, options) => {
    const name = own(options, 'name');
    if (name === undefined && !on(options)) device.faults.disableAll();
    else if (!isFaultName(name)) throw new SimulatorCommandError(`there is no fault ${JSON.stringify(name)}`);
    else if (on(options)) device.faults.enable(name, faultOptions(options));
    else device.faults.disable(name);
  },
};

/** The names of the commands, for help texts. */
export const COMMAND_NAMES = Object.keys(COMMANDS);

/**
 * Carries out one command on one device.
 * @returns what the command answers; undefined for most.
 * @throws SimulatorCommandError when it cannot be understood.
 */
export async function runCommand(device: SimulatedDevice, command: JsonObject): Promise<unknown> {
  const name = own(command, 'do');
  const run = typeof name === 'string' && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!run) throw new SimulatorCommandError(`there is no command ${JSON.stringify(name)}`);
  return await run(device, command);
}

/** Everything that can be switched on and off is switched on unless `"on":false` stands there. */
function on(options: JsonObject): boolean {
  const value = own(options, 'on') ?? true;
  if (typeof value !== 'boolean') throw new SimulatorCommandError('"on" must be true or false');
  return value;
}

function text(options: JsonObject, key: string): string | undefined {
  const value = own(options, key);
  if (value === undefined || typeof value === 'string') return value;
  throw new SimulatorCommandError(`"${key}" must be a text`);
}

function whole(options: JsonObject, key: string): number | undefined {
  const value = own(options, key);
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new SimulatorCommandError(`"${key}" must be a whole number`);
}

function missing(key: string): never {
  throw new SimulatorCommandError(`"${key}" is missing`);
}

function keyUse(options: JsonObject): Partial<KeyUse> {
  const keyNr = whole(options, 'keyNr');
  const keyType = text(options, 'keyType');
  const via = text(options, 'via');
  return {
    ...(keyNr !== undefined && { keyNr }),
    ...(keyType !== undefined && { keyType }),
    ...(via !== undefined && { via }),
  };
}

function keyRights(options: JsonObject): KeyRights {
  const right = (key: string): boolean => own(options, key) === true;
  return {
    keyNr: whole(options, 'keyNr') ?? missing('keyNr'),
    keyType: text(options, 'keyType') ?? 'unique key',
    bluetooth: right('bluetooth'),
    wifi: right('wifi'),
    internet: right('internet'),
    notification: right('notification'),
    isRemoved: right('isRemoved'),
  };
}

const OPERATIONS: readonly Operation[] = ['TRIGGER', 'TRIGGER_SECONDARY', 'OPEN', 'CLOSE'];
const ACTIONS: readonly ActionType[] = [...OPERATIONS, 'QUERY', 'RESTART'];

function operation(options: JsonObject): Operation | undefined {
  const value = own(options, 'type');
  if (value === undefined) return undefined;
  const found = OPERATIONS.find((known) => known === value);
  if (!found) throw new SimulatorCommandError(`"type" must be one of ${OPERATIONS.join(', ')}`);
  return found;
}

function faultOptions(options: JsonObject): FaultOptions {
  const times = whole(options, 'times');
  const delay = whole(options, 'delay');
  const count = whole(options, 'count');
  const errorCode = text(options, 'errorCode');
  const actions = actionTypes(own(options, 'actions'));
  return {
    ...(times !== undefined && { times }),
    ...(delay !== undefined && { delay }),
    ...(count !== undefined && { count }),
    ...(errorCode !== undefined && { errorCode }),
    ...(actions !== undefined && { actions }),
  };
}

function actionTypes(value: unknown): readonly ActionType[] | undefined {
  if (value === undefined) return undefined;
  const found = ACTIONS.filter((known) => Array.isArray(value) && value.includes(known));
  if (found.length === 0)
    throw new SimulatorCommandError(`"actions" must be a list of ${ACTIONS.join(', ')}`);
  return found;
}
