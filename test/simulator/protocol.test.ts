import { describe, expect, it } from 'vitest';
import { TableTop } from './table-top.ts';

describe('the handshake', () => {
  it.each([
    [1, { type: 'SERVER_HELLO', apiVersion: 1 }],
    [2, { type: 'SERVER_HELLO', apiVersion: 2, serialNumber: 'abc123', remootioVersion: 'remootio-1' }],
    [3, { type: 'SERVER_HELLO', apiVersion: 3, serialNumber: 'abc123', remootioVersion: 'remootio-1' }],
  ] as const)('version %d: hello, challenge, query', (apiVersion, hello) => {
    const top = new TableTop({ apiVersion, serialNumber: 'abc123', remootioVersion: 'remootio-1' });
    const { client, conversation, ends } = top.ready();
    expect(client.frames[0]).toEqual(hello);
    expect(client.payloads.map(({ kind }) => kind)).toEqual(['challenge', 'response']);
    expect(client.lastResponse).toMatchObject({
      type: 'QUERY',
      success: true,
      state: 'closed',
      errorCode: '',
    });
    expect([conversation.authenticated, ends, client.failures]).toEqual([true, [], []]);
  });

  it.each([
    [1, ['challenge']],
    [2, ['type', 'challenge']],
    [3, ['type', 'challenge']],
  ] as const)('version %d: the challenge has %o', (apiVersion, keys) => {
    const { client, conversation } = new TableTop({ apiVersion }).connect();
    client.auth();
    expect(Object.keys(client.contents[0] as object)).toEqual(keys);
    expect(conversation.authenticated).toBe(false);
  });

  it('draws another session key and another id for each session', () => {
    const top = new TableTop();
    const [one, two] = [top.ready().client, top.ready().client];
    expect(one.lastActionId).not.toBe(two.lastActionId);
  });

  it('answers PING at any time', () => {
    const { client } = new TableTop().connect();
    client.ping();
    client.hello();
    client.ping();
    expect(client.frames.map(({ type }) => type)).toEqual(['PONG', 'SERVER_HELLO', 'PONG']);
  });

  it('takes any valid action as the first one', () => {
    const { client, conversation } = new TableTop().connect();
    client.auth();
    client.act({ type: 'TRIGGER' });
    expect([conversation.authenticated, client.lastResponse.relayTriggered]).toEqual([true, true]);
  });

  it('gives a new challenge for a second AUTH, and refuses one of an authenticated session', () => {
    const { client } = new TableTop().connect();
    client.auth();
    client.auth();
    client.act({ type: 'QUERY' });
    expect(client.responses).toHaveLength(1);
    client.auth();
    expect(client.errors).toEqual(['already authenticated']);
  });
});

