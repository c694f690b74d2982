import type { Clock, Timer } from '../base/clock.ts';
import { Signal } from '../base/emitter.ts';
import type { Action, ActionType, KnownErrorCode } from '../wire/actions.ts';
import type { KeyRights, KeyUse, PlainEventType } from '../wire/events.ts';
import type { SensorState } from '../wire/sensor-state.ts';
import { EventLog, type EventBody, type LogEntry } from './event-log.ts';
import { Gate } from './gate.ts';
import { Outputs } from './outputs.ts';
import { OUTPUT_MODES, type OutputNumber, type OutputRoles, type SimulatorSettings } from './settings.ts';

/** What carrying out an action came to. */
export interface Outcome {
  readonly success: boolean;
  readonly relayTriggered: boolean;
  readonly errorCode: KnownErrorCode | '';
}

/** The ways to operate the gate; `RelayTrigger` and the like tell them apart by {@link KeyUse} alone. */
export type Operation = Exclude<ActionType, 'QUERY' | 'RESTART'>;

/** How the API itself appears in the events that its actions make. */
export const API_KEY: KeyUse = { keyNr: 0, keyType: 'api key', via: 'wifi' };

const TICK = 100;

/**
 * A Remootio device and the gate that it operates, without any connection: relays, sensor, clock, event log.
 * What the specification leaves open is decided here and said where it is decided.
 */
export class DeviceModel {
  readonly gate: Gate;
  readonly outputs: Outputs;
  readonly log = new EventLog();
  /** An entry was added to the log. */
  readonly logged = new Signal<LogEntry>();
  /** What the device says of its sensor changed. */
  readonly sensorChanged = new Signal<SensorState>();
  /** The device went down for a restart: by an action (connections are closed) or without power (reset). */
  readonly wentDown = new Signal<'restart' | 'power cut'>();
  readonly cameUp = new Signal<void>();
  readonly settings: SimulatorSettings;
  readonly #clock: Clock;
  readonly #roles: OutputRoles;
  #bootedAt: number;
  #nextCnt = 1;
  #booting: Timer | undefined;
  #leftOpen: Timer | undefined;
  #sensor: 'enabled' | 'disabled' | 'none';
  #flipped = false;
  #manualButton = true;
  #doorbell = true;

