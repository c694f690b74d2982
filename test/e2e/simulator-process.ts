import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { isObject, parseJson, type JsonObject } from '../../src/base/json.ts';
import type {
  ActionType,
  FaultName,
  FaultOptions,
  Happening,
  OutputMode,
} from '../../src/simulator/index.ts';
import { Child } from '../helpers/child.ts';
import { freePort } from '../helpers/free-port.ts';
import { Tape, type Mark } from '../helpers/tape.ts';

/** Milliseconds: well under the second that the config says, and well over the 250 ms that HAP gathers events. */
const TRAVEL = 800;

/** A line of the simulator, with the moment at which it was read. */
export type Seen = { readonly at: number } & Happening;

export interface GateOptions {
  /** The plugin's folder: `gatehouse simulate` is run from what was built there. */
  readonly plugin: string;
  readonly name: string;
  readonly apiVersion?: 1 | 2 | 3;
  readonly model?: string;
  readonly state?: 'open' | 'closed';
  readonly logging?: boolean;
  readonly pulseWhileMoving?: 'stop' | 'reverse';
  /** Milliseconds from one end to the other. */
  readonly travel?: number;
  /** Milliseconds until an opening gate is seen as open. */
  readonly sensorDelay?: number;
  /** Milliseconds for which a pulse keeps the relay busy. */
  readonly relay?: number;
  readonly mode?: OutputMode;
  /** Whether a status sensor is installed. */
  readonly sensor?: boolean;
  /** Milliseconds that a minute of a held output takes. */
  readonly minute?: number;
  /** Milliseconds of open that make a LeftOpen event. */
  readonly leftOpen?: number;
}

/**
 * One simulated device as a process of its own, which may be killed and started again: it keeps its address,
 * its keys and its serial number, as a real one does.
 */
export class SimulatedGate {
  readonly name: string;
  readonly port: number;
  readonly apiVersion: number;
  readonly serialNumber = randomBytes(6).toString('hex') + 'abcdefgh';
  /** Everything that happened, over all runs. */
  readonly happenings: Tape<Seen>;
  readonly #secretKey = randomBytes(32).toString('hex');
  readonly #authKey = randomBytes(32).toString('hex');
  readonly #options: GateOptions;
  readonly #answers = new Tape<JsonObject>('the simulator', (answer) => JSON.stringify(answer));
  #commands = 0;
  #child: Child | undefined;

  private constructor(options: GateOptions, port: number) {
    this.#options = options;
    this.name = options.name;
    this.port = port;
    this.apiVersion = options.apiVersion ?? 3;
    this.happenings = new Tape(`${options.name} (simulated)`, (seen) => JSON.stringify(seen));
  }

  /** A device with a port of its own that is not there yet. */
  static async make(options: GateOptions): Promise<SimulatedGate> {
    return new SimulatedGate(options, await freePort());
  }

  static async start(options: GateOptions): Promise<SimulatedGate> {
    const gate = await SimulatedGate.make(options);
    await gate.start();
    return gate;
  }

  /** The device as it stands in the config of the plugin. */
  config(more: JsonObject = {}): JsonObject {
    return {
      name: this.name,
      host: '127.0.0.1',
      port: this.port,
      apiSecretKey: this.#secretKey,
      apiAuthKey: this.#authKey,
      ...more,
    };
  }

