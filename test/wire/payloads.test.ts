import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actionPayload, parseResponse } from '../../src/wire/actions.ts';
import { EVENT_TYPES, parseEvent } from '../../src/wire/events.ts';
import { parsePayload } from '../../src/wire/payloads.ts';

const base = { cnt: 311, state: 'closed', t100ms: 12346 };
const keyUse = { keyNr: 5, keyType: 'unique key', via: 'wifi' };
const rights = {
  keyNr: 15,
  keyType: 'unique key',
  bluetooth: true,
  wifi: true,
  internet: false,
  notification: true,
  isRemoved: false,
};
const dataOf: Readonly<Record<string, unknown>> = {
  RelayTrigger: keyUse,
  SecondaryRelayTrigger: keyUse,
  Connected: keyUse,
  OutputHeldActive: keyUse,
  SecondaryOutputHeldActive: keyUse,
  LeftOpen: { timeOpen100ms: 3000 },
  KeyManagement: rights,
};

describe('events', () => {
  it('names all 22 types of versions 1 to 3', () => expect(new Set(EVENT_TYPES).size).toBe(22));

  it.each(EVENT_TYPES)('reads %s', (type) => {
    const data = dataOf[type];
    const event = { ...base, type, ...(data !== undefined && { data }) };
    expect(parsePayload({ event })).toEqual({ kind: 'event', event });
  });

  it('reads KeyManagement under the key that the v1 text prints', () => {
    const event = { ...base, type: 'KeyManagement', data: rights };
    expect(parsePayload({ KeyManagement: event })).toEqual({ kind: 'event', event });
  });

  it('keeps a type that no version knows, with what it carried', () => {
    const event = { ...base, type: 'PartyMode', data: { on: true } };
    expect(parseEvent(event)).toEqual({ ...base, type: 'Unknown', name: 'PartyMode', data: { on: true } });
  });

  it.each([
    ['RelayTrigger', { keyNr: 'x' }],
    ['RelayTrigger', { ...keyUse, via: '\u0007' }],
    ['RelayTrigger', undefined],
    ['LeftOpen', { timeOpen100ms: -1 }],
    ['KeyManagement', { keyType: 'unique key' }],
  ])('passes a %s on as unknown when its data is %j', (type, data) => {
    expect(parseEvent({ ...base, type, data })).toMatchObject({ type: 'Unknown', name: type });
  });

  it.each([
    [{ ...base, type: 7 }],
    [{ ...base, type: 'StateChange', cnt: -1 }],
    [{ ...base, type: 'StateChange', cnt: 1.5 }],
    [{ ...base, type: 'StateChange', state: 'ajar' }],
    [{ ...base, type: 'StateChange', t100ms: '1' }],
    [null],
    ['StateChange'],
  ])('refuses %j', (event) => expect(parsePayload({ event })).toMatchObject({ kind: 'unknown' }));
});

describe('responses', () => {
  const response = {
    type: 'OPEN',
    id: 7,
    success: true,
    state: 'closed',
    t100ms: 1,
    relayTriggered: true,
    errorCode: '',
  };

  it('reads a failure with its code', () => {
    const busy = { ...response, success: false, relayTriggered: false, errorCode: 'ERR_RELAY_BUSY' };
    expect(parseResponse(busy)).toEqual(busy);
  });

  it('does without an error code, and takes none that is not a word', () => {
    expect(parseResponse({ ...response, errorCode: undefined })).toEqual(response);
    expect(parseResponse({ ...response, errorCode: 'ERR_X\n<b>' })).toMatchObject({ errorCode: 'ERR_Xb' });
  });

  it.each([
    ['type', 'EXPLODE'],
    ['id', -1],
    ['id', 0x80000000],
    ['success', 'true'],
    ['state', 'half'],
    ['t100ms', null],
    ['relayTriggered', 1],
  ])('refuses one whose %s is %j', (key, value) => {
    expect(parsePayload({ response: { ...response, [key]: value } })).toMatchObject({ kind: 'unknown' });
  });
});

describe('challenges', () => {
  const challenge = { sessionKey: Buffer.alloc(32, 1).toString('base64'), initialActionId: 0 };

  it('reads one with and without a type', () => {
    expect(parsePayload({ challenge })).toMatchObject({ kind: 'challenge' });
    expect(parsePayload({ challenge: { ...challenge, type: 'CHALLENGE' } })).toMatchObject({
      kind: 'challenge',
    });
  });

  it.each([
    ['sessionKey', Buffer.alloc(16).toString('base64')],
    ['sessionKey', 'x'],
    ['sessionKey', 7],
    ['initialActionId', -1],
    ['initialActionId', '1'],
  ])('refuses one whose %s is %j, without quoting it', (key, value) => {
    expect(parsePayload({ challenge: { ...challenge, [key]: value } })).toEqual({
      kind: 'unknown',
      problem: 'is not a valid challenge',
    });
  });

  it('does not print its session key', () => {
    const payload = parsePayload({ challenge });
    expect(JSON.stringify(payload)).not.toContain(challenge.sessionKey);
  });
});

describe('parsePayload', () => {
  it('never throws, and is not misled by the prototype', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(parsePayload(value)).toHaveProperty('kind');
      }),
    );
    const polluted: unknown = JSON.parse('{"__proto__":{"response":{"type":"OPEN"}},"constructor":{}}');
    expect(parsePayload(polluted)).toMatchObject({ kind: 'unknown' });
    expect(({} as Record<string, unknown>)['response']).toBeUndefined();
  });
});

describe('actionPayload', () => {
  it.each([
    [{ type: 'QUERY' }, '{"action":{"type":"QUERY","id":5}}'],
    [{ type: 'OPEN', duration: 10 }, '{"action":{"type":"OPEN","id":5,"duration":10}}'],
  ] as const)('%j', (action, expected) => expect(actionPayload(action, 5)).toBe(expected));
});
