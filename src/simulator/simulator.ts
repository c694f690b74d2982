import { systemClock, type Clock } from '../base/clock.ts';
import { Signal } from '../base/emitter.ts';
import { messageOf } from '../base/errors.ts';
import type { KeyRights, KeyUse } from '../wire/events.ts';
import type { SensorState } from '../wire/sensor-state.ts';
import { DeviceModel, type Operation, type Outcome } from './device-model.ts';
import { Faults, type FaultName } from './faults.ts';
import type { Motion } from './gate.ts';
import type { Happening, SimulatorEvent } from './happenings.ts';
import { Conversation, type DeviceKeys, type Transport } from './protocol.ts';
import {
  SimulatorServer,
  type Admission,
  type DeviceServer,
  type ServerFactory,
  type Visitor,
} from './server.ts';
import {
  completeSettings,
  newKey,
  type OutputNumber,
  type SimulatedDeviceOptions,
  type SimulatorSettings,
} from './settings.ts';

/** How the device is at this moment. */
export interface SimulatorState {
  readonly listening: boolean;
  readonly connections: number;
  readonly authenticated: number;
  readonly sensor: SensorState;
  readonly motion: Motion;
  /** 0 closed, 1 open. */
  readonly position: number;
  readonly outputs: Readonly<Record<OutputNumber, boolean>>;
  readonly t100ms: number;
  /** Events that no client was told yet. */
  readonly untoldEvents: number;
  readonly faults: readonly FaultName[];
}

/** Where it listens. */
export interface ListenOptions {
  /** 127.0.0.1 unless said otherwise. */
  readonly host?: string;
  /** 0, the default, is any that is free. */
  readonly port?: number;
}

/** A person with the master key and a phone next to the gate. */
export const OWNER: KeyUse = { keyNr: 0, keyType: 'master key', via: 'bluetooth' };

const GARBAGE = ['', 'no JSON', '[]', '{"type":7}', '{"type":"SURPRISE"}', '{"type":"ENCRYPTED","data":{}}'];

/**
 * A Remootio device that behaves as the real one does, on a real port, with a gate behind it and people in
 * front of it. Faults can be switched on; everything that happens is told by {@link happenings}.
 */
export class SimulatedDevice {
  readonly happenings = new Signal<SimulatorEvent>();
  readonly faults: Faults;
  readonly #clock: Clock;
  readonly #host: string;
  readonly #model: DeviceModel;
  readonly #server: DeviceServer;
  readonly #conversations = new Set<Conversation>();
  #keys: { readonly secretKey: string; readonly authKey: string };
  #port: number;
  #listening = false;
  #connectionNumber = 0;
  #stopped = false;

