import type { DeviceReport } from '../device/types.ts';
import { OFFLINE_GRACE, type DoorEffect, type DoorState, type Travel } from './state.ts';
import { OPEN, type TargetDoorState } from './types.ts';

/** What differs from one travel to the next when it begins. */
export type Departure = Pick<Travel, 'to' | 'cause' | 'by' | 'startedAt' | 'whole'> & {
  /** How long it may take, from `startedAt`. */
  readonly limit: number;
};

/** One run of the reducer: the state as it becomes, and what is to be done. Lives no longer than that. */
export class Turn {
  readonly now: number;
  readonly effects: DoorEffect[] = [];
  #state: DoorState;

  constructor(state: DoorState, now: number) {
    this.#state = state;
    this.now = now;
  }

  get state(): DoorState {
    return this.#state;
  }

  set(changes: Partial<DoorState>): void {
    this.#state = { ...this.#state, ...changes };
  }

  setTravel(changes: Partial<Travel>): void {
    const { travel } = this.#state;
    if (travel) this.set({ travel: { ...travel, ...changes } });
  }

  /** A travel begins; an obstruction is over with the next movement. */
  begin({ limit, ...departure }: Departure): void {
    const word = departure.to === OPEN ? 'opening' : 'closing';
    this.set({
      travel: {
        ...departure,
        deadline: departure.startedAt + limit,
        asked: false,
        leftClosed: this.#state.report?.sensor === 'open',
      },
      uncertain: false,
      obstruction: false,
      lateClosing: undefined,
      reason: `${word} ${departure.by}`,
    });
    this.log('debug', this.#state.reason);
  }

  /**
   * The travel, if there was one, is over; the door rests at `position`.
   * @param news `info` for what no event of the device tells of; who opened or closed it is told by its events
   */
  rest(
    position: TargetDoorState,
    reason: string,
    { obstruction = false, news = 'debug' }: { obstruction?: boolean; news?: 'info' | 'debug' } = {},
  ): void {
    const { travel, known, position: before } = this.#state;
    const moved = travel !== undefined || (known && before !== position);
    this.set({ travel: undefined, uncertain: false, position, obstruction, lateClosing: undefined, reason });
    if (moved) this.log(news, reason);
  }

  /** Takes down the newest report. What it means for the door is the strategy's business. */
  note(report: DeviceReport): void {
    this.set({ report, session: Math.max(report.session, this.#state.session), fresh: true });
    this.backIfOnline();
  }

  /** Online, and the device has said how it is: from here on there is a truth to show again. */
  backIfOnline(): void {
    const { online, fresh, awaySince } = this.#state;
    if (!online || !fresh || awaySince === undefined) return;
    this.set({ awaySince: undefined, graceOver: false });
    this.effects.push({ kind: 'push' });
  }

  /** Asks the device; pointless while it is away, since every reconnect asks anyway. */
  query(): void {
    if (!this.#state.online || this.effects.some((effect) => effect.kind === 'query')) return;
    this.effects.push({ kind: 'query' });
  }

  log(level: 'debug' | 'info' | 'warn', message: string): void {
    this.effects.push({ kind: 'log', level, message });
  }

  /** The result, with the time at which the reducer wants to be called again. */
  finish(): { readonly state: DoorState; readonly effects: readonly DoorEffect[] } {
    const { travel, awaySince, graceOver } = this.#state;
    const due = [
      travel?.deadline,
      graceOver || awaySince === undefined ? undefined : awaySince + OFFLINE_GRACE,
    ];
    const deadlines = due.filter((time) => time !== undefined);
    this.set({ deadline: deadlines.length === 0 ? undefined : Math.min(...deadlines) });
    return { state: this.#state, effects: this.effects };
  }
}
