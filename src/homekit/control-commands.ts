import type { Clock } from '../base/clock.ts';
import { GatehouseError, messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { CommandParams, CommandResult } from '../channel/protocol.ts';
import { CommandError } from '../device/errors.ts';
import type { CommandOptions, OutputOptions } from '../device/types.ts';
import { answerInTime } from '../door/answer-in-time.ts';
import { DoorWriteError } from '../door/errors.ts';
import { CLOSED, OPEN, type TargetDoorState } from '../door/types.ts';
import type { ActionResponse } from '../wire/actions.ts';
import { setTarget } from './door-writes.ts';
import type { Gate } from './gate.ts';
import { holdAction } from './hold-switch.ts';

/** What of a gate the local channel reaches. */
export type ControlledGate = Pick<
  Gate,
  'config' | 'device' | 'door' | 'happened' | 'hold' | 'serialNumber' | 'uuid'
>;

type Wish = Pick<CommandParams, 'command' | 'minutes'>;

/** The gatehouse command and the settings page come by the same way and are not told apart. */
const ASKER = 'the command line';

/**
 * Carries out a command that came by the local channel, by the rules that hold for Apple Home: nothing is sent
 * to a gate that is only shown, and nothing is queued.
 * @throws an error of ours, whose `code` and `outcome` say what became of it.
 */
export async function carryOut(
  gate: ControlledGate,
  wish: Wish,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<CommandResult> {
  const { config, happened } = gate;
  const { command, minutes } = wish;
  happened.emit({ kind: 'asked', command, by: ASKER });
  try {
    if (config.readOnly) throw new DoorWriteError('read only', `${config.name} is only shown: ${READ_ONLY}`);
    const result = await send(gate, wish, clock);
    if (result.relayTriggered !== false) happened.emit({ kind: 'command', command, minutes });
    return result;
  } catch (error) {
    const cause = causeOf(error);
    happened.emit({ kind: 'refused', command, reason: messageOf(cause) });
    const unforeseen = cause instanceof GatehouseError ? '' : ', for a reason that was not foreseen';
    log.info(`"${command}" from ${ASKER} came to nothing${unforeseen}: ${messageOf(cause)}`);
    throw cause;
  }
}

const READ_ONLY = '"readOnly" is set in its config, and nothing was sent';

/** What the device says is more than what Apple Home could be told of it. */
function causeOf(error: unknown): unknown {
  return error instanceof DoorWriteError && error.cause instanceof CommandError ? error.cause : error;
}

function send(gate: ControlledGate, { command, minutes }: Wish, clock: Clock): Promise<CommandResult> {
  const { device, hold } = gate;
  const answered = async (ask: (limits: CommandOptions) => Promise<ActionResponse>): Promise<CommandResult> =>
    resultOf(await answerInTime(clock, ask));
  const pulse = (limits: CommandOptions): OutputOptions =>
    minutes === undefined ? limits : { ...limits, holdMinutes: minutes };
  const held = async (action: 'open' | 'trigger'): Promise<CommandResult> => ({
    relayTriggered: await hold.hold(minutes ?? 0, action),
    sensor: device.health.sensor,
  });
  switch (command) {
    case 'open':
      return minutes === undefined ? move(gate, OPEN) : held('open');
    case 'close':
      return minutes === undefined ? move(gate, CLOSED) : answered((limits) => device.close(pulse(limits)));
    case 'trigger':
      return minutes === undefined ? answered((limits) => device.trigger(limits)) : held('trigger');
    case 'hold':
      return held(holdAction(gate));
    case 'secondary':
      return answered((limits) => device.triggerSecondary(pulse(limits)));
    case 'restart':
      return answered((limits) => device.restart(limits)).then(({ sensor }) => ({ sensor }));
  }
}

async function move({ device, door }: ControlledGate, target: TargetDoorState): Promise<CommandResult> {
  const relayTriggered = await setTarget(door, target);
  return { relayTriggered, sensor: device.health.sensor };
}

function resultOf({ relayTriggered, state }: ActionResponse): CommandResult {
  return { relayTriggered, sensor: state };
}
