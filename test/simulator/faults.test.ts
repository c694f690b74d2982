import { describe, expect, it } from 'vitest';
import { FAULT_NAMES, faultSummary, isFaultName, type FaultName } from '../../src/simulator/faults.ts';
import { TableTop } from './table-top.ts';

/** What a client lives through until the first response: what it got, and how it ended. */
function handshake(fault: FaultName): { got: string[]; ends: string[]; errors: readonly string[] } {
  const top = new TableTop();
  top.faults.enable(fault);
  const { client, ends } = top.connect();
  const got: string[] = [];
  const step = (name: string, act: () => void): void => {
    const before = client.frames.length;
    if (ends.length === 0) act();
    if (client.frames.slice(before).some(({ type }) => type !== 'ERROR')) got.push(name);
  };
  step('hello', () => client.hello());
  step('challenge', () => client.auth());
  step('response', () => client.act({ type: 'QUERY' }));
  step('later response', () => client.act({ type: 'QUERY' }));
  return { got, ends, errors: client.errors };
}

describe('faults in the handshake', () => {
  it.each<[FaultName, string[], string[]]>([
    ['close-on-connect', [], []],
    ['close-on-hello', [], []],
    ['close-on-auth', ['hello'], []],
    ['close-on-challenge', ['hello', 'challenge'], []],
    ['close-on-first-action', ['hello', 'challenge'], []],
    ['close-on-ready', ['hello', 'challenge', 'response'], []],
    ['authentication-error', ['hello'], ['authentication error']],
    ['authentication-error-after-challenge', ['hello', 'challenge'], ['authentication error']],
    ['authentication-error-later', ['hello', 'challenge', 'response'], ['authentication error']],
  ])('%s', (fault, got, errors) => {
    expect(handshake(fault)).toEqual({ got, errors, ends: ['close'] });
  });

  it('slot-taken closes soon after the session is ready', async () => {
    const top = new TableTop();
    top.faults.enable('slot-taken');
    const { client, ends } = top.ready();
    await top.clock.advance(199);
    expect([client.responses.length, ends]).toEqual([1, []]);
    await top.clock.advance(1);
    expect(ends).toEqual(['close']);
  });

  it('slot-taken may come later', async () => {
    const top = new TableTop();
    top.faults.enable('slot-taken', { delay: 5_000 });
    const { ends } = top.ready();
    await top.clock.advance(4_999);
    expect(ends).toEqual([]);
    await top.clock.advance(1);
    expect(ends).toEqual(['close']);
  });
});

describe('faults of frames', () => {
  it.each(['wrong-mac', 'corrupted-byte'] as const)('%s: no frame can be opened', (fault) => {
    const top = new TableTop();
    const { client } = top.ready();
    top.faults.enable(fault);
    client.act({ type: 'QUERY' });
    top.device.pushDoorbell();
    expect([client.failures, client.responses.length]).toEqual([['mac', 'mac'], 1]);
  });

  it('silence: nothing in, nothing out, and the socket stays open', async () => {
    const top = new TableTop();
    const { client, ends } = top.ready();
    const received = client.frames.length;
    top.faults.enable('silence');
    client.ping();
    client.act({ type: 'OPEN' });
    top.device.pushDoorbell();
    await top.clock.advance(600_000);
    expect([client.frames.length, ends, top.device.gate.motion]).toEqual([received, [], 'stopped']);
    top.faults.disable('silence');
    client.lastActionId!--;
    client.act({ type: 'QUERY' });
    expect(client.eventTypes).toEqual(['DoorbellPushed']);
  });

  it('late-answers: answers come later, in their order', async () => {
    const top = new TableTop();
    const { client } = top.ready();
    top.faults.enable('late-answers', { delay: 700 });
    client.act({ type: 'OPEN' });
    client.ping();
    await top.clock.advance(699);
    expect(client.responses).toHaveLength(1);
    await top.clock.advance(1);
    expect(client.frames.slice(-2).map(({ type }) => type)).toEqual(['ENCRYPTED', 'PONG']);
    expect(client.lastResponse).toMatchObject({ type: 'OPEN', success: true });
  });

  it('late-answers are 3 s late unless said otherwise, and never come after the end', async () => {
    const top = new TableTop();
    const { client, conversation } = top.ready();
    top.faults.enable('late-answers');
    client.ping();
    await top.clock.advance(2_999);
    expect(client.frames.at(-1)?.type).not.toBe('PONG');
    await top.clock.advance(1);
    expect(client.frames.at(-1)?.type).toBe('PONG');
    client.ping();
    conversation.end('reset', 'test');
    expect(top.clock.pending).toBe(0);
  });

  it('wrong-id', () => {
    const top = new TableTop();
    const { client } = top.ready();
    top.faults.enable('wrong-id');
    client.act({ type: 'QUERY' });
    expect(client.lastResponse.id).toBe(client.lastActionId! + 1);
  });

  it('garbage-frames', () => {
    const top = new TableTop();
    const { client } = top.ready();
    top.faults.enable('garbage-frames');
    expect(client.failures).toEqual(['is not a JSON object']);
  });
});

