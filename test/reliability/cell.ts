import { CLOSED, OPEN, type TargetDoorState } from '../../src/door/types.ts';
import type { SimulatedDeviceOptions } from '../../src/simulator/index.ts';
import { OFFLINE_GRACE } from '../../src/door/state.ts';
import { isTrue } from './plugin.ts';
import type { Fault } from './faults.ts';
import type { Moment } from './moments.ts';
import { Rig, TRAVEL, type Trace, type Write } from './rig.ts';

/** How the matrix is played. */
export interface Variant {
  /** From the stroke to the end of the fault, in milliseconds. */
  readonly lasts: number;
  /** How the device is, beside what the moment asks for. */
  readonly simulator?: SimulatedDeviceOptions;
}

/** Longer than the grace of an offline gate, and long enough for the gate to be moved and at rest again. */
export const A_MINUTE: Variant = { lasts: 60_000 };

/** When things happen while the fault is on, as parts of its time. */
const MOVED_AFTER = 1 / 3;
const HOME_OPENED_AFTER = 0.6;
const WRITTEN_AFTER = 2 / 3;
/** The longest that a door waits for the end of a travel, and for the device's word on it. */
const SETTLED_AFTER = TRAVEL * 1.5 + 5000 + 2500;
/** For so long it must stay well. */
const QUIET = 120_000;
/** Lines at info, warn and error in the minutes of one cell: the movements, the outage and its end. */
const MOST_LINES = 12;
const MOST_WARNINGS = 3;

/** What came of one fault in one moment. Times in milliseconds from the stroke. */
export interface Cell {
  readonly fault: Fault;
  readonly moment: Moment;
  /** What Home read before, then every change. */
  readonly read: readonly { readonly at: number; readonly text: string }[];
  /** Every action that reached the device. */
  readonly actions: readonly string[];
  /** How the write was answered that came while the fault was on. */
  readonly write: string;
  readonly logged: readonly string[];
  /** How long the truth was missing after the end of the fault, with the gate at rest. */
  readonly missing: number;
  readonly problems: readonly string[];
}

/** Plays one fault in one moment. */
export async function playCell(fault: Fault, moment: Moment, variant = A_MINUTE): Promise<Cell> {
  const rig = new Rig({ simulator: { ...variant.simulator, state: moment.gate } });
  await rig.start();
  const problems: string[] = [];
  const expect = (met: boolean, problem: string): void => {
    if (!met) problems.push(problem);
  };

  let struckAt = Number.NaN;
  let before = '';
  await moment.reach(rig, () => {
    struckAt = rig.clock.monotonic();
    before = rig.shown;
    fault.strike(rig);
  });
  expect(!Number.isNaN(struckAt), 'the moment did not come');
  const passUntil = (part: number): Promise<void> =>
    rig.pass(struckAt + variant.lasts * part - rig.clock.monotonic());

  await passUntil(MOVED_AFTER);
  // Not so soon that it would be on its way when the write comes.
  const isMoved = moment.isMovedMeanwhile && variant.lasts * (WRITTEN_AFTER - MOVED_AFTER) > TRAVEL;
  if (isMoved) rig.simulated.moveByRemoteControl();
  await passUntil(HOME_OPENED_AFTER);
  rig.plugin.door.read();
  await passUntil(WRITTEN_AFTER);
  const write = rig.write(wish(rig));
  await passUntil(1);
  problems.push(...graceProblems(rig));
  fault.heal?.(rig);
  const endedAt = fault.heal ? rig.clock.monotonic() : struckAt;

  const limit = fault.within + SETTLED_AFTER;
  expect(await rig.until(() => rig.isWell, limit), 'the truth is not shown in the end');
  const wellBy = rig.clock.monotonic();
  await rig.pass(QUIET);
  expect(rig.isWell, 'what was well did not stay so');
  const missing = missingFor(rig.traces, endedAt);
  expect(missing <= fault.within, `the truth was missing for ${missing} ms`);
  expect(write.outcome !== 'pending' && write.took! <= 2500, 'a write was not answered in 2.5 s');
  const traces = rig.traces.filter(({ at }) => at >= struckAt && at <= wellBy);
  problems.push(...logProblems(rig.traces));

  problems.push(...(await proveItWorks(rig)));
  const timers = await rig.stop();
  expect(timers === 0, `${timers} timers are left after the stop`);
  return {
    fault,
    moment,
    read: readings(before, traces, struckAt),
    actions: traces.flatMap((trace) => (trace.kind === 'action' ? [trace.type] : [])),
    write: outcomeOf(write),
    logged: traces.flatMap((trace) =>
      trace.kind === 'log' ? [`${trace.level.toUpperCase()} ${trace.text}`] : [],
    ),
    missing,
    problems: [...problems, ...rig.problems, ...rig.ledger.problems],
  };
}