  constructor(settings: SimulatorSettings, clock: Clock) {
    this.settings = settings;
    this.#clock = clock;
    this.#roles = OUTPUT_MODES[settings.mode];
    this.#sensor = settings.sensor ? 'enabled' : 'none';
    this.#bootedAt = clock.monotonic() - settings.uptime;
    this.gate = new Gate(settings, clock);
    this.outputs = new Outputs(clock);
    this.gate.contactChanged.on(() => this.#contactChanged());
    this.outputs.changed.on(({ output, active, held }) => {
      if (held) this.#log({ type: `Output${output}${active ? 'Activated' : 'Deactivated'}` });
    });
    if (this.sensor === 'open') this.#startLeftOpen();
  }

  get sensor(): SensorState {
    if (this.#sensor !== 'enabled') return 'no sensor';
    if (!this.#flipped) return this.gate.contact;
    return this.gate.contact === 'open' ? 'closed' : 'open';
  }

  /** Time since the last restart, in units of 100 ms. */
  get t100ms(): number {
    return Math.floor((this.#clock.monotonic() - this.#bootedAt) / TICK);
  }

  /** The `cnt` of the next event. */
  get nextCnt(): number {
    return this.#nextCnt;
  }

  get booting(): boolean {
    return this.#booting !== undefined;
  }

  /** Carries out an action. `by` appears in the events. A RESTART is only accepted here: see {@link restart}. */
  carryOut(action: Action, by: KeyUse = API_KEY): Outcome {
    switch (action.type) {
      case 'QUERY':
      case 'RESTART':
        return done(false);
      case 'TRIGGER':
        // The specification does not say what one pulse means where each direction has an output of its own.
        if (this.#roles.directional) return rejected('ERR_INVALID_REQUEST');
        return this.#operate(action, this.#roles.open, by, () => this.gate.pulse());
      case 'TRIGGER_SECONDARY':
        if (this.#roles.free === undefined) return rejected('ERR_INVALID_REQUEST');
        return this.#operate(action, [this.#roles.free], by, () => undefined);
      case 'OPEN':
      case 'CLOSE':
        return this.#toward(action, by);
    }
  }

  /**
   * Somebody uses a key in the app, by any way. Without an `operation` it is the button of the app: a pulse, or
   * the other direction where there are two.
   * @param minutes holds the output for so long instead of pulsing it.
   */
  operate(by: KeyUse, operation?: Operation, minutes?: number): Outcome {
    if (this.booting) return rejected('ERR_INVALID_REQUEST');
    const button = this.#roles.directional ? (this.gate.position < 1 ? 'OPEN' : 'CLOSE') : 'TRIGGER';
    const hold = minutes === undefined ? {} : { duration: minutes };
    return this.carryOut({ type: operation ?? button, ...hold }, by);
  }

  /** The button that is wired to the device: it works without a key, so there is no RelayTrigger. */
  pushManualButton(): void {
    if (!this.#manualButton || this.booting) return;
    this.#log({ type: 'ManualButtonPushed' });
    const towardOpen = !this.#roles.directional || this.gate.position < 1;
    const outputs = towardOpen ? this.#roles.open : this.#roles.close;
    if (this.#busy(this.#gateOutputs)) return;
    for (const output of outputs) this.outputs.activate(output, this.settings.relayTime, false);
    this.#drive(towardOpen ? 'OPEN' : 'CLOSE');
  }

  pushDoorbell(): void {
    if (this.#doorbell) this.#log({ type: 'DoorbellPushed' });
  }

  /** A phone comes near, or opens the app. */
  connectKey(by: KeyUse): void {
    this.#log({ type: 'Connected', data: by });
  }

  changeKey(rights: KeyRights): void {
    this.#log({ type: 'KeyManagement', data: rights });
  }

  /** The opener's own remote control: the motor runs, the device is not asked and sees the sensor alone. */
  moveByRemoteControl(): void {
    this.gate.pulse();
  }

  enableManualButton(enabled: boolean): void {
    this.#manualButton = enabled;
    this.#log({ type: enabled ? 'ManualButtonEnabled' : 'ManualButtonDisabled' });
  }

  enableDoorbell(enabled: boolean): void {
    this.#doorbell = enabled;
    this.#log({ type: enabled ? 'DoorbellEnabled' : 'DoorbellDisabled' });
  }

  enableSensor(enabled: boolean): void {
    this.#configureSensor(enabled ? 'SensorEnabled' : 'SensorDisabled', () => {
      this.#sensor = enabled ? 'enabled' : 'disabled';
    });
  }

  /** The logic of the sensor is turned round in the app. Not a StateChange: nothing has moved. */
  flipSensor(): void {
    this.#configureSensor('SensorFlipped', () => {
      this.#flipped = !this.#flipped;
    });
  }

  /** Down, and up again after `bootTime`: `t100ms` and `cnt` begin anew, the event log stays. */
  restart(why: 'restart' | 'power cut'): void {
    this.outputs.dispose();
    this.restartClock();
    this.#booting?.cancel();
    this.#booting = this.#clock.after(this.settings.bootTime, () => {
      this.#booting = undefined;
      this.#log({ type: 'Restart' });
      // Without logging the Restart event is not sent, but it is the one that has number 0.
      this.#nextCnt = Math.max(this.#nextCnt, 1);
      this.cameUp.emit();
    });
    this.wentDown.emit(why);
  }

  /** The clock and the counter begin anew, and nothing else happens: a fault. */
  restartClock(): void {
    this.#bootedAt = this.#clock.monotonic();
    this.#nextCnt = 0;
  }

  /** `count` events at once, harmless ones. */
  burst(count: number): void {
    const body: EventBody = this.settings.logging
      ? { type: 'Connected', data: { keyNr: 1, keyType: 'unique key', via: 'bluetooth' } }
      : { type: 'StateChange' };
    for (let sent = 0; sent < count; sent++) this.#log(body);
  }

  dispose(): void {
    this.#booting?.cancel();
    this.#booting = undefined;
    this.#leftOpen?.cancel();
    this.outputs.dispose();
    this.gate.dispose();
  }

  get #gateOutputs(): readonly OutputNumber[] {
    return [...this.#roles.open, ...this.#roles.close];
  }

  #busy(outputs: readonly OutputNumber[]): boolean {
    return outputs.some((output) => this.outputs.isActive(output));
  }

  /** OPEN and CLOSE: with a sensor only when it says the opposite, without one only in the open/close mode. */
  #toward(action: Action, by: KeyUse): Outcome {
    const open = action.type === 'OPEN';
    if (this.sensor === 'no sensor' && !this.#roles.directional) return rejected('ERR_NO_SENSOR');
    if (this.sensor === (open ? 'open' : 'closed')) {
      return this.#busy(this.#gateOutputs) ? rejected('ERR_RELAY_BUSY') : done(false);
    }
    const outputs = open ? this.#roles.open : this.#roles.close;
    return this.#operate(action, outputs, by, () => this.#drive(open ? 'OPEN' : 'CLOSE'));
  }

  #drive(direction: 'OPEN' | 'CLOSE'): void {
    if (!this.#roles.directional) this.gate.pulse();
    else if (direction === 'OPEN') this.gate.open();
    else this.gate.close();
  }

  #operate(action: Action, outputs: readonly OutputNumber[], by: KeyUse, drive: () => void): Outcome {
    const secondary = action.type === 'TRIGGER_SECONDARY';
    if (this.#busy(secondary ? outputs : this.#gateOutputs)) return rejected('ERR_RELAY_BUSY');
    // Versions before 3 do not know the key, and read past it.
    const minutes = this.settings.apiVersion >= 3 ? action.duration : undefined;
    if (minutes !== undefined && !(Number.isInteger(minutes) && minutes > 0)) {
      return rejected('ERR_INVALID_REQUEST');
    }
    const held = minutes !== undefined;
    if (held) this.#log({ type: secondary ? 'SecondaryOutputHeldActive' : 'OutputHeldActive', data: by });
    else this.#log({ type: secondary ? 'SecondaryRelayTrigger' : 'RelayTrigger', data: by });
    const time = held ? minutes * this.settings.minute : this.settings.relayTime;
    for (const output of outputs) this.outputs.activate(output, time, held);
    drive();
    return done(true);
  }

  #contactChanged(): void {
    if (this.#sensor !== 'enabled') return;
    this.#restartLeftOpen();
    this.sensorChanged.emit(this.sensor);
    this.#log({ type: 'StateChange' });
  }

  #configureSensor(type: PlainEventType, change: () => void): void {
    if (this.#sensor === 'none') return;
    change();
    this.#restartLeftOpen();
    this.sensorChanged.emit(this.sensor);
    this.#log({ type });
  }

  #restartLeftOpen(): void {
    this.#leftOpen?.cancel();
    this.#leftOpen = undefined;
    if (this.sensor === 'open') this.#startLeftOpen();
  }

  #startLeftOpen(): void {
    const { leftOpenAfter } = this.settings;
    if (leftOpenAfter === undefined) return;
    this.#leftOpen = this.#clock.after(leftOpenAfter, () =>
      this.#log({ type: 'LeftOpen', data: { timeOpen100ms: Math.floor(leftOpenAfter / TICK) } }),
    );
  }

  /** Events that nobody is told do not count: without logging the numbers of the StateChanges have no gaps. */
  #log(body: EventBody): void {
    if (this.booting || !this.#knows(body)) return;
    const entry = this.log.add({ ...body, cnt: this.#nextCnt++, state: this.sensor, t100ms: this.t100ms });
    this.logged.emit(entry);
  }

  #knows({ type }: EventBody): boolean {
    if (type === 'SecondaryRelayTrigger' && this.settings.apiVersion < 2) return false;
    return this.settings.logging || type === 'StateChange';
  }
}

function done(relayTriggered: boolean): Outcome {
  return { success: true, relayTriggered, errorCode: '' };
}

function rejected(errorCode: KnownErrorCode): Outcome {
  return { success: false, relayTriggered: false, errorCode };
}
