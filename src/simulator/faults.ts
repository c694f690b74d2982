import { Signal } from '../base/emitter.ts';
import type { ActionResponse, ActionType } from '../wire/actions.ts';
import type { SimulatedEvent } from './event-log.ts';

/** The points of a connection at which a fault can step in. */
export type Step =
  /** The websocket connection is there. */
  | 'connected'
  /** HELLO was received and is not answered yet. */
  | 'hello'
  /** AUTH was received and is not answered yet. */
  | 'auth'
  /** The challenge was sent. */
  | 'challenged'
  /** The first action was received, which is the one that authenticates. */
  | 'first action'
  /** Any later action was received. */
  | 'action'
  /** The first action was answered. */
  | 'ready';

/** `close` and `reset` end the connection, in the websocket's way or by a TCP reset. */
export type Reaction = 'close' | 'reset' | 'authentication error';

/** What an action meets instead of being carried out and answered. */
export interface CommandFate {
  readonly execute: boolean;
  readonly answer: boolean;
  /** Answered with this instead of the truth. */
  readonly errorCode?: string;
  /** Ends in a TCP reset. */
  readonly reset?: true;
}

export interface FaultOptions {
  /** Switches itself off after it has acted so often. */
  readonly times?: number;
  /** Milliseconds: how late (`late-answers`), or how soon after (`slot-taken`). */
  readonly delay?: number;
  /** How many events (`event-burst`). */
  readonly count?: number;
  /** For `rejected-commands`. */
  readonly errorCode?: string;
  /** For faults of commands: which actions. Every one but QUERY, unless said otherwise. */
  readonly actions?: readonly ActionType[];
}

/** What a fault that happens at once, instead of lasting, does it to. */
export interface FaultTarget {
  resetConnections(): void;
  restartClock(): void;
  burst(count: number): void;
  sendGarbage(): void;
}

interface Behaviour {
  readonly summary: string;
  /** What a client meets that asks for the websocket upgrade. */
  readonly upgrade?: 'refuse' | 'reset' | 'ignore';
  readonly step?: { readonly at: Step; readonly reaction: Reaction; readonly delay?: number };
  readonly command?: CommandFate;
  /** Every frame in and out is lost; the socket stays open. */
  readonly silent?: true;
  /** Milliseconds by which answers are late. */
  readonly late?: number;
  readonly response?: (response: ActionResponse) => ActionResponse;
  /** What is sent instead of one event; undefined for an event that the fault has nothing to do with. */
  readonly event?: (event: SimulatedEvent) => readonly SimulatedEvent[] | undefined;
  /** A new session is told everything that is in the log. */
  readonly replay?: true;
  /** What is sent instead of one ENCRYPTED frame. */
  readonly encrypted?: (frame: string) => string;
  /** Done once, at the moment when it is switched on. */
  readonly act?: (target: FaultTarget, options: FaultOptions) => void;
}

const SLOT_TAKEN_AFTER = 200;
const LATE_BY = 3_000;
const BURST = 50;

