import type { Clock, Timer } from '../base/clock.ts';
import type { DeviceHealth } from '../device/types.ts';
import type { JournalDraft } from '../journal/entry.ts';
import { AWAY_AFTER } from '../session/link-log.ts';

/** Notices that a device is away for longer than it may be for a moment, as the log does, and that it is back. */
export class AwayWatch {
  readonly #clock: Clock;
  readonly #record: (draft: Omit<JournalDraft, 'device'>) => void;
  #health: DeviceHealth | undefined;
  #wait: Timer | undefined;
  #isAway = false;

  constructor(clock: Clock, record: (draft: Omit<JournalDraft, 'device'>) => void) {
    this.#clock = clock;
    this.#record = record;
  }

  heard(health: DeviceHealth): void {
    this.#health = health;
    if (health.state === 'online') this.#isBack();
    else if (health.state === 'offline' && !this.#isAway) this.#expect(health.offlineSince);
  }

  stop(): void {
    this.#wait?.cancel();
    this.#wait = undefined;
  }

  #expect(offlineSince = this.#clock.monotonic()): void {
    const left = offlineSince + AWAY_AFTER - this.#clock.monotonic();
    this.#wait ??= this.#clock.after(left, () => this.#isGone(this.#clock.monotonic() - offlineSince));
  }

  #isGone(since: number): void {
    this.#wait = undefined;
    this.#isAway = true;
    const reason = this.#health?.diagnosis?.message;
    this.#record({
      kind: 'offline',
      at: Math.round(this.#clock.now() - since),
      ...(reason !== undefined && { detail: { reason } }),
    });
  }

  #isBack(): void {
    this.stop();
    if (!this.#isAway) return;
    this.#isAway = false;
    this.#record({ kind: 'online' });
  }
}
