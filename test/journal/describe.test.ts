import { describe as group, expect, it } from 'vitest';
import { describe, duration } from '../../src/journal/describe.ts';
import { JOURNAL_KINDS, makeEntry, type JournalDraft } from '../../src/journal/entry.ts';

const device = { id: 'a1', name: 'Garage' };
const by = { keyNr: 3, keyType: 'unique key', via: 'bluetooth', name: 'kitchen tablet' };
const NOW = Date.UTC(2026, 4, 1);

function line(draft: JournalDraft, names?: ReadonlyMap<number, string>): string {
  return describe(makeEntry({ at: NOW, device, ...draft }, NOW), names);
}

group('a line of the journal', () => {
  it.each<[JournalDraft, string]>([
    [{ kind: 'opened', by }, 'Garage opened by kitchen tablet over Bluetooth'],
    [{ kind: 'opened' }, 'Garage opened'],
    [{ kind: 'closed', by: { name: 'Apple Home' } }, 'Garage closed by Apple Home'],
    [
      { kind: 'opened', by: { keyNr: 0, keyType: 'master key', via: 'autoopen' } },
      'Garage opened by the master key by auto-open',
    ],
    [
      { kind: 'relay-triggered', by: { keyNr: 4, keyType: 'unique key', via: 'wifi' } },
      'Garage operated by key 4 over Wi-Fi',
    ],
    [
      { kind: 'relay-triggered', by: { keyNr: 9, keyType: 'guest key', via: 'internet' } },
      'Garage operated by guest key 9 over the internet',
    ],
    [
      { kind: 'relay-triggered', by: { keyNr: 1, keyType: 'smart home', via: 'none' } },
      'Garage operated by a voice assistant',
    ],
    [
      { kind: 'relay-triggered', by: { keyNr: 1, keyType: 'retina key', via: 'telepathy' } },
      'Garage operated by retina key 1 (telepathy)',
    ],
    [{ kind: 'connected', by }, 'Kitchen tablet connected to Garage over Bluetooth'],
    [{ kind: 'doorbell' }, 'Doorbell pushed at Garage'],
    [{ kind: 'left-open', detail: { openFor: 300_000 } }, 'Garage left open for 5 min'],
    [
      { kind: 'key-managed', detail: { keyNr: 15, keyType: 'unique key', bluetooth: true, wifi: true } },
      'Garage: rights of key 15 changed (Bluetooth, Wi-Fi)',
    ],
    [
      { kind: 'key-managed', detail: { keyNr: 15, keyType: 'guest key', isRemoved: true } },
      'Garage: guest key 15 removed',
    ],
    [
      { kind: 'settings-changed', detail: { setting: 'doorbell', change: 'enabled' } },
      'Garage: doorbell enabled',
    ],
    [{ kind: 'output-changed', detail: { output: 2, active: true } }, 'Garage: output 2 activated'],
    [
      { kind: 'refused', by: { name: 'Apple Home' }, detail: { command: 'open', reason: 'read-only' } },
      'Garage: open by Apple Home refused (read-only)',
    ],
    [{ kind: 'auto-close-warning', detail: { in: 60_000 } }, 'Garage closes by itself in 1 min'],
    [
      { kind: 'auto-close', detail: { openFor: 5_400_000 } },
      'Garage closed by auto-close after it was open for 1 h 30 min',
    ],
    [
      { kind: 'support-granted', by: { name: 'Apple Home' }, detail: { computer: 'office PC' } },
      'Remote support of office PC granted by Apple Home',
    ],
    [{ kind: 'plugin-started', device: undefined }, 'Gatehouse started'],
    [{ kind: 'opened', at: undefined, by }, 'Garage opened by kitchen tablet over Bluetooth (time unknown)'],
  ])('%j', (draft, expected) => expect(line(draft)).toBe(expected));

  it('uses a name that the key was given later', () => {
    const draft: JournalDraft = { kind: 'opened', by: { keyNr: 3, keyType: 'unique key', via: 'wifi' } };
    expect(line(draft, new Map([[3, 'Anna']]))).toBe('Garage opened by Anna over Wi-Fi');
  });

  it('exists for every kind, also where details are missing', () => {
    for (const kind of JOURNAL_KINDS) {
      expect(line({ kind, device: undefined })).toMatch(/^[A-Z].{5,}[^ ]$/);
      expect(line({ kind })).not.toMatch(/undefined|null|\[object/);
    }
  });
});

group('durations', () => {
  it.each([
    [5_000, '5 s'],
    [60_000, '1 min'],
    [3_600_000, '1 h'],
    [5_400_000, '1 h 30 min'],
    [86_400_000, '24 h'],
    [259_200_000, '3 days'],
  ])('%d', (milliseconds, text) => expect(duration(milliseconds)).toBe(text));
});
