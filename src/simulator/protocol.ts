import { randomBytes, randomInt } from 'node:crypto';
import type { Clock, Timer } from '../base/clock.ts';
import { isObject, own, parseJson, type JsonObject } from '../base/json.ts';
import type { Action, ActionResponse, ActionType } from '../wire/actions.ts';
import { openPayload, sealFrame } from './cipher.ts';
import type { DeviceModel, Outcome } from './device-model.ts';
import type { SimulatedEvent } from './event-log.ts';
import type { Faults, Reaction, Step } from './faults.ts';
import type { Happening } from './happenings.ts';

/** One websocket connection, as far as the conversation needs it. */
export interface Transport {
  send(text: string): void;
  /** Ends it in the websocket's own way. */
  close(): void;
  /** Ends it by a TCP reset. */
  reset(): void;
}

export interface DeviceKeys {
  readonly secretKey: Buffer;
  readonly authKey: Buffer;
}

export interface ConversationOptions {
  readonly connection: number;
  readonly device: DeviceModel;
  readonly keys: DeviceKeys;
  readonly transport: Transport;
  readonly faults: Faults;
  readonly clock: Clock;
  readonly report: (happening: Happening) => void;
}

const AUTHENTICATION_TIMEOUT = 30_000;
const CONNECTION_TIMEOUT = 120_000;
const ACTION_ID_MODULUS = 0x7fffffff;

const ACTIONS_OF_VERSION_1: readonly ActionType[] = ['QUERY', 'TRIGGER', 'OPEN', 'CLOSE', 'RESTART'];
const ACTIONS: readonly ActionType[] = [...ACTIONS_OF_VERSION_1, 'TRIGGER_SECONDARY'];

/** What the specification calls the text of an ERROR frame. */
type ErrorMessage =
  | 'json error'
  | 'input error'
  | 'connection timeout'
  | 'authentication timeout'
  | 'already authenticated'
  | 'authentication error';

interface Challenged {
  readonly sessionKey: Buffer;
  lastActionId: number;
}

/** The device's side of one connection, from the first frame to the last. */
export class Conversation {
  readonly #options: ConversationOptions;
  #challenged: Challenged | undefined;
  #authenticated = false;
  #ended: string | undefined;
  #toldUpTo = 0;
  /** While an action is carried out, its events wait for the response. */
  #holdEvents = false;
  #silenceLimit: Timer | undefined;
  readonly #authenticationLimit: Timer;
  readonly #timers = new Set<Timer>();