  /** @param openServer for tests: something other than a real port. */
  constructor(
    options: SimulatedDeviceOptions & ListenOptions = {},
    clock: Clock = systemClock,
    openServer: ServerFactory = (server) => new SimulatorServer(server),
  ) {
    const { host = '127.0.0.1', port = 0, ...settings } = options;
    this.#clock = clock;
    this.#host = host;
    this.#port = port;
    const complete = completeSettings(settings);
    this.#keys = { secretKey: complete.secretKey, authKey: complete.authKey };
    this.#model = new DeviceModel(complete, clock);
    this.#server = openServer({
      admit: () => this.#admit(),
      connected: (transport) => this.#connected(transport),
    });
    this.faults = new Faults({
      resetConnections: () => this.drop(),
      restartClock: () => this.#model.restartClock(),
      burst: (count) => this.#model.burst(count),
      sendGarbage: () => GARBAGE.forEach((text) => this.sendRaw(text)),
    });
    this.#tellWhatHappens();
  }

  /** @throws the system's error when the port cannot be had. */
  async start(): Promise<void> {
    await this.listen();
  }

  /** Ends every connection and timer. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#model.dispose();
    for (const conversation of this.#conversations) conversation.dispose();
    await this.#server.stop();
    this.#listening = false;
  }

  /** Listens (again) on its port. */
  async listen(): Promise<void> {
    if (this.#listening) return;
    this.#port = await this.#server.listen(this.#host, this.#port);
    this.#listening = true;
    const { apiVersion } = this.settings;
    this.#report({ event: 'listening', host: this.#host, port: this.#port, apiVersion, ...this.#keys });
  }

  /** New connections are refused by the system; those that are there stay. */
  async stopListening(): Promise<void> {
    if (!this.#listening) return;
    this.#listening = false;
    await this.#server.stopListening();
    this.#report({ event: 'stoppedListening' });
  }

  /** The port; the one asked for until it listens. */
  get port(): number {
    return this.#port;
  }

  get host(): string {
    return this.#host;
  }

  /** 64 hex digits. */
  get secretKey(): string {
    return this.#keys.secretKey;
  }

  /** 64 hex digits. */
  get authKey(): string {
    return this.#keys.authKey;
  }

  get settings(): SimulatorSettings {
    return this.#model.settings;
  }

  get state(): SimulatorState {
    const { gate, outputs, sensor, t100ms, log } = this.#model;
    const open = this.#open;
    return {
      listening: this.#listening,
      connections: open.length,
      authenticated: open.filter((conversation) => conversation.authenticated).length,
      sensor,
      ...gate.view,
      outputs: { 1: outputs.isActive(1), 2: outputs.isActive(2) },
      t100ms,
      untoldEvents: log.after(log.told).length,
      faults: this.faults.active,
    };
  }

  /** Somebody operates the gate from the app: without an operation by its button; `minutes` hold the output. */
  operate(by: Partial<KeyUse> = {}, operation?: Operation, minutes?: number): Outcome {
    return this.#model.operate({ ...OWNER, ...by }, operation, minutes);
  }

  /** A phone connects to the device. */
  connectKey(by: Partial<KeyUse> = {}): void {
    this.#model.connectKey({ ...OWNER, ...by });
  }

  changeKey(rights: KeyRights): void {
    this.#model.changeKey(rights);
  }

  /** The button wired to the device; it operates the gate too. */
  pushManualButton(): void {
    this.#model.pushManualButton();
  }

  pushDoorbell(): void {
    this.#model.pushDoorbell();
  }

  /** The opener's own remote control: the device sees no more than its sensor. */
  moveByRemoteControl(): void {
    this.#model.moveByRemoteControl();
  }

  /** Something stands in the way: the gate no longer gets past half-way when it closes. */
  obstruct(obstructed = true): void {
    this.#model.gate.obstruct(obstructed);
  }

  /** The relay clicks and the gate stays where it is. */
  jam(jammed = true): void {
    this.#model.gate.jammed = jammed;
  }

  flipSensor(): void {
    this.#model.flipSensor();
  }

  enableSensor(enabled = true): void {
    this.#model.enableSensor(enabled);
  }

  enableManualButton(enabled = true): void {
    this.#model.enableManualButton(enabled);
  }

  enableDoorbell(enabled = true): void {
    this.#model.enableDoorbell(enabled);
  }

  /** The power goes and comes back: resets, nobody listening for `bootTime`, then a Restart event. */
  powerCycle(): void {
    this.#model.restart('power cut');
  }

  /** The API is turned off and on in the app: sessions end, and there are new keys. */
  renewKeys(): void {
    this.#keys = { secretKey: newKey(), authKey: newKey() };
    this.#end('close', 'the API was turned off');
    this.#report({ event: 'keys', ...this.#keys });
  }

  /** A TCP reset of all connections. */
  drop(): void {
    this.#end('reset', 'reset');
  }

  /** Closes all connections in the websocket's own way. */
  closeConnections(): void {
    this.#end('close', 'closed by the device');
  }

  /** Sends text as it is to everyone who is connected. */
  sendRaw(text: string): void {
    for (const conversation of this.#conversations) conversation.sendRaw(text);
  }

  get #open(): readonly Conversation[] {
    return [...this.#conversations].filter((conversation) => conversation.ended === undefined);
  }

  #admit(): Admission {
    const how = this.faults.upgrade();
    const taken = this.#open.length >= this.settings.connections;
    if (how) return this.#turnAway(how, 'fault');
    if (taken && this.settings.whenTaken === 'refuse') {
      return this.#turnAway('refuse', 'another client is connected');
    }
    return { admit: true };
  }

  #turnAway(how: 'refuse' | 'reset' | 'ignore', reason: string): Admission {
    this.#report({ event: 'notConnected', reason });
    return { admit: false, how, reason };
  }

  #connected(transport: Transport): Visitor {
    while (this.#open.length >= this.settings.connections) {
      this.#open[0]?.end('close', 'another client connected');
    }
    const connection = ++this.#connectionNumber;
    this.#report({ event: 'connection', connection });
    const keys: DeviceKeys = {
      secretKey: Buffer.from(this.#keys.secretKey, 'hex'),
      authKey: Buffer.from(this.#keys.authKey, 'hex'),
    };
    const conversation = new Conversation({
      connection,
      device: this.#model,
      keys,
      transport,
      faults: this.faults,
      clock: this.#clock,
      report: (happening) => this.#report(happening),
    });
    this.#conversations.add(conversation);
    return {
      text: (text) => conversation.receive(text),
      lost: (reason) => this.#report({ event: 'frameLost', connection, reason }),
      gone: (code) => {
        conversation.dispose();
        this.#conversations.delete(conversation);
        this.#report({
          event: 'closed',
          connection,
          reason: conversation.ended ?? `by the client, code ${code}`,
        });
      },
    };
  }

  #end(how: 'close' | 'reset', reason: string): void {
    for (const conversation of this.#conversations) conversation.end(how, reason);
  }

  #tellWhatHappens(): void {
    const model = this.#model;
    model.logged.on(({ event: { type, cnt } }) => {
      this.#report({ event: 'event', type, cnt });
      for (const conversation of this.#conversations) conversation.tellEvents();
    });
    model.sensorChanged.on((state) => this.#report({ event: 'sensor', state }));
    model.gate.moved.on((view) => this.#report({ event: 'gate', ...view }));
    model.outputs.changed.on(({ output, active }) => this.#report({ event: 'output', output, active }));
    this.faults.changed.on((fault) => this.#report({ event: 'fault', ...fault }));
    model.wentDown.on((why) => {
      this.#report({ event: 'restart', why });
      this.#end(why === 'restart' ? 'close' : 'reset', why);
      void this.stopListening();
    });
    model.cameUp.on(() => {
      this.listen().catch((error: unknown) => {
        this.#report({ event: 'problem', message: `cannot listen again: ${messageOf(error)}` });
      });
    });
  }

  #report(happening: Happening): void {
    if (this.#stopped) return;
    this.happenings.emit({
      ...happening,
      serialNumber: this.settings.serialNumber,
      time: this.#clock.now(),
    });
  }
}
