import type { Clock, Timer } from '../base/clock.ts';
import { Signal, type Unsubscribe } from '../base/emitter.ts';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { CommandError } from '../device/errors.ts';
import type { CommandOptions, Device, DeviceHealth, TimedEvent } from '../device/types.ts';
import type { ActionResponse } from '../wire/actions.ts';
import type { RemootioEvent } from '../wire/events.ts';
import { DoorWriteError } from './errors.ts';
import { reduce, strategyOf } from './reduce.ts';
import { initialState, isSettled, memoryOf, STALE_AFTER, viewOf } from './state.ts';
import type { DoorEffect, DoorInput, DoorSettings, DoorState } from './state.ts';
import type { Door, DoorMemory, DoorView, TargetDoorState } from './types.ts';
import { Writes } from './writes.ts';

/** For how long the answer to a QUERY of the model is of use. */
const QUERY_LIMIT = 2_500;

export interface DoorConfig extends DoorSettings {
  /** Nothing is ever sent. */
  readonly readOnly: boolean;
}

export interface DoorOptions {
  readonly device: Device;
  readonly clock: Clock;
  readonly log: Log;
  readonly config: DoorConfig;
  /** As the last `remember` gave it. */
  readonly memory?: DoorMemory;
}

/** A door over a device: keeps the model's state and time, and does what the model asks for. */
export class DeviceDoor implements Door {
  readonly changed = new Signal<DoorView>();
  readonly remember = new Signal<DoorMemory>();
  readonly #options: DoorOptions;
  readonly #writes: Writes;
  readonly #subscriptions: readonly Unsubscribe[];
  readonly #pushes = new Set<Timer>();
  #state: DoorState;
  #view: DoorView;
  #memory: DoorMemory | undefined;
  #timer: Timer | undefined;
  #armedFor: number | undefined;
  #stopped = false;

