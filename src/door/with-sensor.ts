import type { DeviceReport } from '../device/types.ts';
import { depart, FROM_HOME, fromKey, UNSEEN, type Origin } from './departure.ts';
import { EVENT_TIME_ERROR } from './own-command.ts';
import { STALE_AFTER, type Acceptance, type DoorState, type KeyOperation, type Travel } from './state.ts';
import {
  ASK,
  NOTHING,
  SEND_CLOSE,
  SEND_OPEN,
  SEND_TRIGGER,
  STILL_CLOSING,
  type Decision,
  type Strategy,
} from './strategy.ts';
import { closingLimit, withClosing } from './travel-times.ts';
import type { Turn } from './turn.ts';
import { CLOSED, OPEN, type TargetDoorState } from './types.ts';
import { byKey } from './words.ts';

/** How long a travel that ran out of time waits for the answer to its QUERY. */
const VERDICT_WAIT = 2_500;

/**
 * A door with a status sensor. The sensor is binary and sits at the closed position: "open" means "not fully
 * closed", so it leaves `closed` soon after the gate starts, and returns to it at the very end of a travel.
 */
export const withSensor: Strategy = {
  report,
  relay,
  held,
  ownPulse,
  withoutPulse,
  outcomeUnknown,
  travelOver,
  decide,
  isRefusal: (state, target) => state.travel !== undefined && state.travel.to !== target,
};

function report(turn: Turn, next: DeviceReport): void {
  const previous = turn.state.report;
  // Within a session the device reports in the order in which things happened.
  if (next.session < turn.state.session) return;
  turn.note(next);
  if (next.sensor === 'no sensor') {
    sensorAbsent(turn);
    return;
  }
  // A sensor that was away may have been changed: its word counts, not its direction.
  if (turn.state.sensor === 'absent') turn.set({ uncertain: true });
  turn.set({ sensor: 'present' });
  // An edge from before the newest report that contradicts it: one of the two is wrong.
  const isEarlier = previous && next.at < previous.at - EVENT_TIME_ERROR;
  if (isEarlier && next.sensor !== previous.sensor) turn.query();
  if (next.sensor === 'closed') sensorClosed(turn, next);
  else sensorOpen(turn, next, previous);
  turn.set({ known: true, uncertain: false });
  if (!previous && !turn.state.travel) turn.set({ reason: `is ${next.sensor}` });
}

function sensorAbsent(turn: Turn): void {
  const { sensor, travel } = turn.state;
  if (travel) turn.rest(OPEN, 'no status sensor: taken as open');
  turn.set({ obstruction: false, uncertain: false });
  if (sensor === 'absent') return;
  turn.set({ sensor: 'absent', lateClosing: undefined });
  if (turn.state.settings.withoutSensor !== undefined) return;
  turn.log(
    'warn',
    'the device says that it has no status sensor, so nobody can tell whether this door is open. ' +
      'Enable the sensor in the Remootio app, or choose in the settings how a door without one is shown.',
  );
}

/**
 * An edge counts at once, in every state. A level does not end an opening before its time, since the sensor
 * needs a moment to leave `closed`.
 */
function sensorClosed(turn: Turn, { kind, at }: DeviceReport): void {
  const { travel, uncertain, position, lateClosing } = turn.state;
  if (kind === 'level' && travel?.to === OPEN && !travel.asked && !uncertain) return;
  const startedAt = travel?.to === CLOSED && travel.whole && !uncertain ? travel.startedAt : lateClosing;
  if (kind === 'edge' && startedAt !== undefined) learnClosing(turn, at - startedAt);

  if (travel?.to === OPEN && kind === 'level' && !travel.leftClosed && !uncertain) didNotOpen(turn, travel);
  else if (travel?.to === CLOSED) turn.rest(CLOSED, `closed ${travel.by}`);
  else if (travel) turn.rest(CLOSED, 'closed again');
  else if (lateClosing !== undefined) turn.rest(CLOSED, 'closed, later than expected');
  else if (position !== CLOSED) turn.rest(CLOSED, kind === 'edge' ? `closed ${UNSEEN.by}` : 'is closed');
}

function learnClosing(turn: Turn, duration: number): void {
  const closings = withClosing(turn.state.closings, duration);
  if (closings === turn.state.closings) return;
  turn.set({ closings });
  turn.log('debug', `this closing took ${(duration / 1000).toFixed(1)} s`);
}

function didNotOpen(turn: Turn, travel: Travel): void {
  const failed = travel.cause === 'home';
  turn.rest(CLOSED, 'did not open', { news: failed ? 'debug' : 'info' });
  if (!failed) return;
  turn.log(
    'warn',
    'it did not open: the device pulsed its output, but the sensor never left "closed". ' +
      'Look at the opener, and at the output mode and the sensor in the Remootio app.',
  );
}

function sensorOpen(turn: Turn, { kind, at }: DeviceReport, previous: DeviceReport | undefined): void {
  const { travel, uncertain, position } = turn.state;
  // While it closes the sensor says "open" already: an edge means that it arrived unheard, and left again.
  const justLeft = kind === 'edge' && (travel !== undefined || previous?.sensor !== 'open');
  if (travel?.to === OPEN) {
    if (uncertain || travel.asked) turn.rest(OPEN, `opened ${travel.by}`);
    else turn.setTravel({ leftClosed: true });
  } else if (uncertain) {
    if (travel || position !== OPEN) turn.rest(OPEN, 'is open');
  } else if (justLeft) {
    go(turn, OPEN, UNSEEN, at);
  } else if (travel?.asked) {
    didNotClose(turn, travel);
  } else if (!travel && position !== OPEN) {
    turn.rest(OPEN, 'is open');
  }
}

