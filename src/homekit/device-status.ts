import type { Clock } from '../base/clock.ts';
import type { DeviceStatus, DoorStatus, ProblemStatus } from '../channel/protocol.ts';
import { CLOSED, CLOSING, OPEN, OPENING, type DoorView } from '../door/types.ts';
import type { ControlledGate } from './control-commands.ts';
import { idleWithoutLogging, TURN_ON } from './logging-notice.ts';

/** A gate as the local channel tells it. */
export function statusOf(gate: ControlledGate, clock: Clock): DeviceStatus {
  const { config, device, door, serialNumber, uuid } = gate;
  const { health } = device;
  const { identity, offlineSince } = health;
  return {
    id: uuid,
    name: config.name,
    state: health.state,
    ...(health.state === 'offline' &&
      offlineSince !== undefined && { offlineFor: Math.round(clock.monotonic() - offlineSince) }),
    sensor: health.sensor,
    door: doorStatusOf(door.view),
    readOnly: config.readOnly,
    logging: health.logging,
    serialNumber: identity?.serialNumber ?? serialNumber,
    apiVersion: identity?.apiVersion,
    remootioVersion: identity?.remootioVersion,
    problem: connectionProblem(gate),
  };
}

export function doorStatusOf({ target, current, obstruction, unavailable, reason }: DoorView): DoorStatus {
  return {
    target: target === OPEN ? 'open' : 'closed',
    current: WORDS[current],
    obstruction,
    unavailable,
    reason,
  };
}

const WORDS = { [OPEN]: 'open', [CLOSED]: 'closed', [OPENING]: 'opening', [CLOSING]: 'closing' } as const;

/** Everything about a gate that somebody should do something about. */
export function problemsOf(gate: ControlledGate): readonly ProblemStatus[] {
  return [connectionProblem(gate), loggingProblem(gate)].filter((problem) => problem !== undefined);
}

function connectionProblem({ config, device }: ControlledGate): ProblemStatus | undefined {
  const { diagnosis } = device.health;
  return diagnosis && { device: config.name, ...diagnosis };
}

function loggingProblem({ config, device }: ControlledGate): ProblemStatus | undefined {
  const idle = idleWithoutLogging(config);
  if (device.health.logging !== 'off' || idle.length === 0) return undefined;
  return {
    device: config.name,
    code: 'logging-off',
    message: `The API is enabled without logging, so these have no effect: ${idle.join(', ')}.`,
    remedy: TURN_ON,
  };
}
