import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEvent, PARSERS, type Method } from '../../src/channel/protocol.ts';

const OK = true;
const device = 'Garage';

describe('parameters', () => {
  it.each<[Method, unknown, object | RegExp | typeof OK]>([
    ['status', undefined, OK],
    ['status', {}, OK],
    ['status', { x: 1 }, /no parameters/],
    ['status', [], /no parameters/],
    ['query', { device }, { device }],
    ['query', {}, /"device"/],
    ['query', { device: ' ' }, /"device"/],
    ['query', { device: 7 }, /"device"/],
    ['query', 'Garage', /"device"/],
    ['command', { device, command: 'open' }, { device, command: 'open' }],
    ['command', { device, command: 'open', minutes: 5 }, { device, command: 'open', minutes: 5 }],
    ['command', { device, command: 'hold', minutes: 1 }, { device, command: 'hold', minutes: 1 }],
    ['command', { device, command: 'hold' }, /needs "minutes"/],
    ['command', { device, command: 'restart', minutes: 1 }, /no "minutes"/],
    ['command', { device, command: 'open', minutes: 0.5 }, /"minutes"/],
    ['command', { device, command: 'open', minutes: '5' }, /"minutes"/],
    ['command', { device, command: 'open', minutes: -1 }, /"minutes"/],
    ['command', { device, command: 'OPEN' }, /"command"/],
    ['command', { device, command: 'constructor' }, /"command"/],
    ['command', { command: 'open' }, /"device"/],
    ['journal', undefined, { limit: 100 }],
    ['journal', { kinds: ['opened'], since: 5, limit: 5000 }, { kinds: ['opened'], since: 5, limit: 5000 }],
    ['journal', { limit: 0 }, /"limit"/],
    ['journal', { limit: 5001 }, /"limit"/],
    ['journal', { kinds: 'opened' }, /"kinds"/],
    ['journal', { kinds: [1] }, /"kinds"/],
    ['journal', { since: 'now' }, /"since"/],
    ['journal', { person: [] }, /"person"/],
    ['journal', { device: '' }, /"device"/],
    ['journal', [], /object/],
    ['subscribe', { topics: ['door', 'journal'] }, { topics: ['door', 'journal'] }],
    ['subscribe', { topics: [] }, { topics: [] }],
    ['subscribe', { topics: ['secrets'] }, /"topics"/],
    ['unsubscribe', undefined, /"topics"/],
  ])('%s %j', (method, value, expected) => {
    const parsed = PARSERS[method](value);
    if (expected instanceof RegExp) {
      expect(parsed).toMatchObject({ ok: false, problem: expect.stringMatching(expected) as string });
    } else {
      expect(parsed).toMatchObject({ ok: true, params: expected === OK ? {} : expected });
    }
  });

  it('never throw, and are not read through the prototype', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(PARSERS)), fc.anything({ maxDepth: 1 }), (method, value) => {
        expect(typeof PARSERS[method as Method](value).ok).toBe('boolean');
      }),
    );
    const inherited = JSON.parse('{"__proto__":{"device":"Garage","command":"open"}}') as unknown;
    expect(PARSERS.command(inherited).ok).toBe(false);
    expect(PARSERS.journal(JSON.parse('{"__proto__":{"limit":-1}}')).ok).toBe(true);
  });
});

it('an event has a topic that is known', () => {
  expect(parseEvent({ topic: 'door', data: 1 })).toEqual({ topic: 'door', data: 1 });
  expect(parseEvent({ topic: 'x' })).toBeUndefined();
  expect(parseEvent(null)).toBeUndefined();
});
