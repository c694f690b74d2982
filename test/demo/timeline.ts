import { styleText } from 'node:util';
import { systemClock } from '../../src/base/clock.ts';
import type { Change, Frame } from '../e2e/hap.ts';
import type { Seen, SimulatedGate } from '../e2e/simulator-process.ts';

/** Who a row is about: the phone, the encrypted connection, or the gate itself. */
type Who = 'Home' | 'wire' | 'gate';

const COLOUR = { Home: 'cyan', wire: 'yellow', gate: 'green' } as const satisfies Record<Who, string>;

const SHOWN: Readonly<Record<number, string>> = { 0: 'Open', 1: 'Closed', 2: 'Opening…', 3: 'Closing…' };
const MOVES = { opening: 'the motor opens', closing: 'the motor closes' } as const;

/** The device tells of a command when it has carried it out; the row goes before what the command did. */
const COMMAND_FIRST = 2;
/** Milliseconds for which rows are held back, to be put in order. */
const HELD = 20;

interface Row {
  readonly at: number;
  readonly who: Who;
  readonly what: string;
  readonly place: string;
  /** A command on its way to the device. */
  readonly command: boolean;
}

/** Prints what happens, as it happens, with the milliseconds since the beginning of a scene. */
export class Timeline {
  #began: number | undefined;
  #held: Row[] = [];

  /** From now on times count from here, and it is clear which gate is meant. */
  scene(title: string): void {
    this.#print();
    this.#began = systemClock.monotonic();
    print(`\n  ${styleText('bold', title)}`);
  }

  /** From now on the time of day is shown, and the gate is named. */
  noScene(): void {
    this.#print();
    this.#began = undefined;
  }

  row(who: Who, what: string, place: string, at = systemClock.monotonic()): void {
    this.#hold({ who, what, place, at, command: false });
  }

  /** Tells of one device for as long as it runs. */
  follow(gate: SimulatedGate): void {
    gate.happenings.listen((seen) => {
      const told = tell(seen);
      const command = seen.event === 'action';
      if (told) this.#hold({ ...told, place: gate.name, at: seen.at, command });
    });
  }

  /** What the phone is shown. */
  heard(frame: Frame): void {
    for (const change of frame.changes) {
      const what = label(change);
      if (what !== undefined) this.row('Home', what, change.accessory, frame.at);
    }
  }

  #hold(row: Row): void {
    if (this.#held.length === 0) systemClock.after(HELD, () => this.#print());
    this.#held.push(row);
  }

  #print(): void {
    const place = ({ at, command }: Row): number => at - (command ? COMMAND_FIRST : 0);
    const rows = this.#held.sort((a, b) => place(a) - place(b));
    this.#held = [];
    for (const { at, who, what, place } of rows) {
      const where = this.#began === undefined ? styleText('dim', `${place}: `) : '';
      print(
        `  ${styleText('dim', this.#time(at))}  ${styleText(COLOUR[who], who.padEnd(4))}  ${where}${what}`,
      );
    }
  }

  #time(at: number): string {
    if (this.#began !== undefined) return `${Math.round(at - this.#began)} ms`.padStart(8);
    return new Date().toLocaleTimeString();
  }
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function label({ characteristic, value }: Change): string | undefined {
  if (characteristic === 'CurrentDoorState') return `shows ${styleText('bold', SHOWN[Number(value)] ?? '?')}`;
  if (characteristic === 'ObstructionDetected' && Number(value) === 1) return 'shows an obstruction';
  return undefined;
}

function tell(seen: Seen): { readonly who: Who; readonly what: string } | undefined {
  switch (seen.event) {
    case 'authenticated':
      return { who: 'wire', what: 'connected and authenticated' };
    case 'action':
      if (seen.type === 'QUERY') return undefined;
      return { who: 'wire', what: `${styleText('bold', seen.type)}, ${answered(seen)}` };
    case 'eventSent':
      return { who: 'wire', what: `event ${seen.type}` };
    case 'gate':
      return seen.motion === 'stopped' ? undefined : { who: 'gate', what: MOVES[seen.motion] };
    case 'sensor':
      return { who: 'gate', what: `the sensor says ${seen.state}` };
    default:
      return undefined;
  }
}

function answered(action: Extract<Seen, { event: 'action' }>): string {
  if (!action.answered) return 'not answered';
  if (action.errorCode !== '') return `rejected with ${action.errorCode}`;
  return action.relayTriggered ? 'accepted, the relay clicks' : 'accepted, nothing to do';
}