describe('faults of commands', () => {
  it.each<[FaultName, { moves: boolean; answers: boolean; ends: string[] }]>([
    ['unanswered-not-executed', { moves: false, answers: false, ends: [] }],
    ['unanswered-executed', { moves: true, answers: false, ends: [] }],
    ['drop-before-execution', { moves: false, answers: false, ends: ['reset'] }],
    ['drop-after-execution', { moves: true, answers: false, ends: ['reset'] }],
    ['rejected-commands', { moves: false, answers: true, ends: [] }],
  ])('%s', (fault, { moves, answers, ends: end }) => {
    const top = new TableTop();
    const { client, ends } = top.ready();
    top.faults.enable(fault);
    client.act({ type: 'QUERY' });
    expect(client.lastResponse).toMatchObject({ type: 'QUERY', success: true });
    client.act({ type: 'OPEN' });
    expect(top.device.gate.motion).toBe(moves ? 'opening' : 'stopped');
    expect(client.lastResponse.type).toBe(answers ? 'OPEN' : 'QUERY');
    expect(ends).toEqual(end);
  });

  it('can be for certain actions alone', () => {
    const top = new TableTop();
    const { client } = top.ready();
    top.faults.enable('unanswered-not-executed', { actions: ['QUERY', 'CLOSE'] });
    client.act({ type: 'QUERY' });
    client.act({ type: 'CLOSE' });
    client.act({ type: 'TRIGGER' });
    expect(client.responses.map(({ type }) => type)).toEqual(['QUERY', 'TRIGGER']);
  });

  it.each([
    [{}, 'ERR_INVALID_REQUEST'],
    [{ errorCode: 'ERR_STRANGE' }, 'ERR_STRANGE'],
  ])('rejected-commands with %o says %s', (options, errorCode) => {
    const top = new TableTop();
    const { client } = top.ready();
    top.faults.enable('rejected-commands', options);
    client.act({ type: 'TRIGGER' });
    expect(client.lastResponse).toMatchObject({ success: false, relayTriggered: false, errorCode });
  });

  it('leave the events of a command that was executed for the next session', () => {
    const top = new TableTop();
    const { client } = top.ready();
    top.faults.enable('drop-after-execution', { times: 1 });
    client.act({ type: 'OPEN' });
    expect(client.eventTypes).toEqual([]);
    expect(top.ready().client.eventTypes).toEqual(['RelayTrigger']);
  });
});

