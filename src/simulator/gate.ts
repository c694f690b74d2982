import type { Clock, Timer } from '../base/clock.ts';
import { Signal } from '../base/emitter.ts';
import type { SimulatorSettings } from './settings.ts';

export type Motion = 'stopped' | 'opening' | 'closing';

export interface GateView {
  /** 0 closed, 1 open, to three places. */
  readonly position: number;
  readonly motion: Motion;
}

type GateSettings = Pick<
  SimulatorSettings,
  'state' | 'openTime' | 'closeTime' | 'sensorDelay' | 'pulseWhileMoving'
>;

/** Where an obstacle stands in the way of a closing gate. */
const OBSTACLE = 0.5;

/**
 * A gate with a motor. The contact sits at the closed end: it opens soon after the gate leaves that end, and
 * closes only when the gate is back there.
 */
export class Gate {
  readonly moved = new Signal<GateView>();
  /** The contact changed. */
  readonly contactChanged = new Signal<'open' | 'closed'>();
  readonly #settings: GateSettings;
  readonly #clock: Clock;
  #contact: 'open' | 'closed';
  #motion: Motion = 'stopped';
  /** Which way the next pulse at rest does not go. */
  #lastDirection: 'opening' | 'closing';
  /** Position at the time {@link #since}. */
  #from: number;
  #since: number;
  #next: Timer | undefined;
  #obstructed = false;
  /** The motor does nothing whatever the relay does: power off, unlocked, motor broken. */
  jammed = false;

  constructor(settings: GateSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
    this.#contact = settings.state;
    this.#from = settings.state === 'open' ? 1 : 0;
    this.#lastDirection = settings.state === 'open' ? 'opening' : 'closing';
    this.#since = clock.monotonic();
  }

  get contact(): 'open' | 'closed' {
    return this.#contact;
  }

  get motion(): Motion {
    return this.#motion;
  }

  get position(): number {
    const elapsed = this.#clock.monotonic() - this.#since;
    if (this.#motion === 'opening') return Math.min(1, this.#from + elapsed / this.#settings.openTime);
    if (this.#motion === 'closing') {
      return Math.max(this.#closesTo, this.#from - elapsed / this.#settings.closeTime);
    }
    return this.#from;
  }

  get view(): GateView {
    return { position: Math.round(this.position * 1_000) / 1_000, motion: this.#motion };
  }

  get obstructed(): boolean {
    return this.#obstructed;
  }

  /** Puts something in the way: the gate no longer closes, it stops half-way. Takes it away again. */
  obstruct(obstructed: boolean): void {
    const position = this.position;
    this.#obstructed = obstructed;
    if (this.#motion === 'closing') this.#move('closing', position);
  }

  /** One pulse on an opener with a single button: start, stop (or turn round), start the other way. */
  pulse(): void {
    if (this.#motion === 'stopped') this.#start(this.#directionFromRest());
    else if (this.#settings.pulseWhileMoving === 'stop') this.#move('stopped', this.position);
    else this.#start(this.#motion === 'opening' ? 'closing' : 'opening');
  }

  open(): void {
    this.#start('opening');
  }

  close(): void {
    this.#start('closing');
  }

  /** Ends every timer. */
  dispose(): void {
    this.#next?.cancel();
  }

  get #closesTo(): number {
    return this.#obstructed ? Math.min(OBSTACLE, this.#from) : 0;
  }

  #directionFromRest(): 'opening' | 'closing' {
    if (this.#from === 0) return 'opening';
    if (this.#from === 1) return 'closing';
    return this.#lastDirection === 'opening' ? 'closing' : 'opening';
  }

  #start(direction: 'opening' | 'closing'): void {
    if (!this.jammed) this.#move(direction, this.position);
  }

  #move(motion: Motion, from: number): void {
    this.#next?.cancel();
    this.#next = undefined;
    const changed = motion !== this.#motion;
    this.#from = from;
    this.#since = this.#clock.monotonic();
    this.#motion = motion;
    if (motion !== 'stopped') {
      this.#lastDirection = motion;
      this.#schedule(motion);
    }
    if (changed) this.moved.emit(this.view);
  }

  #schedule(motion: 'opening' | 'closing'): void {
    const { openTime, closeTime, sensorDelay } = this.#settings;
    const flipsAt = Math.min(1, sensorDelay / openTime);
    if (motion === 'closing') {
      const end = this.#closesTo;
      this.#after((this.#from - end) * closeTime, () => this.#arrive(end));
    } else if (this.#contact === 'closed' && this.#from < flipsAt) {
      this.#after((flipsAt - this.#from) * openTime, () => {
        this.#setContact('open');
        // A listener may have sent the gate elsewhere.
        if (this.#motion === 'opening') this.#move('opening', flipsAt);
      });
    } else {
      this.#setContact('open');
      this.#after((1 - this.#from) * openTime, () => this.#arrive(1));
    }
  }

  #after(delay: number, callback: () => void): void {
    this.#next = this.#clock.after(delay, callback);
  }

  #arrive(position: number): void {
    this.#move('stopped', position);
    if (position === 0) this.#setContact('closed');
  }

  #setContact(contact: 'open' | 'closed'): void {
    if (contact === this.#contact) return;
    this.#contact = contact;
    this.contactChanged.emit(contact);
  }
}
