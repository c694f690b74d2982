import type { Clock, Timer } from '../../src/base/clock.ts';
import { Signal } from '../../src/base/emitter.ts';

export interface GateOptions {
  readonly position?: 'open' | 'closed';
  /** Milliseconds from one end to the other. */
  readonly travel?: number;
  /** How long after the start the contact leaves `closed`. */
  readonly sensorDelay?: number;
  /** What a pulse does to a moving gate. */
  readonly pulseWhileMoving?: 'stop' | 'reverse';
}

/** A gate with a one-button opener and a contact at its closed end. */
export class FakeGate {
  readonly contactChanged = new Signal<'open' | 'closed'>();
  readonly #clock: Clock;
  readonly #travel: number;
  readonly #sensorDelay: number;
  readonly #pulseWhileMoving: 'stop' | 'reverse';
  /** Milliseconds of way from the closed end, as of `#since`. */
  #way: number;
  #since: number;
  #motion: 'stopped' | 'opening' | 'closing' = 'stopped';
  #last: 'opening' | 'closing';
  #timers: Timer[] = [];
  contact: 'open' | 'closed';
  /** The motor is dead. */
  jammed = false;
  /** It does not get to the closed end. */
  blocked = false;
  pulses = 0;

  constructor(clock: Clock, options: GateOptions) {
    this.#clock = clock;
    this.#travel = options.travel ?? 10_000;
    this.#sensorDelay = options.sensorDelay ?? 500;
    this.#pulseWhileMoving = options.pulseWhileMoving ?? 'stop';
    this.contact = options.position ?? 'closed';
    this.#way = this.contact === 'open' ? this.#travel : 0;
    this.#last = this.contact === 'open' ? 'opening' : 'closing';
    this.#since = clock.monotonic();
  }

  get motion(): 'stopped' | 'opening' | 'closing' {
    return this.#motion;
  }

  pulse(): void {
    this.pulses++;
    if (this.jammed) return;
    if (this.#motion === 'stopped') this.#move(this.#fromRest());
    else if (this.#pulseWhileMoving === 'stop') this.#move('stopped');
    else this.#move(this.#motion === 'opening' ? 'closing' : 'opening');
  }

  /** As a directional output, a hand or an auto-close would. */
  drive(motion: 'opening' | 'closing'): void {
    if (!this.jammed && this.#motion !== motion) this.#move(motion);
  }

  #fromRest(): 'opening' | 'closing' {
    if (this.#way === 0) return 'opening';
    if (this.#way === this.#travel) return 'closing';
    return this.#last === 'opening' ? 'closing' : 'opening';
  }

  #move(motion: 'stopped' | 'opening' | 'closing'): void {
    const now = this.#clock.monotonic();
    const gone = this.#motion === 'stopped' ? 0 : now - this.#since;
    const way = this.#way + (this.#motion === 'closing' ? -gone : gone);
    this.#way = Math.min(Math.max(way, 0), this.#travel);
    this.#since = now;
    this.#motion = motion;
    for (const timer of this.#timers.splice(0)) timer.cancel();
    if (motion === 'stopped') return;
    this.#last = motion;
    if (motion === 'closing') {
      if (!this.blocked) this.#after(this.#way, () => this.#arrive(0));
      return;
    }
    this.#after(this.#sensorDelay - this.#way, () => this.#setContact('open'));
    this.#after(this.#travel - this.#way, () => this.#arrive(this.#travel));
  }

  #arrive(way: number): void {
    this.#motion = 'stopped';
    this.#way = way;
    this.#setContact(way === 0 ? 'closed' : 'open');
  }

  #setContact(contact: 'open' | 'closed'): void {
    if (contact === this.contact) return;
    this.contact = contact;
    this.contactChanged.emit(contact);
  }

  #after(delay: number, callback: () => void): void {
    this.#timers.push(this.#clock.after(delay, callback));
  }
}