describe('frames that are not right', () => {
  it.each([
    ['no JSON', 'json error'],
    ['[]', 'json error'],
    ['7', 'json error'],
    ['{}', 'input error'],
    ['{"type":"SURPRISE"}', 'input error'],
    ['{"type":7}', 'input error'],
  ])('%s: %s, and the session goes on', (text, error) => {
    const { client, conversation, ends } = new TableTop().ready();
    conversation.receive(text);
    expect([client.errors, ends]).toEqual([[error], []]);
    client.act({ type: 'QUERY' });
    expect(client.responses).toHaveLength(2);
  });

  it.each([
    ['no action', '{"question":{}}'],
    ['an action of no known type', (id: number) => `{"action":{"type":"DANCE","id":${id}}}`],
    ['a duration that is no number', (id: number) => `{"action":{"type":"OPEN","id":${id},"duration":"5"}}`],
  ])('%s: input error', (_what, payload) => {
    const { client, ends } = new TableTop().ready();
    client.sendPayload(typeof payload === 'string' ? payload : payload(client.lastActionId! + 1));
    expect([client.errors, ends]).toEqual([['input error'], []]);
  });

  it('version 1 does not know TRIGGER_SECONDARY', () => {
    const { client } = new TableTop({ apiVersion: 1 }).ready();
    client.act({ type: 'TRIGGER_SECONDARY' });
    expect(client.errors).toEqual(['input error']);
  });

  it.each([
    ['an ENCRYPTED frame before AUTH', false, '{"type":"ENCRYPTED","data":{"iv":"","payload":""},"mac":""}'],
    ['a wrong MAC', true, '{"type":"ENCRYPTED","data":{"iv":"","payload":""},"mac":"AAAA"}'],
    ['no data', true, '{"type":"ENCRYPTED"}'],
  ])('%s: authentication error and the end', (_what, authenticated, text) => {
    const top = new TableTop();
    const { client, conversation, ends } = authenticated ? top.ready() : top.connect();
    conversation.receive(text);
    expect([client.errors, ends, conversation.ended]).toEqual([
      ['authentication error'],
      ['close'],
      'authentication error',
    ]);
    client.ping();
    expect(client.frames.some(({ type }) => type === 'PONG')).toBe(false);
  });

  it('a client with another auth key cannot read the challenge, nor be understood', () => {
    const { client, ends } = new TableTop().connect({ authKey: '00'.repeat(32) });
    client.auth();
    expect(client.failures).toEqual(['mac']);
    client.act({ type: 'QUERY' }, 1);
    expect([client.errors, ends]).toEqual([['authentication error'], ['close']]);
  });

  it('a client with another secret key does not get the session key, nor is it understood', () => {
    const { client, ends } = new TableTop().connect({ secretKey: '00'.repeat(32) });
    client.auth();
    expect(client.payloads).toEqual([]);
    client.act({ type: 'QUERY' }, 1);
    expect([client.errors, ends]).toEqual([['authentication error'], ['close']]);
  });
});

describe('action ids', () => {
  it.each([
    ['the same again', 0],
    ['one too many', 2],
    ['one back', -1],
  ])('%s: authentication error and the end', (_what, step) => {
    const { client, ends } = new TableTop({ initialActionId: 100 }).ready();
    client.act({ type: 'TRIGGER' }, 101 + step);
    expect([client.errors, ends, client.responses.length]).toEqual([['authentication error'], ['close'], 1]);
  });

  it.each([
    [0x7ffffffd, 0x7ffffffe],
    [0x7ffffffe, 0],
    [0x7fffffff, 1],
  ])('after %d comes %d', (initialActionId, next) => {
    const { client } = new TableTop({ initialActionId }).connect();
    client.auth();
    client.act({ type: 'QUERY' }, next);
    expect(client.lastResponse.id).toBe(next);
  });
});

