import type { Clock, Timer } from '../base/clock.ts';
import type { ActionResponse } from '../wire/actions.ts';
import type { RemootioEvent } from '../wire/events.ts';
import type { DeviceHealth } from './types.ts';

/** With logging on, the RelayTrigger of our own command is here long before that. */
const RELAY_TRIGGER_WAIT = 5_000;

/**
 * Finds out whether the API was enabled with logging. Without it the device sends StateChange alone, so any
 * other event says `on`. A StateChange by itself says nothing: a gate that is moved by its own remote control
 * causes no other event. Hence `off` only when our own command pulsed an output and, in the same session, no
 * event but StateChange has ever come, nor comes within 5 s. The mode is bound to the API keys, so what was
 * found out stays true until it is contradicted.
 */
export class LoggingWatch {
  readonly #clock: Clock;
  readonly #changed: () => void;
  #state: DeviceHealth['logging'] = 'unknown';
  #heardInSession = false;
  #wait: Timer | undefined;

  constructor(clock: Clock, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  get state(): DeviceHealth['logging'] {
    return this.#state;
  }

  /** An event arrived; how old it is does not matter. */
  event(event: RemootioEvent): void {
    if (event.type === 'StateChange') return;
    this.#heardInSession = true;
    this.#stopWaiting();
    this.#set('on');
  }

  /** A response arrived; they are to our own actions only. */
  response(response: ActionResponse): void {
    if (!response.success || !response.relayTriggered || this.#heardInSession) return;
    this.#wait ??= this.#clock.after(RELAY_TRIGGER_WAIT, () => {
      this.#wait = undefined;
      this.#set('off');
    });
  }

  /** The session ended: an event that has not come may have been lost with it. */
  sessionEnded(): void {
    this.#heardInSession = false;
    this.#stopWaiting();
  }

  #stopWaiting(): void {
    this.#wait?.cancel();
    this.#wait = undefined;
  }

  #set(state: DeviceHealth['logging']): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#changed();
  }
}
