import type { Clock } from '../base/clock.ts';
import type { Unsubscribe } from '../base/emitter.ts';
import type { Log } from '../base/log.ts';
import type { TimedEvent } from '../device/types.ts';
import type { AutoCloseStep } from '../door/auto-close.ts';
import { CLOSED, OPEN, type Door, type DoorView } from '../door/types.ts';
import { DeviceEvents } from '../journal/device-events.ts';
import type { JournalDevice, JournalDraft } from '../journal/entry.ts';
import { Askers } from './askers.ts';
import { AwayWatch } from './away-watch.ts';
import type { Chronicle } from './chronicle.ts';
import type { Gate } from './gate.ts';
import type { GateHappening, OwnCommand } from './gate-events.ts';
import { keyNamesOf } from './key-names.ts';
import { LoggingNotice } from './logging-notice.ts';
import { MissedChanges, type Position } from './missed-changes.ts';

/** What of a gate is listened to. */
export type JournalledGate = Pick<Gate, 'config' | 'device' | 'door' | 'happened' | 'uuid'>;

export interface GateJournalOptions {
  readonly gate: JournalledGate;
  readonly chronicle: Chronicle;
  readonly clock: Clock;
  /** Already named after the gate. */
  readonly log: Log;
}

const AUTO_CLOSE = 'auto-close';

/**
 * Makes journal entries of what happens to a gate, and sees to it that each operation is one line at level
 * info in the log: the one that says who, and what became of it.
 */
export class GateJournal {
  readonly #gate: JournalledGate;
  readonly #chronicle: Chronicle;
  readonly #clock: Clock;
  readonly #device: JournalDevice;
  readonly #events: DeviceEvents;
  readonly #askers: Askers;
  readonly #missed: MissedChanges;
  readonly #away: AwayWatch;
  readonly #logging: LoggingNotice;
  readonly #subscriptions: readonly Unsubscribe[];

  constructor({ gate, chronicle, clock, log }: GateJournalOptions) {
    this.#gate = gate;
    this.#chronicle = chronicle;
    this.#clock = clock;
    this.#device = { id: gate.uuid, name: gate.config.name };
    this.#events = new DeviceEvents(this.#device, keyNamesOf(gate.config));
    this.#askers = new Askers(clock);
    this.#missed = new MissedChanges(clock, positionOf(gate.door), (position) => this.#wasMissed(position));
    this.#away = new AwayWatch(clock, (draft) => this.#record(draft));
    this.#logging = new LoggingNotice(log, gate.config);
    this.#subscriptions = [
      gate.happened.on((happening) => this.#heard(happening)),
      gate.device.report.on(({ kind, sensor }) => {
        if (kind === 'level') this.#missed.saw(sensor);
      }),
    ];
  }

  stop(): void {
    for (const unsubscribe of this.#subscriptions) unsubscribe();
    this.#missed.stop();
    this.#away.stop();
  }

  #heard(happening: GateHappening): void {
    switch (happening.kind) {
      case 'event':
        this.#onEvent(happening.event);
        break;
      case 'health':
        this.#away.heard(happening.health);
        this.#logging.heard(happening.health);
        break;
      case 'door':
        if (happening.door === 'gate') this.#onDoor(happening.view);
        break;
      case 'asked':
        this.#askers.asked(happening.command, happening.by);
        break;
      case 'command':
        this.#onCommand(happening.command, happening.minutes);
        break;
      case 'refused':
        this.#onRefused(happening.command, happening.reason);
        break;
      case 'left open':
        // Where the device says so, its own event is in the journal.
        if (this.#gate.config.leftOpen === 'minutes') {
          this.#record({ kind: 'left-open', detail: { openFor: happening.openFor } }, 'info');
        }
        break;
      case 'auto-close':
        this.#onAutoClose(happening.step);
        break;
    }
  }

  #onDoor(view: DoorView): void {
    if (isMoving(view)) this.#askers.departed(view.target === OPEN ? 'open' : 'close');
    else this.#askers.rested();
  }

  #onEvent(event: TimedEvent): void {
    const { type, state } = event.event;
    if (type === 'StateChange') this.#missed.told(state);
    else if (!event.old) this.#missed.saw(state);
    const draft = this.#askers.name(this.#events.draft(event));
    this.#chronicle.record(draft, this.#levelOf(draft, event));
  }

  /** What leads to an `opened` or `closed`, which says who it was, is no line of its own. */
  #levelOf({ kind, by, old }: JournalDraft, { event }: TimedEvent): 'info' | 'debug' {
    if (old) return 'debug';
    const isOurs = by?.keyType === 'api key' && by.name !== undefined;
    switch (kind) {
      case 'relay-triggered':
      case 'manual-button': {
        const isTold = event.state !== 'no sensor' && !isMoving(this.#gate.door.view);
        return isOurs || isTold ? 'debug' : 'info';
      }
      case 'secondary-relay-triggered':
      case 'output-held':
      case 'secondary-output-held':
        return isOurs ? 'debug' : 'info';
      case 'connected':
      case 'output-changed':
      case 'other-event':
        return 'debug';
      default:
        return 'info';
    }
  }

  #onCommand(command: OwnCommand, minutes: number | undefined): void {
    const { device } = this.#gate;
    const isTold = device.health.sensor !== 'no sensor' && (command === 'open' || command === 'close');
    this.#record(
      {
        kind: 'command',
        by: { name: this.#askers.of(command) },
        detail: { command, ...(minutes !== undefined && { minutes }) },
      },
      isTold ? 'debug' : 'info',
    );
  }

  /** Whoever refused it has logged it. */
  #onRefused(command: OwnCommand, reason: string): void {
    this.#record({ kind: 'refused', by: { name: this.#askers.of(command) }, detail: { command, reason } });
  }

  /** What it does is logged by itself. */
  #onAutoClose(step: AutoCloseStep): void {
    switch (step.kind) {
      case 'warning':
        this.#record({ kind: 'auto-close-warning', detail: { in: step.in } });
        break;
      case 'closing':
        this.#askers.asked('close', AUTO_CLOSE);
        this.#record({ kind: 'auto-close', detail: { openFor: step.openFor } });
        break;
      case 'called off':
      case 'failed':
        this.#record({ kind: 'refused', detail: { command: AUTO_CLOSE, reason: step.reason } });
        break;
    }
  }

  /** Nobody knows when it happened: only since when it is so. */
  #wasMissed(position: Position): void {
    const kind = position === 'open' ? 'opened' : 'closed';
    this.#chronicle.record({ kind, device: this.#device }, 'info');
  }

  #record(draft: Omit<JournalDraft, 'device'>, level?: 'info' | 'debug'): void {
    this.#chronicle.record({ at: this.#clock.now(), ...draft, device: this.#device }, level);
  }
}

function isMoving({ target, current }: DoorView): boolean {
  return target !== current;
}

/** As it was known at the last stop: what is on disk of a door is shown until the device is reached. */
function positionOf({ view }: Door): Position | undefined {
  if (view.unavailable) return undefined;
  return view.current === CLOSED ? 'closed' : 'open';
}