  /** What no log may hold. */
  get secrets(): readonly string[] {
    return [this.#secretKey, this.#authKey];
  }

  get running(): boolean {
    return this.#child?.running ?? false;
  }

  /** Starts the process, on the same address as before; `state` is where the gate stands by now. */
  async start(state = this.#options.state ?? 'closed', faults: readonly FaultName[] = []): Promise<void> {
    const child = new Child({ name: `${this.name} (simulated)`, args: this.#arguments(state, faults) });
    this.#child = child;
    child.lines.listen((line) => this.#heard(line.text));
    await child.lines.waitFor('it to listen', (line) => line.text.includes('"event":"listening"'));
  }

  /** As a clean end: connections are closed. */
  async stop(): Promise<void> {
    await this.#child?.stop('SIGTERM');
  }

  /** At once, in the middle of whatever it does. */
  async kill(): Promise<void> {
    await this.#child?.stop('SIGKILL');
  }

  /** Asks the simulator to do something; rejects with what it objects to. */
  async do(command: string, options: JsonObject = {}): Promise<unknown> {
    const id = ++this.#commands;
    if (!this.#child) throw new Error(`${this.name} was not started`);
    this.#child.say(JSON.stringify({ do: command, id, ...options }));
    const answer = await this.#answers.waitFor(`the answer to ${command}`, (line) => line['id'] === id);
    if (answer['event'] === 'problem') throw new Error(`${command}: ${String(answer['message'])}`);
    return answer['result'];
  }

  /** Somebody presses the button in the Remootio app. */
  async press(): Promise<void> {
    await this.do('operate', { keyNr: 5, keyType: 'unique key', via: 'bluetooth' });
  }

  async fault(name: FaultName, options: FaultOptions = {}): Promise<void> {
    await this.do('fault', { name, on: true, ...options });
  }

  async healthy(): Promise<void> {
    await this.do('fault', { on: false });
  }

  mark(): Mark {
    return this.happenings.mark();
  }

  /** Waits for an action of this type to arrive. */
  async received(type: ActionType, since: Mark): Promise<Seen> {
    return this.happenings.waitFor(type, (seen) => seen.event === 'action' && seen.type === type, { since });
  }

  /** Waits until a client is authenticated. */
  async authenticated(since: Mark = 0): Promise<Seen> {
    return this.happenings.waitFor('a session', (seen) => seen.event === 'authenticated', {
      since,
      within: 30_000,
    });
  }

  /** Waits until the device knows that its client has gone: what happens before is told to nobody. */
  async disconnected(since: Mark): Promise<Seen> {
    return this.happenings.waitFor('the end of a session', (seen) => seen.event === 'closed', { since });
  }

  async motion(motion: 'opening' | 'closing' | 'stopped', since: Mark): Promise<Seen> {
    const moved = (seen: Seen): boolean => seen.event === 'gate' && seen.motion === motion;
    return this.happenings.waitFor(`the gate ${motion}`, moved, { since });
  }

  async sensor(state: 'open' | 'closed', since: Mark): Promise<Seen> {
    const told = (seen: Seen): boolean => seen.event === 'sensor' && seen.state === state;
    return this.happenings.waitFor(`the sensor ${state}`, told, { since });
  }

  /** Waits for the end of a pulse: until then the relay is busy. */
  async relayOff(since: Mark): Promise<Seen> {
    const off = (seen: Seen): boolean => seen.event === 'output' && !seen.active;
    return this.happenings.waitFor('the end of the pulse', off, { since });
  }

  /** What moves the gate and was received since then, e.g. `['OPEN']`. */
  commandsSince(mark: Mark): readonly ActionType[] {
    return this.happenings
      .since(mark)
      .flatMap((seen) => (seen.event === 'action' && seen.type !== 'QUERY' ? [seen.type] : []));
  }

  #arguments(state: 'open' | 'closed', faults: readonly FaultName[]): readonly string[] {
    const { plugin, apiVersion, model, logging, pulseWhileMoving, travel, sensorDelay, relay } =
      this.#options;
    const { mode, sensor, minute, leftOpen } = this.#options;
    const option = (name: string, value: string | number | undefined): string[] =>
      value === undefined ? [] : [`--${name}`, String(value)];
    return [
      join(plugin, 'dist/cli/main.js'),
      'simulate',
      ...option('port', this.port),
      ...option('serial', this.serialNumber),
      ...option('secret-key', this.#secretKey),
      ...option('auth-key', this.#authKey),
      ...option('state', state),
      ...option('api-version', apiVersion),
      ...option('model', model),
      ...option('pulse-while-moving', pulseWhileMoving),
      ...option('travel-ms', travel ?? TRAVEL),
      ...option('sensor-delay-ms', sensorDelay),
      ...option('relay-ms', relay ?? 50),
      ...option('mode', mode),
      ...option('minute-ms', minute),
      ...option('left-open-ms', leftOpen),
      ...(sensor === false ? ['--no-sensor'] : []),
      ...(logging === false ? ['--no-logging'] : []),
      ...faults.flatMap((fault) => option('fault', fault)),
    ];
  }

  #heard(text: string): void {
    const line = parseJson(text);
    if (!isObject(line)) return;
    if ('id' in line && (line['event'] === 'done' || line['event'] === 'problem')) this.#answers.push(line);
    else this.happenings.push({ ...(line as unknown as Happening), at: systemClock.monotonic() });
  }
}