/** Every fault that there is. Each does one thing; several may be on at once. */
const BEHAVIOURS = {
  'refuse-upgrade': { summary: 'the upgrade is answered with 503', upgrade: 'refuse' },
  'reset-upgrade': { summary: 'the upgrade is answered with a TCP reset', upgrade: 'reset' },
  'ignore-upgrade': { summary: 'TCP connects, the upgrade is never answered', upgrade: 'ignore' },
  'close-on-connect': {
    summary: 'closed as soon as it is connected',
    step: { at: 'connected', reaction: 'close' },
  },
  'close-on-hello': { summary: 'closed instead of SERVER_HELLO', step: { at: 'hello', reaction: 'close' } },
  'close-on-auth': { summary: 'closed instead of the challenge', step: { at: 'auth', reaction: 'close' } },
  'close-on-challenge': {
    summary: 'closed after the challenge',
    step: { at: 'challenged', reaction: 'close' },
  },
  'close-on-first-action': {
    summary: 'closed instead of the first response',
    step: { at: 'first action', reaction: 'close' },
  },
  'close-on-ready': { summary: 'closed after the first response', step: { at: 'ready', reaction: 'close' } },
  'slot-taken': {
    summary: 'another client takes the one connection soon after this one is ready',
    step: { at: 'ready', reaction: 'close', delay: SLOT_TAKEN_AFTER },
  },
  'authentication-error': {
    summary: '"authentication error" instead of the challenge',
    step: { at: 'auth', reaction: 'authentication error' },
  },
  'authentication-error-after-challenge': {
    summary: '"authentication error" instead of the first response',
    step: { at: 'first action', reaction: 'authentication error' },
  },
  'authentication-error-later': {
    summary: '"authentication error" instead of any later response',
    step: { at: 'action', reaction: 'authentication error' },
  },
  silence: { summary: 'the device hangs with the socket open', silent: true },
  'late-answers': { summary: `answers come later, by ${LATE_BY} ms or "delay"`, late: LATE_BY },
  'wrong-mac': {
    summary: 'encrypted frames carry a wrong MAC',
    encrypted: (frame) => change(frame, (data, mac) => ({ data, mac: flipFirstBit(mac) })),
  },
  'corrupted-byte': {
    summary: 'one byte of the payload is not what was sent',
    encrypted: (frame) =>
      change(frame, (data, mac) => ({ data: { ...data, payload: flipFirstBit(data.payload) }, mac })),
  },
  'wrong-id': {
    summary: 'answers carry the id of another action',
    response: (response) => ({ ...response, id: response.id + 1 }),
  },
  'rejected-commands': {
    summary: 'commands are rejected, with ERR_INVALID_REQUEST or "errorCode"',
    command: { execute: false, answer: true, errorCode: 'ERR_INVALID_REQUEST' },
  },
  'unanswered-not-executed': {
    summary: 'commands are neither carried out nor answered',
    command: { execute: false, answer: false },
  },
  'unanswered-executed': {
    summary: 'commands are carried out and not answered',
    command: { execute: true, answer: false },
  },
  'drop-before-execution': {
    summary: 'TCP reset when a command arrives, before it is carried out',
    command: { execute: false, answer: false, reset: true },
  },
  'drop-after-execution': {
    summary: 'TCP reset when a command was carried out, before its answer',
    command: { execute: true, answer: false, reset: true },
  },
  'lost-state-change': {
    summary: 'StateChange events are never sent',
    event: (event) => (event.type === 'StateChange' ? [] : undefined),
  },
  'duplicate-events': { summary: 'every event is sent twice', event: (event) => [event, event] },
  'replayed-events': {
    summary: 'a new session is sent every event in the log, also those that were sent before',
    replay: true,
  },
  'reset-now': { summary: 'TCP reset of all connections, now', act: (target) => target.resetConnections() },
  'clock-restart': {
    summary: 't100ms and cnt begin anew, now, without a restart',
    act: (target) => target.restartClock(),
  },
  'event-burst': {
    summary: `${BURST} or "count" events at once, now`,
    act: (target, { count = BURST }) => target.burst(count),
  },
  'garbage-frames': {
    summary: 'frames that make no sense, now',
    act: (target) => target.sendGarbage(),
  },
} as const satisfies Readonly<Record<string, Behaviour>>;

export type FaultName = keyof typeof BEHAVIOURS;

export const FAULT_NAMES = Object.keys(BEHAVIOURS) as readonly FaultName[];

export function isFaultName(name: unknown): name is FaultName {
  return typeof name === 'string' && Object.hasOwn(BEHAVIOURS, name);
}

/** One line that says what the fault does. */
export function faultSummary(name: FaultName): string {
  return BEHAVIOURS[name].summary;
}

interface Active {
  readonly behaviour: Behaviour;
  readonly options: FaultOptions;
  left: number;
}

/** The faults of one device that are switched on. */
export class Faults {
  readonly changed = new Signal<{ readonly name: FaultName; readonly on: boolean }>();
  readonly #active = new Map<FaultName, Active>();
  readonly #target: FaultTarget;

  /** @internal */
  constructor(target: FaultTarget) {
    this.#target = target;
  }