describe('events', () => {
  it('come after the response to the action that made them', () => {
    const { client } = new TableTop().ready();
    client.act({ type: 'OPEN' });
    expect(client.payloads.slice(2)).toMatchObject([
      { kind: 'response', response: { type: 'OPEN', relayTriggered: true } },
      { kind: 'event', event: { type: 'RelayTrigger', data: { keyType: 'api key' } } },
    ]);
  });

  it('come before it where the device is made so', () => {
    const { client } = new TableTop({ eventsFirst: true }).ready();
    client.act({ type: 'OPEN' });
    expect(client.payloads.slice(2).map(({ kind }) => kind)).toEqual(['event', 'response']);
  });

  it.each([false, true])(
    'that were missed are replayed in order, with their old numbers: %s',
    async (first) => {
      const top = new TableTop({ eventsFirst: first });
      const { client: before, conversation } = top.ready();
      top.device.pushDoorbell();
      conversation.end('close', 'test');
      top.device.operate({ keyNr: 5, keyType: 'unique key', via: 'internet' });
      await top.clock.advance(20_000);
      const { client } = top.ready();
      expect(before.eventTypes).toEqual(['DoorbellPushed']);
      expect(client.eventTypes).toEqual(['RelayTrigger', 'StateChange']);
      expect(client.events.map(({ cnt }) => cnt)).toEqual([2, 3]);
      expect(client.events[0]!.t100ms).toBeLessThan(client.lastResponse.t100ms - 190);
      const kinds = client.payloads.map(({ kind }) => kind);
      expect(kinds.indexOf('response')).toBe(first ? 3 : 1);
    },
  );

  it('that were missed are 100 at most: the newest', () => {
    const top = new TableTop();
    for (let ring = 0; ring < 130; ring++) top.device.pushDoorbell();
    const { client } = top.ready();
    expect(client.events).toHaveLength(100);
    expect(client.events.map(({ cnt }) => cnt)).toEqual(Array.from({ length: 100 }, (_, n) => n + 31));
    expect(top.ready().client.events).toEqual([]);
  });

  it('wait for the authentication', () => {
    const top = new TableTop();
    const { client } = top.connect();
    client.auth();
    top.device.pushDoorbell();
    expect(client.events).toEqual([]);
    client.act({ type: 'QUERY' });
    expect(client.eventTypes).toEqual(['DoorbellPushed']);
  });

  it('reach every client where there are several', () => {
    const top = new TableTop();
    const [one, two] = [top.ready(), top.ready()];
    top.device.pushDoorbell();
    expect([one.client.eventTypes, two.client.eventTypes]).toEqual([['DoorbellPushed'], ['DoorbellPushed']]);
  });

  it('of an earlier boot are replayed too', async () => {
    const top = new TableTop();
    top.device.pushDoorbell();
    top.device.restart('power cut');
    await top.clock.advance(2_000);
    expect(top.ready().client.events).toMatchObject([
      { type: 'DoorbellPushed', cnt: 1 },
      { type: 'Restart', cnt: 0, t100ms: 16 },
    ]);
  });

  it.each([1, 2, 3] as const)('KeyManagement of version %d is understood', (apiVersion) => {
    const top = new TableTop({ apiVersion });
    const { client } = top.ready();
    const rights = { bluetooth: true, wifi: true, internet: false, notification: true, isRemoved: false };
    top.device.changeKey({ keyNr: 15, keyType: 'unique key', ...rights });
    expect(client.events).toMatchObject([{ type: 'KeyManagement', data: { keyNr: 15, ...rights } }]);
    expect(Object.keys(client.contents.at(-1) as object)).toEqual([
      apiVersion === 1 ? 'KeyManagement' : 'event',
    ]);
  });
});

describe('time limits', () => {
  it('ends a session that is not authenticated after 30 s, whatever it says', async () => {
    const top = new TableTop();
    const { client, ends } = top.connect();
    client.auth();
    await top.clock.advance(20_000);
    client.ping();
    await top.clock.advance(9_999);
    expect([client.errors, ends]).toEqual([[], []]);
    await top.clock.advance(1);
    expect([client.errors, ends]).toEqual([['authentication timeout'], ['close']]);
    expect(top.clock.pending).toBe(0);
  });

  it('ends an authenticated session that is silent for 120 s; what it sends itself does not count', async () => {
    const top = new TableTop();
    const { client, ends } = top.ready();
    await top.clock.advance(119_999);
    client.ping();
    await top.clock.advance(60_000);
    top.device.pushDoorbell();
    await top.clock.advance(59_999);
    expect([client.errors, ends]).toEqual([[], []]);
    await top.clock.advance(1);
    expect([client.errors, ends]).toEqual([['connection timeout'], ['close']]);
    expect(top.clock.pending).toBe(0);
  });
});

describe('RESTART', () => {
  it('is answered, and then the device is down', () => {
    const top = new TableTop();
    const { client } = top.ready();
    client.act({ type: 'RESTART' });
    expect(client.lastResponse).toMatchObject({ type: 'RESTART', success: true, relayTriggered: false });
    expect(top.device.booting).toBe(true);
  });
});

it('tells what happens, and nothing secret', () => {
  const top = new TableTop();
  const { client } = top.ready();
  client.act({ type: 'TRIGGER', duration: 2 });
  expect(top.happenings.map(({ event }) => event)).toEqual([
    ...['frame', 'frame', 'frame', 'action', 'authenticated', 'frame', 'action', 'eventSent', 'eventSent'],
  ]);
  expect(top.happenings.filter(({ event }) => event === 'action').at(-1)).toEqual({
    event: 'action',
    connection: 1,
    type: 'TRIGGER',
    duration: 2,
    id: client.lastActionId,
    executed: true,
    answered: true,
    relayTriggered: true,
    errorCode: '',
  });
  const { secretKey, authKey } = top.device.settings;
  expect(JSON.stringify(top.happenings)).not.toMatch(new RegExp(`${secretKey}|${authKey}|sessionKey|mac`));
});
