import type { EventBase, KeyRights, KeyUse, KeyUseEventType, PlainEventType } from '../wire/events.ts';

/** What the device tells, less what every event has. */
export type EventBody =
  | { readonly type: PlainEventType }
  | { readonly type: KeyUseEventType; readonly data: KeyUse }
  | { readonly type: 'LeftOpen'; readonly data: { readonly timeOpen100ms: number } }
  | { readonly type: 'KeyManagement'; readonly data: KeyRights };

export type SimulatedEvent = EventBase & EventBody;

export interface LogEntry {
  /** Counts all entries ever, over restarts too, unlike the event's own `cnt`. */
  readonly sequence: number;
  readonly event: SimulatedEvent;
}

/** "Remootio keeps track of the most recent 100 events that have happened" (v1 specification, chapter 6). */
const CAPACITY = 100;

/** The device's memory of events, and of which ones a client was told. It survives a restart. */
export class EventLog {
  #entries: LogEntry[] = [];
  #sequence = 0;
  #told = 0;

  add(event: SimulatedEvent): LogEntry {
    const entry = { sequence: ++this.#sequence, event };
    this.#entries.push(entry);
    if (this.#entries.length > CAPACITY) this.#entries.shift();
    return entry;
  }

  /** The last entry that some client was sent: a new session goes on from there. */
  get told(): number {
    return this.#told;
  }

  markTold(sequence: number): void {
    this.#told = Math.max(this.#told, sequence);
  }

  after(sequence: number): readonly LogEntry[] {
    return this.#entries.filter((entry) => entry.sequence > sequence);
  }
}