  /** Switches a fault on, with other options where it was on already. One that happens at once happens. */
  enable(name: FaultName, options: FaultOptions = {}): void {
    const behaviour: Behaviour = BEHAVIOURS[name];
    if (!behaviour.act)
      this.#active.set(name, { behaviour, options, left: options.times ?? Number.POSITIVE_INFINITY });
    this.changed.emit({ name, on: true });
    behaviour.act?.(this.#target, options);
  }

  disable(name: FaultName): void {
    if (this.#active.delete(name)) this.changed.emit({ name, on: false });
  }

  disableAll(): void {
    for (const name of [...this.#active.keys()]) this.disable(name);
  }

  /** The names of those that are on. */
  get active(): readonly FaultName[] {
    return [...this.#active.keys()];
  }

  /** @internal */
  get silent(): boolean {
    return this.#first((behaviour) => behaviour.silent) !== undefined;
  }

  /** @internal */
  get replays(): boolean {
    return this.#first((behaviour) => behaviour.replay) !== undefined;
  }

  /**
   * Milliseconds by which the next answer is late.
   * @internal
   */
  get late(): number {
    return this.#first((behaviour, options) => behaviour.late && (options.delay ?? behaviour.late)) ?? 0;
  }

  /** @internal */
  upgrade(): NonNullable<Behaviour['upgrade']> | undefined {
    return this.#first((behaviour) => behaviour.upgrade);
  }

  /** @internal */
  at(step: Step): { readonly reaction: Reaction; readonly delay: number } | undefined {
    return this.#first(
      ({ step: own }, options) =>
        own?.at === step && { reaction: own.reaction, delay: own.delay ? (options.delay ?? own.delay) : 0 },
    );
  }

  /** @internal */
  command(action: ActionType): CommandFate | undefined {
    return this.#first(({ command }, { actions, errorCode }) => {
      if (!command || !(actions ? actions.includes(action) : action !== 'QUERY')) return undefined;
      return command.errorCode && errorCode ? { ...command, errorCode } : command;
    });
  }

  /** @internal */
  response(response: ActionResponse): ActionResponse {
    return this.#each(response, (value, { response: alter }) => alter?.(value));
  }

  /** @internal */
  events(event: SimulatedEvent): readonly SimulatedEvent[] {
    return this.#each<readonly SimulatedEvent[]>([event], (events, { event: alter }) => {
      const altered = alter?.(event);
      // What one fault has multiplied or taken away, the next one alters as a whole.
      return altered && events.flatMap(() => altered);
    });
  }

  /** @internal */
  encrypted(frame: string): string {
    return this.#each(frame, (value, { encrypted: alter }) => alter?.(value));
  }

  /** What the first fault says that has something to say; that one has acted. */
  #first<Answer>(
    ask: (behaviour: Behaviour, options: FaultOptions) => Answer | undefined | false | 0,
  ): Answer | undefined {
    for (const [name, active] of this.#active) {
      const answer = ask(active.behaviour, active.options);
      if (!answer) continue;
      this.#hasActed(name, active);
      return answer;
    }
    return undefined;
  }

  #each<Value>(start: Value, alter: (value: Value, behaviour: Behaviour) => Value | undefined): Value {
    let value = start;
    for (const [name, active] of this.#active) {
      const altered = alter(value, active.behaviour);
      if (altered === undefined) continue;
      this.#hasActed(name, active);
      value = altered;
    }
    return value;
  }

  #hasActed(name: FaultName, active: Active): void {
    if (--active.left <= 0) this.disable(name);
  }
}

interface FrameData {
  readonly iv: string;
  readonly payload: string;
}

function change(
  frame: string,
  alter: (data: FrameData, mac: string) => { readonly data: FrameData; readonly mac: string },
): string {
  const { data, mac } = JSON.parse(frame) as { data: FrameData; mac: string };
  return JSON.stringify({ type: 'ENCRYPTED', ...alter(data, mac) });
}

function flipFirstBit(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  bytes.writeUInt8(bytes.readUInt8(0) ^ 0x80, 0);
  return bytes.toString('base64');
}
