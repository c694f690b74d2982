import { isObject, own } from '../base/json.ts';
import type { Actor, Detail, JournalDevice, JournalDraft, JournalKind } from './entry.ts';

/** An event of a device with its true time; what `device/` calls a timed event fits it as it is. */
export interface DeviceEvent {
  readonly event: {
    readonly type: string;
    /** What the sensor said when it happened. */
    readonly state: string;
    /** Time since the device's last restart, in units of 100 ms. */
    readonly t100ms: number;
    /** What an event of unknown type calls itself. */
    readonly name?: string;
    readonly data?: unknown;
  };
  readonly at: number | undefined;
  readonly old: boolean;
}

/** What the owner calls the keys, by the number that the Remootio app shows. */
export type KeyNames = ReadonlyMap<number, string>;

/**
 * A StateChange does not say who. One that comes so soon after an operation which can explain it is put
 * down to whoever that was: the sensor leaves "closed" soon after the gate starts, and finds it again only at the end
 * of the travel. Counted by the device's own clock, so that it holds for events that reach us late, too.
 */
const OPENED_WITHIN_100MS = 300;
const CLOSED_WITHIN_100MS = 1200;

const OPERATIONS: readonly JournalKind[] = ['relay-triggered', 'output-held'];
const MANUAL_BUTTON: Actor = { name: 'the manual button' };

interface Trigger {
  readonly by: Actor;
  readonly t100ms: number;
  readonly state: string;
}

/** Turns the events of one device into journal entries. Events must be handed over in the device's order. */
export class DeviceEvents {
  readonly #device: JournalDevice;
  readonly #keyNames: KeyNames;
  #trigger: Trigger | undefined;

  constructor(device: JournalDevice, keyNames: KeyNames = new Map()) {
    this.#device = device;
    this.#keyNames = keyNames;
  }

  draft(input: DeviceEvent): JournalDraft {
    const { event, at, old } = input;
    const { kind, detail } = classify(event);
    const by = actorOf(event.data, this.#keyNames, kind) ?? this.#infer(kind, event.t100ms);
    this.#remember(kind, event, by);
    return {
      kind,
      at,
      device: this.#device,
      ...(by && { by }),
      ...(old && { old }),
      ...(detail && { detail }),
    };
  }

  #remember(kind: JournalKind, { t100ms, state }: DeviceEvent['event'], by: Actor | undefined): void {
    const operator = kind === 'manual-button' ? MANUAL_BUTTON : OPERATIONS.includes(kind) ? by : undefined;
    if (operator) this.#trigger = { by: operator, t100ms, state };
    // Explained once; and after a restart the device's clock begins anew.
    else if (kind === 'opened' || kind === 'closed' || kind === 'restarted') this.#trigger = undefined;
  }

  #infer(kind: JournalKind, t100ms: number): Actor | undefined {
    const trigger = this.#trigger;
    if (!trigger || (kind !== 'opened' && kind !== 'closed')) return undefined;
    const since = t100ms - trigger.t100ms;
    const [before, within] =
      kind === 'opened' ? ['closed', OPENED_WITHIN_100MS] : ['open', CLOSED_WITHIN_100MS];
    if (trigger.state !== before || since < 0 || since > within) return undefined;
    return { ...trigger.by, inferred: true };
  }
}

interface Classified {
  readonly kind: JournalKind;
  readonly detail?: Detail;
}

const SIMPLE: ReadonlyMap<string, Classified> = new Map([
  ['RelayTrigger', { kind: 'relay-triggered' }],
  ['SecondaryRelayTrigger', { kind: 'secondary-relay-triggered' }],
  ['OutputHeldActive', { kind: 'output-held' }],
  ['SecondaryOutputHeldActive', { kind: 'secondary-output-held' }],
  ['Connected', { kind: 'connected' }],
  ['Restart', { kind: 'restarted' }],
  ['DoorbellPushed', { kind: 'doorbell' }],
  ['ManualButtonPushed', { kind: 'manual-button' }],
  ['ManualButtonEnabled', setting('manual button', 'enabled')],
  ['ManualButtonDisabled', setting('manual button', 'disabled')],
  ['DoorbellEnabled', setting('doorbell', 'enabled')],
  ['DoorbellDisabled', setting('doorbell', 'disabled')],
  ['SensorEnabled', setting('status sensor', 'enabled')],
  ['SensorFlipped', setting('status sensor', 'flipped')],
  ['SensorDisabled', setting('status sensor', 'disabled')],
  ['Output1Activated', output(1, true)],
  ['Output1Deactivated', output(1, false)],
  ['Output2Activated', output(2, true)],
  ['Output2Deactivated', output(2, false)],
]);

function classify(event: DeviceEvent['event']): Classified {
  const { type, state, data } = event;
  if (type === 'StateChange') {
    if (state === 'open') return { kind: 'opened' };
    if (state === 'closed') return { kind: 'closed' };
    return { kind: 'settings-changed', detail: { setting: 'status sensor', change: 'gone' } };
  }
  const simple = SIMPLE.get(type);
  if (simple) return simple;
  if (type === 'LeftOpen') return { kind: 'left-open', detail: { openFor: openFor(data) } };
  if (type === 'KeyManagement') return { kind: 'key-managed', detail: rightsOf(data) };
  return { kind: 'other-event', detail: { type: event.name ?? type } };
}

function setting(name: string, change: string): Classified {
  return { kind: 'settings-changed', detail: { setting: name, change } };
}

function output(number: number, active: boolean): Classified {
  return { kind: 'output-changed', detail: { output: number, active } };
}

/** Milliseconds. */
function openFor(data: unknown): number {
  const time = isObject(data) ? own(data, 'timeOpen100ms') : undefined;
  return typeof time === 'number' ? time * 100 : 0;
}

/** A managed key is what it was done to, not who did it: the device does not tell that. */
function rightsOf(data: unknown): Detail {
  if (!isObject(data)) return {};
  const keys = ['keyNr', 'keyType', 'bluetooth', 'wifi', 'internet', 'notification', 'isRemoved'];
  const entries = keys.map((key) => [key, own(data, key)] as const);
  return Object.fromEntries(
    entries.filter(
      (entry): entry is readonly [string, string | number | boolean] =>
        typeof entry[1] === 'string' || typeof entry[1] === 'number' || typeof entry[1] === 'boolean',
    ),
  );
}

function actorOf(data: unknown, keyNames: KeyNames, kind: JournalKind): Actor | undefined {
  if (kind === 'key-managed' || kind === 'other-event' || !isObject(data)) return undefined;
  const keyNr = own(data, 'keyNr');
  const keyType = own(data, 'keyType');
  const via = own(data, 'via');
  if (typeof keyNr !== 'number' || typeof keyType !== 'string' || typeof via !== 'string') return undefined;
  // The API key has no number in the app that anybody could have given a name.
  const name = keyType === 'api key' ? undefined : keyNames.get(keyNr);
  return { keyNr, keyType, via, ...(name !== undefined && { name }) };
}