/** Where somebody wants the gate who sees it: elsewhere, and a gate that is on its way where it goes. */
function wish({ simulated }: Rig): TargetDoorState {
  const { motion, sensor } = simulated.state;
  if (motion !== 'stopped') return motion === 'opening' ? OPEN : CLOSED;
  return sensor === 'closed' ? OPEN : CLOSED;
}

/** An offline gate is shown as it was for 45 s, and no longer. */
function graceProblems(rig: Rig): readonly string[] {
  const wentOffline = rig.traces.findLast((trace) => trace.kind === 'health' && trace.state === 'offline');
  const offlineFor = rig.online || !wentOffline ? 0 : rig.clock.monotonic() - wentOffline.at;
  const isUnavailable = rig.plugin.door.view.unavailable;
  if (isUnavailable === offlineFor >= OFFLINE_GRACE) return [];
  return [`${isUnavailable ? 'not shown' : 'still shown'} after ${offlineFor} ms offline`];
}

/** From the end of the fault, and with the gate at rest, to the last change of what is shown. */
function missingFor(traces: readonly Trace[], endedAt: number): number {
  const last = (kinds: readonly Trace['kind'][]): number =>
    traces.findLast(({ kind }) => kinds.includes(kind))?.at ?? 0;
  return Math.max(0, last(['view', 'health']) - Math.max(endedAt, last(['gate'])));
}

function logProblems(traces: readonly Trace[]): readonly string[] {
  const lines = traces.filter((trace) => trace.kind === 'log');
  const warnings = lines.filter(({ level }) => level !== 'info');
  const counted = `${lines.length} lines, ${warnings.length} of them warnings`;
  return lines.length > MOST_LINES || warnings.length > MOST_WARNINGS ? [`the log has ${counted}`] : [];
}

/** One more write, of which everything comes true. */
async function proveItWorks(rig: Rig): Promise<readonly string[]> {
  const target = wish(rig);
  const at = rig.clock.monotonic();
  const write = rig.write(target);
  await rig.pass(TRAVEL + 2000);
  const [view, state] = [rig.plugin.door.view, rig.simulated.state];
  if (write.outcome !== 'success') return [`afterwards a write fails: ${write.outcome}`];
  if (view.target !== target || isTrue(view, state) !== true)
    return [`afterwards Home is shown ${rig.shown}`];
  const sent = rig.commandsSince(at);
  return sent.length === 1 ? [] : [`afterwards one write sends ${sent.join(', ')}`];
}

function outcomeOf({ outcome, took }: Write): string {
  return took === undefined || took < 100 ? outcome : `${outcome}, after ${(took / 1000).toFixed(1)} s`;
}

function readings(before: string, traces: readonly Trace[], struckAt: number): Cell['read'] {
  const changes = traces.flatMap((trace) =>
    trace.kind === 'view' ? [{ at: trace.at - struckAt, text: trace.text }] : [],
  );
  const all = [{ at: 0, text: before }, ...changes];
  // What is only told again is no change.
  return all.filter(({ text }, index) => text !== all[index - 1]?.text);
}
