import type { Clock, Timer } from '../base/clock.ts';

/** How long before the end it is said, or half of the time where that is less. */
const WARNING = 600_000;
/** The wall clock may be set; so it is looked at again before a long wait is over. */
const LONGEST_NAP = 600_000;

export interface ExpiryEvents {
  readonly warn: () => void;
  readonly expire: () => void;
}

/** Watches one end of support, by the wall clock, since it must hold over restarts. */
export class Expiry {
  readonly #clock: Clock;
  readonly #events: ExpiryEvents;
  readonly #until: number;
  readonly #warnAt: number;
  #warned = false;
  #timer: Timer | undefined;

  /** @param since wall time at which support began. */
  constructor(since: number, until: number, clock: Clock, events: ExpiryEvents) {
    this.#clock = clock;
    this.#events = events;
    this.#until = until;
    this.#warnAt = until - Math.min(WARNING, (until - since) / 2);
    this.#nap();
  }

  get until(): number {
    return this.#until;
  }

  get endingSoon(): boolean {
    return this.#clock.now() >= this.#warnAt;
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #look(): void {
    const now = this.#clock.now();
    if (now >= this.#until) {
      this.#events.expire();
      return;
    }
    if (!this.#warned && now >= this.#warnAt) {
      this.#warned = true;
      this.#events.warn();
    }
    this.#nap();
  }

  #nap(): void {
    const now = this.#clock.now();
    const next = now < this.#warnAt ? this.#warnAt : this.#until;
    this.#timer = this.#clock.after(Math.min(Math.max(next - now, 0), LONGEST_NAP), () => this.#look());
  }
}