describe('faults of events', () => {
  it('lost-state-change: never sent, not even later', async () => {
    const top = new TableTop();
    const { client } = top.ready();
    top.faults.enable('lost-state-change');
    client.act({ type: 'OPEN' });
    await top.clock.advance(10_000);
    expect([client.eventTypes, top.device.sensor]).toEqual([['RelayTrigger'], 'open']);
    top.faults.disable('lost-state-change');
    expect(top.ready().client.eventTypes).toEqual([]);
  });

  it('lost-state-change once loses one', async () => {
    const top = new TableTop({ relayTime: 0 });
    const { client } = top.ready();
    top.faults.enable('lost-state-change', { times: 1 });
    client.act({ type: 'OPEN' });
    await top.clock.advance(10_000);
    client.act({ type: 'CLOSE' });
    await top.clock.advance(10_000);
    expect(client.eventTypes).toEqual(['RelayTrigger', 'RelayTrigger', 'StateChange']);
    expect(client.events.at(-1)?.state).toBe('closed');
  });

  it('duplicate-events', () => {
    const top = new TableTop();
    const { client } = top.ready();
    top.faults.enable('duplicate-events');
    top.device.pushDoorbell();
    expect(client.events.map(({ cnt }) => cnt)).toEqual([1, 1]);
  });

  it('replayed-events: a new session is sent what the one before was sent', () => {
    const top = new TableTop();
    top.ready();
    top.device.pushDoorbell();
    expect(top.ready().client.eventTypes).toEqual([]);
    top.faults.enable('replayed-events', { times: 1 });
    expect(top.ready().client.eventTypes).toEqual(['DoorbellPushed']);
    expect(top.ready().client.eventTypes).toEqual([]);
  });

  it('duplicate-events and lost-state-change go together', async () => {
    const top = new TableTop();
    const { client } = top.ready();
    top.faults.enable('duplicate-events');
    top.faults.enable('lost-state-change');
    client.act({ type: 'OPEN' });
    await top.clock.advance(10_000);
    expect(client.eventTypes).toEqual(['RelayTrigger', 'RelayTrigger']);
  });

  it.each([
    [true, {}, 50, 'Connected'],
    [true, { count: 7 }, 7, 'Connected'],
    [false, { count: 3 }, 3, 'StateChange'],
  ] as const)('event-burst, logging %s, %o: %d of %s', (logging, options, count, type) => {
    const top = new TableTop({ logging });
    const { client } = top.ready();
    top.faults.enable('event-burst', options);
    expect(client.eventTypes).toEqual(Array.from({ length: count }, () => type));
  });

  it('clock-restart: t100ms and cnt begin anew in the middle of a session', () => {
    const top = new TableTop();
    const { client } = top.ready();
    top.device.pushDoorbell();
    expect(client.lastResponse.t100ms).toBe(36_000);
    top.faults.enable('clock-restart');
    client.act({ type: 'QUERY' });
    top.device.pushDoorbell();
    expect([client.lastResponse.t100ms, client.events.map(({ cnt }) => cnt)]).toEqual([0, [1, 0]]);
  });

  it('reset-now', () => {
    const top = new TableTop();
    const { ends } = top.ready();
    top.faults.enable('reset-now');
    expect(ends).toEqual(['reset']);
  });
});

describe('the switches', () => {
  it('tell what is on, and forget what acts at once', () => {
    const { faults } = new TableTop();
    const changes: string[] = [];
    faults.changed.on(({ name, on }) => changes.push(`${name} ${on ? 'on' : 'off'}`));
    faults.enable('silence');
    faults.enable('wrong-mac');
    faults.enable('reset-now');
    expect(faults.active).toEqual(['silence', 'wrong-mac']);
    faults.disableAll();
    faults.disable('silence');
    expect(faults.active).toEqual([]);
    expect(changes).toEqual(['silence on', 'wrong-mac on', 'reset-now on', 'silence off', 'wrong-mac off']);
  });

  it.each([
    ['refuse-upgrade', 'refuse'],
    ['reset-upgrade', 'reset'],
    ['ignore-upgrade', 'ignore'],
  ] as const)('%s acts as often as it is told', (name, how) => {
    const { faults } = new TableTop();
    faults.enable(name, { times: 2 });
    expect([faults.upgrade(), faults.upgrade(), faults.upgrade()]).toEqual([how, how, undefined]);
  });

  it('have a summary each', () => {
    expect(FAULT_NAMES.filter((name) => faultSummary(name).length < 10)).toEqual([]);
    expect([isFaultName('silence'), isFaultName('toString'), isFaultName(7)]).toEqual([true, false, false]);
  });
});
