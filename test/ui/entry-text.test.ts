import { afterEach, describe, expect, it } from 'vitest';
import { entryText, personText } from '../../src/ui/public/entry-text.ts';
import { chooseLanguage } from '../../src/ui/public/language.ts';
import { durationText, timeText, weekdayText } from '../../src/ui/public/times.ts';
import type { ActorView, EntryView } from '../../src/ui/protocol.ts';

afterEach(() => {
  chooseLanguage('en');
});

const entry = (kind: string, more: Partial<EntryView> = {}): EntryView => ({
  kind,
  recordedAt: 0,
  device: 'Gate',
  detail: {},
  ...more,
});

describe('an entry of the journal', () => {
  it.each<[EntryView, string, string]>([
    [
      entry('opened', { by: { keyNr: 5, keyType: 'unique key', via: 'bluetooth' } }),
      'Gate opened by key 5 over Bluetooth',
      'Gate geöffnet von Schlüssel 5 über Bluetooth',
    ],
    [
      entry('opened', { by: { name: 'Anna', via: 'wifi' } }),
      'Gate opened by Anna over Wi-Fi',
      'Gate geöffnet von Anna über WLAN',
    ],
    [
      entry('opened', { by: { via: 'autoopen' } }),
      'Gate opened by auto-open',
      'Gate geöffnet durch Auto-open',
    ],
    [entry('closed'), 'Gate closed', 'Gate geschlossen'],
    [
      entry('command', { detail: { command: 'open' }, by: { name: 'Apple Home' } }),
      'Gate: open sent by Apple Home',
      'Gate: Öffnen gesendet von Apple Home',
    ],
    [
      entry('output-changed', { detail: { output: 1, active: true } }),
      'Gate: output 1 activated',
      'Gate: Ausgang 1 an',
    ],
    [
      entry('support-granted', {
        device: 'Study',
        detail: { computer: 'Study' },
        by: { name: 'Apple Home' },
      }),
      'Remote support of Study granted by Apple Home',
      'Fernwartung von Study erlaubt von Apple Home',
    ],
    [entry('unheard-of'), 'Gate: unheard-of', 'Gate: unheard-of'],
    [{ kind: 'plugin-started', recordedAt: 0, detail: {} }, 'Gatehouse started', 'Gatehouse gestartet'],
    [
      entry('opened', { device: '{by}', by: { name: '{device}' } }),
      '{by} opened by {device}',
      '{by} geöffnet von {device}',
    ],
  ])('%j', (one, english, german) => {
    expect(entryText(one)).toBe(english);
    chooseLanguage('de');
    expect(entryText(one)).toBe(german);
  });
});

it.each<[ActorView, string | undefined]>([
  [{}, undefined],
  [{ name: 'Anna' }, 'Anna'],
  [{ keyNr: 3 }, 'key 3'],
  [{ keyNr: 0, keyType: 'master key' }, 'the master key'],
  [{ keyNr: 7, keyType: 'guest key' }, 'guest key 7'],
  [{ keyType: 'smart home' }, 'a voice assistant'],
  [{ keyNr: 7, keyType: 'new kind' }, 'new kind 7'],
  [{ keyType: 'new kind' }, 'new kind'],
])('%j is %s', (actor, words) => {
  expect(personText(actor)).toBe(words);
});

it.each([
  [500, '1 sec', '1 Sek.'],
  [3 * 60_000, '3 min', '3 Min.'],
  [5 * 3_600_000, '5 hr', '5 Std.'],
  [3 * 86_400_000, '3 days', '3 Tg.'],
])('%i ms are %s', (milliseconds, english, german) => {
  expect(durationText(milliseconds)).toBe(english);
  chooseLanguage('de');
  expect(durationText(milliseconds)).toBe(german);
});

describe('a time', () => {
  const at = (text: string): number => new Date(text).getTime();

  it('of today is the time alone, of another day with that day', () => {
    chooseLanguage('de');
    expect(timeText(at('2026-03-04T18:05'), at('2026-03-04T20:00'))).toBe('18:05');
    expect(timeText(at('2026-03-03T18:05'), at('2026-03-04T00:01'))).toBe('Di., 3. März, 18:05');
  });

  it('of a day has its weekday', () => {
    expect(weekdayText('2026-03-04')).toBe('Wed');
    chooseLanguage('de');
    expect(weekdayText('2026-03-04')).toBe('Mi');
  });
});