function didNotClose(turn: Turn, travel: Travel): void {
  const failed = travel.cause === 'home' && travel.whole && !turn.state.uncertain;
  const late = travel.whole && !turn.state.uncertain ? travel.startedAt : undefined;
  turn.rest(OPEN, `did not close ${travel.by}`, { obstruction: failed, news: failed ? 'debug' : 'info' });
  turn.set({ lateClosing: late });
  if (!failed) return;
  turn.log(
    'warn',
    `it did not close within ${Math.round((turn.now - travel.startedAt) / 1000)} s: something may be in its way. ` +
      'If it only needs longer, set its closing time.',
  );
}

function go(turn: Turn, to: TargetDoorState, origin: Origin, startedAt: number): void {
  depart(turn, to, origin, startedAt, closingLimit);
}

function relay(turn: Turn, operation: KeyOperation): void {
  if (isOvertaken(turn.state, operation)) {
    turn.log('debug', `a relay trigger ${byKey(operation.key)} that a newer report has overtaken`);
    return;
  }
  if (operation.sensor !== turn.state.report?.sensor) reportAlong(turn, operation);
  if (turn.state.sensor === 'absent') return;
  const { travel, position } = turn.state;
  if (travel) disturb(turn, `a relay trigger ${byKey(operation.key)} in the middle of a travel`);
  else go(turn, position === CLOSED ? OPEN : CLOSED, fromKey(operation.key), operation.at);
}

function held(turn: Turn, operation: KeyOperation): void {
  if (isOvertaken(turn.state, operation)) return;
  const { travel, position, sensor } = turn.state;
  if (sensor === 'absent') return;
  // A held output keeps a gate open, or opens it: it is not known to close one.
  if (travel?.to === CLOSED) disturb(turn, `the output is held ${byKey(operation.key)} while it closes`);
  else if (!travel && position === CLOSED) go(turn, OPEN, fromKey(operation.key), operation.at);
}

function disturb(turn: Turn, message: string): void {
  turn.set({ uncertain: true });
  turn.log('debug', `${message}: where it goes is uncertain`);
}

/** An operation from before the newest report says nothing about what came after. */
function isOvertaken({ report: newest }: DoorState, { at, sensor }: KeyOperation): boolean {
  if (!newest || at >= newest.at) return false;
  return at < newest.at - EVENT_TIME_ERROR || sensor !== newest.sensor;
}

/** Every event carries the sensor's state: where it is news, an edge was lost. */
function reportAlong(turn: Turn, { at, sensor }: KeyOperation): void {
  report(turn, { kind: 'level', sensor, at, session: turn.state.session });
}

function ownPulse(turn: Turn, target: TargetDoorState): void {
  const { travel } = turn.state;
  if (travel?.to !== target) go(turn, target, FROM_HOME, turn.now);
  // The sensor was faster than the response.
  else if (travel.cause === 'sensor') turn.setTravel(FROM_HOME);
  // Somebody else's pulse came first, so ours was the second one of the same travel.
  else if (travel.cause === 'key') disturb(turn, 'two pulses at the same time');
}

function withoutPulse(turn: Turn, { sensor }: Acceptance): void {
  report(turn, { kind: 'level', sensor, at: turn.now, session: turn.state.session });
}

function outcomeUnknown(turn: Turn): void {
  if (turn.state.travel) disturb(turn, 'a command may have been carried out');
  turn.query();
}

/**
 * The time is up. What the last report says would do, but an edge can get lost when the device drops the
 * connection around an operation, as some do: so it is asked first wherever its word decides.
 */
function travelOver(turn: Turn, travel: Travel): void {
  if (travel.to === OPEN && turn.state.report?.sensor === 'open') {
    turn.rest(OPEN, `opened ${travel.by}`);
    turn.query();
  } else if (!turn.state.online) {
    turn.rest(OPEN, 'the device went away in the middle of a travel: taken as open', { news: 'info' });
  } else if (!travel.asked) {
    turn.setTravel({ asked: true, deadline: turn.now + VERDICT_WAIT });
    turn.query();
  } else if (travel.to === CLOSED) {
    didNotClose(turn, travel);
  } else {
    turn.rest(OPEN, 'the device does not answer: taken as open', { news: 'info' });
  }
}

/**
 * What equals the resting truth needs no command; but over a link that is dead without anybody knowing yet,
 * a truth from a minute ago would be reported as done.
 */
function decide(state: DoorState, target: TargetDoorState, now: number): Decision {
  const { travel, position, fresh, report: last, settings } = state;
  const command = target === OPEN ? SEND_OPEN : SEND_CLOSE;
  if (travel?.to === target) return NOTHING;
  if (travel?.to === CLOSED) return settings.whileClosing === 'pulse' ? SEND_TRIGGER : STILL_CLOSING;
  if (travel) return command;
  const told = last?.sensor === (target === OPEN ? 'open' : 'closed');
  if (!last || !fresh || !told || position !== target) return command;
  return now - last.at > STALE_AFTER ? ASK : NOTHING;
}
