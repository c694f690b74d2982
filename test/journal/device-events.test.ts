import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeviceEvents, type DeviceEvent } from '../../src/journal/device-events.ts';
import { JOURNAL_KINDS, type JournalDraft } from '../../src/journal/entry.ts';
import { EVENT_TYPES, parseEvent } from '../../src/wire/events.ts';

const GARAGE = { id: 'a1', name: 'Garage' };
const NAMES = new Map([[3, 'kitchen tablet']]);

/** An event as it comes from the wire, so that the shapes cannot drift apart. */
function event(type: string, state: string, t100ms: number, data?: unknown, old = false): DeviceEvent {
  const parsed = parseEvent({ type, state, t100ms, cnt: 7, ...(data !== undefined && { data }) });
  return { event: parsed!, at: old ? undefined : 1_700_000_000_000, old };
}

const byTablet = { keyNr: 3, keyType: 'unique key', via: 'bluetooth' };
const tablet = { ...byTablet, name: 'kitchen tablet' };

describe('device events as journal entries', () => {
  it.each<[string, string, unknown, Partial<JournalDraft>]>([
    ['StateChange', 'open', undefined, { kind: 'opened' }],
    ['StateChange', 'closed', undefined, { kind: 'closed' }],
    [
      'StateChange',
      'no sensor',
      undefined,
      { kind: 'settings-changed', detail: { setting: 'status sensor', change: 'gone' } },
    ],
    ['RelayTrigger', 'closed', byTablet, { kind: 'relay-triggered', by: tablet }],
    ['SecondaryRelayTrigger', 'closed', byTablet, { kind: 'secondary-relay-triggered', by: tablet }],
    ['Connected', 'closed', byTablet, { kind: 'connected', by: tablet }],
    ['OutputHeldActive', 'open', byTablet, { kind: 'output-held', by: tablet }],
    ['SecondaryOutputHeldActive', 'open', byTablet, { kind: 'secondary-output-held', by: tablet }],
    ['LeftOpen', 'open', { timeOpen100ms: 3000 }, { kind: 'left-open', detail: { openFor: 300_000 } }],
    ['Restart', 'closed', undefined, { kind: 'restarted' }],
    ['DoorbellPushed', 'closed', undefined, { kind: 'doorbell' }],
    ['ManualButtonPushed', 'closed', undefined, { kind: 'manual-button' }],
    [
      'ManualButtonDisabled',
      'closed',
      undefined,
      { kind: 'settings-changed', detail: { setting: 'manual button', change: 'disabled' } },
    ],
    [
      'SensorFlipped',
      'open',
      undefined,
      { kind: 'settings-changed', detail: { setting: 'status sensor', change: 'flipped' } },
    ],
    [
      'Output2Deactivated',
      'open',
      undefined,
      { kind: 'output-changed', detail: { output: 2, active: false } },
    ],
    ['Teleported', 'open', { x: 1 }, { kind: 'other-event', detail: { type: 'Teleported' } }],
    // Of a known type, but not as the specification says: that it happened is still true.
    ['RelayTrigger', 'open', { keyNr: 'x' }, { kind: 'other-event', detail: { type: 'RelayTrigger' } }],
  ])('%s (%s)', (type, state, data, expected) => {
    const draft = new DeviceEvents(GARAGE, NAMES).draft(event(type, state, 100, data));
    expect(draft).toEqual({ device: GARAGE, at: 1_700_000_000_000, ...expected });
  });

  it('keeps what was done to a key apart from who did it', () => {
    const rights = {
      keyNr: 15,
      keyType: 'guest key',
      bluetooth: true,
      wifi: false,
      internet: false,
      notification: true,
      isRemoved: false,
    };
    const draft = new DeviceEvents(GARAGE).draft(event('KeyManagement', 'open', 5, rights));
    expect(draft.by).toBeUndefined();
    expect(draft).toMatchObject({ kind: 'key-managed', detail: rights });
  });

  it('has a kind of its own for every type that the specification names', () => {
    const data = {
      ...byTablet,
      timeOpen100ms: 1,
      bluetooth: true,
    };
    for (const type of EVENT_TYPES) {
      const { kind } = new DeviceEvents(GARAGE).draft(event(type, 'open', 1, data));
      expect(JOURNAL_KINDS).toContain(kind);
      expect(kind, type).not.toBe('other-event');
    }
  });

  it('says what is old, and that its time is unknown', () => {
    const draft = new DeviceEvents(GARAGE).draft(event('DoorbellPushed', 'closed', 1, undefined, true));
    expect(draft).toMatchObject({ kind: 'doorbell', old: true, at: undefined });
  });
});

describe('who opened', () => {
  interface Step {
    readonly type: string;
    readonly state: string;
    readonly t100ms: number;
    readonly data?: unknown;
  }
  const trigger = (state: string, t100ms: number): Step => ({
    type: 'RelayTrigger',
    state,
    t100ms,
    data: byTablet,
  });
  const change = (state: string, t100ms: number): Step => ({ type: 'StateChange', state, t100ms });

  it.each<[string, Step[], boolean]>([
    ['the trigger just before', [trigger('closed', 100), change('open', 120)], true],
    ['a closing takes longer', [trigger('open', 100), change('closed', 500)], true],
    ['too long before an opening', [trigger('closed', 100), change('open', 401)], false],
    ['too long before a closing', [trigger('open', 100), change('closed', 1301)], false],
    [
      'a trigger explains one change alone',
      [trigger('closed', 1), change('open', 9), change('open', 12)],
      false,
    ],
    ['a trigger on an open gate opens nothing', [trigger('open', 100), change('open', 120)], false],
    ['a trigger on a closed gate closes nothing', [trigger('closed', 100), change('closed', 120)], false],
    ['a trigger after it', [change('open', 90), trigger('open', 100)], false],
    [
      'the clock began anew',
      [trigger('closed', 100), { type: 'Restart', state: 'closed', t100ms: 0 }, change('open', 110)],
      false,
    ],
    ['the clock ran backwards', [trigger('closed', 100), change('open', 99)], false],
  ])('%s', (_, steps, attributed) => {
    const events = new DeviceEvents(GARAGE, NAMES);
    const drafts = steps.map(({ type, state, t100ms, data }) =>
      events.draft(event(type, state, t100ms, data)),
    );
    const last = drafts.findLast(({ kind }) => kind === 'opened' || kind === 'closed')!;
    expect(last.by).toEqual(attributed ? { ...tablet, inferred: true } : undefined);
  });

  it('never throws, whatever data an event of any type carries', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.constantFrom(...EVENT_TYPES, '__proto__', 'constructor'), fc.string()),
        fc.constantFrom('open', 'closed', 'no sensor', 'odd'),
        fc.nat(),
        fc.anything({ maxDepth: 1 }),
        (type, state, t100ms, data) => {
          const input = { event: { type, state, t100ms, data }, at: undefined, old: true };
          expect(JOURNAL_KINDS).toContain(new DeviceEvents(GARAGE).draft(input).kind);
        },
      ),
    );
  });
});