  constructor(options: DoorOptions) {
    const { device, clock, config, memory } = options;
    this.#options = options;
    this.#state = initialState(config, memory, clock.monotonic());
    this.#view = viewOf(this.#state);
    this.#memory = memoryOf(this.#state);
    this.#writes = new Writes({
      clock,
      decide: (target) => strategyOf(this.#state).decide(this.#state, target, clock.monotonic()),
      ask: async (limits) => {
        await device.query(limits);
      },
      send: (target, action, limits) => this.#send(target, action, limits),
      answered: (target, failed) => this.#answered(target, failed),
    });
    this.#subscriptions = [
      device.report.on((report) => this.#feed({ kind: 'report', report })),
      device.event.on((event) => this.#onEvent(event)),
      device.healthChanged.on((health) => {
        // What else is learned on the way to being online, such as the identity, ends no session: the first
        // report may be there already.
        if (health.state === 'online' || this.#state.online) this.#onHealth(health);
      }),
    ];
    this.#takeOver(device.health);
  }

  get view(): DoorView {
    return this.#view;
  }

  get settled(): boolean {
    return !this.#stopped && isSettled(this.#state);
  }

  read(): DoorView {
    if (!this.#stopped) this.#options.device.refreshIfOlderThan(STALE_AFTER);
    return this.#view;
  }

  setTarget(target: TargetDoorState): Promise<void> {
    if (!this.#options.config.readOnly) return this.#writes.submit(target);
    this.#answered(target, true);
    return Promise.reject(new DoorWriteError('read only', 'this door is read-only: nothing was sent'));
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#writes.stop();
    for (const unsubscribe of this.#subscriptions) unsubscribe();
    for (const push of this.#pushes) push.cancel();
    this.#timer?.cancel();
    this.changed.clear();
    this.remember.clear();
  }

  /** The device may have been connected before there was a door. */
  #takeOver(health: DeviceHealth): void {
    this.#onHealth(health);
    if (health.state !== 'online' || health.sensor === undefined) return;
    const at = this.#options.clock.monotonic();
    this.#feed({ kind: 'report', report: { kind: 'level', sensor: health.sensor, at, session: 0 } });
  }

  #onHealth({ state, offlineSince }: DeviceHealth): void {
    const since = offlineSince ?? this.#options.clock.monotonic();
    this.#feed(state === 'online' ? { kind: 'online' } : { kind: 'offline', since });
  }

  #onEvent({ event, age, old }: TimedEvent): void {
    if (old || age === undefined) return;
    const input = inputOf(event, this.#options.clock.monotonic() - age, this.#isSecondary);
    if (input) this.#feed(input);
  }

  async #send(
    target: TargetDoorState,
    action: 'open' | 'close' | 'trigger',
    limits: CommandOptions,
  ): Promise<void> {
    const { device } = this.#options;
    this.#feed({ kind: 'sent' });
    let response: ActionResponse;
    try {
      response = await device[this.#isSecondary ? 'triggerSecondary' : action](limits);
    } catch (error) {
      this.#feed(inputOfFailure(error));
      throw error;
    }
    const { relayTriggered, state: sensor } = response;
    this.#feed({ kind: 'accepted', target, relayTriggered, sensor });
    if (relayTriggered || !strategyOf(this.#state).isRefusal(this.#state, target)) return;
    throw new DoorWriteError('not now', 'the device accepted the command, but did not operate the gate');
  }

  /**
   * Home holds what it wrote for true, or for failed, until it is told otherwise, and only after the write has
   * been answered does it listen: so the truth goes out again in a later turn.
   */
  #answered(target: TargetDoorState, failed: boolean): void {
    if (this.#stopped) return;
    const push = this.#options.clock.after(0, () => {
      this.#pushes.delete(push);
      if (failed || this.#view.target !== target) this.changed.emit(this.#view);
    });
    this.#pushes.add(push);
  }

  #feed(input: DoorInput): void {
    if (this.#stopped) return;
    const { state, effects } = reduce(this.#state, input, this.#options.clock.monotonic());
    this.#state = state;
    this.#arm(state.deadline);
    for (const effect of effects) this.#log(effect);
    this.#publish(effects.some((effect) => effect.kind === 'push'));
    if (effects.some((effect) => effect.kind === 'query')) this.#query();
  }

  #publish(pushed: boolean): void {
    const view = viewOf(this.#state);
    const isNew = !isSameView(view, this.#view);
    this.#view = view;
    const memory = memoryOf(this.#state);
    if (memory && !isSameMemory(memory, this.#memory)) {
      this.#memory = memory;
      this.remember.emit(memory);
    }
    if (isNew || pushed) this.changed.emit(view);
  }

  #log(effect: DoorEffect): void {
    if (effect.kind === 'log') this.#options.log[effect.level](effect.message);
  }

  #query(): void {
    const { device, clock, log } = this.#options;
    device.query({ deadline: clock.monotonic() + QUERY_LIMIT }).catch((error: unknown) => {
      log.debug(`the state could not be queried: ${messageOf(error)}`);
    });
  }

  #arm(deadline: number | undefined): void {
    if (deadline === this.#armedFor) return;
    this.#timer?.cancel();
    this.#armedFor = deadline;
    if (deadline === undefined) return;
    this.#timer = this.#options.clock.after(deadline - this.#options.clock.monotonic(), () => {
      this.#armedFor = undefined;
      this.#feed({ kind: 'tick' });
    });
  }

  get #isSecondary(): boolean {
    return this.#options.config.output === 'secondary';
  }
}

/** What an event tells the door; the sensor's own (StateChange) comes as a report. */
function inputOf(event: RemootioEvent, at: number, isSecondary: boolean): DoorInput | undefined {
  switch (event.type) {
    case 'RelayTrigger':
    case 'SecondaryRelayTrigger':
      if (isSecondary !== (event.type === 'SecondaryRelayTrigger')) return undefined;
      return { kind: 'relay', at, key: event.data, sensor: event.state };
    case 'OutputHeldActive':
    case 'SecondaryOutputHeldActive':
      if (isSecondary !== (event.type === 'SecondaryOutputHeldActive')) return undefined;
      return { kind: 'held', at, key: event.data, sensor: event.state };
    case 'SensorEnabled':
    case 'SensorDisabled':
    case 'SensorFlipped':
      return { kind: 'sensor changed' };
    default:
      return undefined;
  }
}

function inputOfFailure(error: unknown): DoorInput {
  // What is thrown by mistake may have happened after the sending.
  const outcome = error instanceof CommandError ? error.outcome : 'unknown';
  if (outcome === 'unknown') return { kind: 'unknown' };
  return { kind: 'rejected', busy: error instanceof CommandError && error.code === 'RELAY_BUSY' };
}

function isSameView(a: DoorView, b: DoorView): boolean {
  return (
    a.target === b.target &&
    a.current === b.current &&
    a.obstruction === b.obstruction &&
    a.unavailable === b.unavailable
  );
}

function isSameMemory(a: DoorMemory, b: DoorMemory | undefined): boolean {
  return (
    a.target === b?.target &&
    a.current === b.current &&
    a.obstruction === b.obstruction &&
    a.learnedCloseTime === b.learnedCloseTime
  );
}