  constructor(options: ConversationOptions) {
    this.#options = options;
    this.#authenticationLimit = options.clock.after(AUTHENTICATION_TIMEOUT, () =>
      this.#fail('authentication timeout'),
    );
    this.#heard();
    this.#react('connected');
  }

  get authenticated(): boolean {
    return this.#authenticated;
  }

  /** Why it ended on the device's side; undefined while it goes on, or where the client ended it. */
  get ended(): string | undefined {
    return this.#ended;
  }

  /** Takes one websocket text message. */
  receive(text: string): void {
    if (this.#ended !== undefined) return;
    if (this.#options.faults.silent) {
      this.#report({ event: 'frameLost', connection: this.#connection, reason: 'silence' });
      return;
    }
    const frame = parseJson(text);
    const type = isObject(frame) ? own(frame, 'type') : undefined;
    this.#report({ event: 'frame', connection: this.#connection, type: shortName(type) });
    this.#heard();
    if (isObject(frame)) this.#take(type, frame);
    else this.#error('json error');
  }

  /** Sends what the log holds and this client does not know. */
  tellEvents(): void {
    const { device, faults } = this.#options;
    if (!this.#authenticated || this.#holdEvents || this.#ended !== undefined) return;
    for (const { sequence, event } of device.log.after(this.#toldUpTo)) {
      if (faults.silent) return;
      this.#toldUpTo = sequence;
      device.log.markTold(sequence);
      for (const sent of faults.events(event)) {
        this.#seal(eventPayload(sent, device.settings.apiVersion));
        this.#report({ event: 'eventSent', connection: this.#connection, type: sent.type, cnt: sent.cnt });
      }
    }
  }

  /** Sends text as it is, whatever the state of the session. */
  sendRaw(text: string): void {
    if (this.#ended === undefined) this.#options.transport.send(text);
  }

  /** Ends it from the device's side. */
  end(how: 'close' | 'reset', reason: string): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.dispose();
    this.#options.transport[how]();
  }

  /** The connection is gone: no timer stays. */
  dispose(): void {
    this.#authenticationLimit.cancel();
    this.#silenceLimit?.cancel();
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  get #connection(): number {
    return this.#options.connection;
  }

  /** The device counts what it has not heard. */
  #heard(): void {
    this.#silenceLimit?.cancel();
    this.#silenceLimit = this.#options.clock.after(CONNECTION_TIMEOUT, () =>
      this.#fail('connection timeout'),
    );
  }

  #take(type: unknown, frame: JsonObject): void {
    switch (type) {
      case 'HELLO':
        if (!this.#react('hello')) this.#answer(JSON.stringify(this.#hello()));
        break;
      case 'PING':
        this.#answer('{"type":"PONG"}');
        break;
      case 'AUTH':
        if (this.#authenticated) this.#error('already authenticated');
        else if (!this.#react('auth')) this.#challenge();
        break;
      case 'ENCRYPTED':
        this.#encrypted(frame);
        break;
      default:
        this.#error('input error');
    }
  }

  #hello(): object {
    const { apiVersion, serialNumber, remootioVersion } = this.#options.device.settings;
    const hello = { type: 'SERVER_HELLO', apiVersion, message: 'This is the Remootio Websocket API' };
    return apiVersion === 1 ? hello : { ...hello, serialNumber, remootioVersion };
  }

  #challenge(): void {
    const { device, keys } = this.#options;
    const sessionKey = randomBytes(32);
    const initialActionId = device.settings.initialActionId ?? randomInt(ACTION_ID_MODULUS);
    this.#challenged = { sessionKey, lastActionId: initialActionId };
    const challenge = { sessionKey: sessionKey.toString('base64'), initialActionId };
    const payload = device.settings.apiVersion === 1 ? { challenge } : { type: 'CHALLENGE', challenge };
    this.#answer(this.#sealed(payload, keys.secretKey));
    this.#react('challenged');
  }

  #encrypted(frame: JsonObject): void {
    const { device, keys } = this.#options;
    const session = this.#challenged;
    const payload = session && openPayload(frame, session.sessionKey, keys.authKey);
    if (!session || payload === undefined) {
      this.#fail('authentication error');
      return;
    }
    const content = isObject(payload) ? own(payload, 'action') : undefined;
    if (!isObject(content)) {
      this.#error('input error');
      return;
    }
    const id = (session.lastActionId + 1) % ACTION_ID_MODULUS;
    const action = parseAction(content, device.settings.apiVersion === 1);
    if (own(content, 'id') !== id) this.#fail('authentication error');
    else if (!action) this.#error('input error');
    else {
      session.lastActionId = id;
      this.#act(action, id);
    }
  }

  #act(action: Action, id: number): void {
    const { device, faults } = this.#options;
    const first = !this.#authenticated;
    if (this.#react(first ? 'first action' : 'action')) return;
    const fate = faults.command(action.type) ?? { execute: true, answer: true };
    this.#holdEvents = true;
    const outcome = fate.execute ? device.carryOut(action) : notExecuted(fate.errorCode ?? '');
    this.#report({
      event: 'action',
      connection: this.#connection,
      ...action,
      id,
      executed: fate.execute,
      answered: fate.answer,
      relayTriggered: outcome.relayTriggered,
      errorCode: outcome.errorCode,
    });
    if (fate.reset) {
      this.end('reset', 'reset around a command');
      return;
    }
    if (first) this.#becomeAuthenticated();
    if (device.settings.eventsFirst) this.#releaseEvents();
    if (fate.answer) this.#respond(action, id, outcome);
    this.#releaseEvents();
    if (first) this.#react('ready');
    if (action.type === 'RESTART' && fate.execute) device.restart('restart');
  }

  #becomeAuthenticated(): void {
    this.#authenticated = true;
    this.#authenticationLimit.cancel();
    const { device, faults } = this.#options;
    this.#toldUpTo = faults.replays ? 0 : device.log.told;
    this.#report({ event: 'authenticated', connection: this.#connection });
  }

  #releaseEvents(): void {
    this.#holdEvents = false;
    this.tellEvents();
  }

  #respond(action: Action, id: number, outcome: AnyOutcome): void {
    const { device, faults } = this.#options;
    const { success, relayTriggered, errorCode } = outcome;
    const response = faults.response({
      type: action.type,
      id,
      success,
      state: device.sensor,
      t100ms: device.t100ms,
      relayTriggered,
      errorCode,
    });
    this.#seal({ response }, 'answer');
  }

  /** A fault steps in here. @returns whether the ordinary reaction is off. */
  #react(step: Step): boolean {
    const fault = this.#options.faults.at(step);
    if (!fault) return false;
    if (fault.delay > 0) this.#after(fault.delay, () => this.#endBy(fault.reaction, step));
    else this.#endBy(fault.reaction, step);
    return fault.delay === 0;
  }

  #endBy(reaction: Reaction, step: Step): void {
    if (reaction === 'authentication error') this.#fail(reaction);
    else this.end(reaction, `fault at "${step}"`);
  }

  /** An ERROR frame, and the session goes on. */
  #error(errorMessage: ErrorMessage): void {
    this.#report({ event: 'error', connection: this.#connection, errorMessage });
    this.#options.transport.send(JSON.stringify({ type: 'ERROR', errorMessage }));
  }

  /** An ERROR frame and the end of the session. */
  #fail(errorMessage: ErrorMessage): void {
    // A device that hangs does not count seconds either.
    if (this.#options.faults.silent) return;
    this.#error(errorMessage);
    this.end('close', errorMessage);
  }

  #seal(payload: object, kind: 'answer' | 'event' = 'event'): void {
    if (!this.#challenged) return;
    const frame = this.#sealed(payload, this.#challenged.sessionKey);
    if (kind === 'answer') this.#answer(frame);
    else this.sendRaw(frame);
  }

  #sealed(payload: object, key: Buffer): string {
    const { faults, keys } = this.#options;
    return faults.encrypted(JSON.stringify(sealFrame(JSON.stringify(payload), key, keys.authKey)));
  }

  #answer(text: string): void {
    if (this.#options.faults.silent) return;
    const { late } = this.#options.faults;
    if (late > 0) this.#after(late, () => this.sendRaw(text));
    else this.sendRaw(text);
  }

  #after(delay: number, callback: () => void): void {
    const timer = this.#options.clock.after(delay, () => {
      this.#timers.delete(timer);
      callback();
    });
    this.#timers.add(timer);
  }

  #report(happening: Happening): void {
    this.#options.report(happening);
  }
}

/** An {@link Outcome}, or what a fault claims to be one. */
type AnyOutcome = Omit<Outcome, 'errorCode'> & Pick<ActionResponse, 'errorCode'>;

function notExecuted(errorCode: string): AnyOutcome {
  return { success: errorCode === '', relayTriggered: false, errorCode };
}

function parseAction(content: JsonObject, version1: boolean): Action | undefined {
  const type = (version1 ? ACTIONS_OF_VERSION_1 : ACTIONS).find((known) => known === own(content, 'type'));
  const duration = own(content, 'duration');
  if (type === undefined) return undefined;
  if (duration === undefined) return { type };
  return typeof duration === 'number' ? { type, duration } : undefined;
}

/** Version 1 sends KeyManagement under a key of its own name, as its specification prints it. */
function eventPayload(event: SimulatedEvent, apiVersion: number): object {
  const { cnt, type, state, t100ms, ...rest } = event;
  const content = { cnt, type, state, t100ms, ...rest };
  return apiVersion === 1 && type === 'KeyManagement' ? { KeyManagement: content } : { event: content };
}

/** What stands in a frame's `type`, cut to what may stand in a line. */
function shortName(type: unknown): string {
  return typeof type === 'string' ? type.slice(0, 40) : '';
}
