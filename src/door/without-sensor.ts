import type { DeviceReport } from '../device/types.ts';
import { depart, FROM_HOME, fromKey, type Origin } from './departure.ts';
import type { DoorState, KeyOperation, Travel } from './state.ts';
import {
  NOTHING,
  SEND_CLOSE,
  SEND_OPEN,
  SEND_TRIGGER,
  STILL_CLOSING,
  type Decision,
  type Strategy,
} from './strategy.ts';
import type { Turn } from './turn.ts';
import { CLOSED, OPEN, type TargetDoorState } from './types.ts';
import { withSensor } from './with-sensor.ts';

/**
 * A door that nobody watches: it follows its own commands and the relay triggers of others by travel time.
 * Wherever that leaves a doubt it is taken as open, since a gate that is called closed while it stands open
 * is the worse mistake.
 */
const byTravelTime = {
  report,
  held,
  ownPulse,
  outcomeUnknown,
  travelOver,
  // The response's sensor state came with its report, and says nothing here.
  withoutPulse: () => undefined,
  isRefusal: (state: DoorState, target: TargetDoorState) => (state.travel?.to ?? state.position) !== target,
};

/** One output that is pulsed: TRIGGER moves the door, or stops it. */
export const assumed: Strategy = {
  ...byTravelTime,
  relay: (turn, operation) => followRelay(turn, operation, CLOSED),
  decide: decideAssumed,
};

/** The output mode open/close: OPEN and CLOSE drive an output each, and repeating one does no harm. */
export const directional: Strategy = {
  ...byTravelTime,
  // The event does not say which of the two outputs it was.
  relay: (turn, operation) => followRelay(turn, operation, OPEN),
  decide: decideDirectional,
};

function report(turn: Turn, next: DeviceReport): void {
  const { settings, report: previous, travel, position } = turn.state;
  const isSecondary = settings.output === 'secondary';
  if (!isSecondary && next.sensor !== 'no sensor') {
    // There is a sensor after all: its word settles whatever was assumed.
    withSensor.report(turn, next);
    return;
  }
  turn.note(next);
  turn.set({ known: true, ...(!isSecondary && { sensor: 'absent' }) });
  if (!previous && !travel) turn.set({ reason: `assumed to be ${position === OPEN ? 'open' : 'closed'}` });
}

function go(turn: Turn, to: TargetDoorState, origin: Origin, startedAt: number): void {
  depart(turn, to, origin, startedAt, (closeTime) => closeTime);
}

function followRelay(turn: Turn, { key, at }: KeyOperation, fromOpen: TargetDoorState): void {
  const { travel, position } = turn.state;
  if (travel) turn.set({ uncertain: true });
  else if (position === CLOSED) go(turn, OPEN, fromKey(key), at);
  else if (fromOpen === CLOSED) go(turn, CLOSED, fromKey(key), at);
}

function held(turn: Turn, { key, at }: KeyOperation): void {
  const { travel, position } = turn.state;
  if (travel?.to === CLOSED) turn.set({ uncertain: true });
  else if (!travel && position === CLOSED) go(turn, OPEN, fromKey(key), at);
}

function ownPulse(turn: Turn, target: TargetDoorState): void {
  const { travel } = turn.state;
  if (travel?.to !== target) go(turn, target, FROM_HOME, turn.now);
  else if (travel.cause === 'key') turn.set({ uncertain: true });
}

function outcomeUnknown(turn: Turn): void {
  if (turn.state.travel) turn.set({ uncertain: true });
  else turn.rest(OPEN, 'the device did not answer: taken as open', { news: 'info' });
}

function travelOver(turn: Turn, { to, by }: Travel): void {
  if (turn.state.uncertain) turn.rest(OPEN, 'operated twice: taken as open', { news: 'info' });
  else turn.rest(to, `${to === OPEN ? 'opened' : 'closed'} ${by}, assumed by its travel time`);
}

function decideAssumed({ travel, position, settings }: DoorState, target: TargetDoorState): Decision {
  if ((travel?.to ?? position) === target) return NOTHING;
  if (travel?.to === OPEN) {
    return { kind: 'refuse', message: 'it is opening: a pulse would stop it, and nobody would know where' };
  }
  return travel && settings.whileClosing === 'refuse' ? STILL_CLOSING : SEND_TRIGGER;
}

function decideDirectional({ travel }: DoorState, target: TargetDoorState): Decision {
  if (travel?.to === target) return NOTHING;
  return target === OPEN ? SEND_OPEN : SEND_CLOSE;
}
