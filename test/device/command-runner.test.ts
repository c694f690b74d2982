import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { CommandError, type CommandErrorCode } from '../../src/device/errors.ts';
import { RemootioDevice } from '../../src/device/remootio-device.ts';
import type { CommandOptions, OutputOptions } from '../../src/device/types.ts';
import { silentLog } from '../../src/base/log.ts';
import { SessionError, type SessionErrorCode } from '../../src/session/errors.ts';
import type { Action, ActionResponse } from '../../src/wire/actions.ts';
import type { ApiVersion } from '../../src/wire/frames.ts';
import { FakeClock, settle } from '../helpers/fake-clock.ts';
import { FakeLink } from './fake-link.ts';

type Command = 'query' | 'open' | 'close' | 'trigger' | 'triggerSecondary' | 'restart';

function setUp() {
  const clock = new FakeClock();
  const link = new FakeLink(clock);
  const device = new RemootioDevice({ link, clock, log: silentLog });
  return { clock, link, device };
}

function online(apiVersion: ApiVersion = 3) {
  const all = setUp();
  all.device.start();
  all.link.connect({}, { apiVersion });
  return all;
}

/** The code with which it failed, or `done`. */
async function outcome(promise: Promise<ActionResponse>): Promise<CommandErrorCode | 'done'> {
  try {
    await promise;
    return 'done';
  } catch (error) {
    expect(error).toBeInstanceOf(CommandError);
    return (error as CommandError).code;
  }
}

async function failure(promise: Promise<ActionResponse>): Promise<CommandError> {
  return promise.then(
    () => expect.fail('should have failed'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(CommandError);
      return error as CommandError;
    },
  );
}

/** Whether it has failed or succeeded by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const note = (): boolean => (settled = true);
  promise.then(note, note);
  await settle();
  return settled;
}

describe('commands', () => {
  it.each<[Command, OutputOptions, Action]>([
    ['query', {}, { type: 'QUERY' }],
    ['open', {}, { type: 'OPEN' }],
    ['close', {}, { type: 'CLOSE' }],
    ['trigger', {}, { type: 'TRIGGER' }],
    ['triggerSecondary', {}, { type: 'TRIGGER_SECONDARY' }],
    ['restart', {}, { type: 'RESTART' }],
    ['open', { holdMinutes: 1 }, { type: 'OPEN', duration: 1 }],
    ['close', { holdMinutes: 90 }, { type: 'CLOSE', duration: 90 }],
    ['trigger', { holdMinutes: 5 }, { type: 'TRIGGER', duration: 5 }],
    ['triggerSecondary', { holdMinutes: 5 }, { type: 'TRIGGER_SECONDARY', duration: 5 }],
  ])('%s %o is sent at once and answered with the response', async (command, options, action) => {
    const { link, device } = online();
    const answer = device[command](options);
    expect(link.sent).toEqual([action]);
    link.answer({ relayTriggered: true, state: 'open' });
    expect(await answer).toMatchObject({ type: action.type, relayTriggered: true, state: 'open' });
  });

  it('hands deadline and signal on to the link', () => {
    const { clock, link, device } = online();
    const options: CommandOptions = {
      deadline: clock.monotonic() + 2_500,
      signal: new AbortController().signal,
    };
    void device.open({ ...options, holdMinutes: 2 });
    void device.query();
    expect(link.options).toEqual([options, {}]);
  });

  it.each<[string, CommandErrorCode, CommandError['outcome'], boolean]>([
    ['ERR_RELAY_BUSY', 'RELAY_BUSY', 'rejected', true],
    ['ERR_NO_SENSOR', 'NO_SENSOR', 'rejected', false],
    ['ERR_INVALID_REQUEST', 'REJECTED', 'rejected', false],
    ['ERR_OF_THE_FUTURE', 'REJECTED', 'rejected', false],
    ['', 'REJECTED', 'rejected', false],
  ])('the device answers "%s": %s', async (errorCode, code, expectedOutcome, retry) => {
    const { link, device } = online();
    const answer = device.open();
    link.answer({ success: false, errorCode, state: 'no sensor' });
    const error = await failure(answer);
    expect(error).toMatchObject({ code, outcome: expectedOutcome, retry, response: { errorCode } });
    expect(error.message).toMatch(/^OPEN: /);
  });

  it.each<[SessionErrorCode, CommandErrorCode, CommandError['outcome']]>([
    ['NOT_CONNECTED', 'OFFLINE', 'not sent'],
    ['EXPIRED', 'EXPIRED', 'not sent'],
    ['NO_ANSWER', 'NO_ANSWER', 'unknown'],
    ['CONNECTION_LOST', 'CONNECTION_LOST', 'unknown'],
  ])('the session fails with %s: %s', async (sessionCode, code, expectedOutcome) => {
    const { link, device } = online();
    const answer = device.close();
    const cause = new SessionError(sessionCode, 'because');
    link.fail(cause);
    const error = await failure(answer);
    expect(error).toMatchObject({ code, outcome: expectedOutcome, message: 'CLOSE: because', cause });
  });

  it('what fails for no known reason may have been carried out', async () => {
    const { link, device } = online();
    const answer = device.close();
    link.fail(new Error('a bug'));
    expect(await failure(answer)).toMatchObject({ code: 'CONNECTION_LOST', outcome: 'unknown' });
  });

  it.each<[Command, OutputOptions, ApiVersion, CommandErrorCode]>([
    ['triggerSecondary', {}, 1, 'NOT_SUPPORTED'],
    ['open', { holdMinutes: 1 }, 1, 'NOT_SUPPORTED'],
    ['close', { holdMinutes: 1 }, 2, 'NOT_SUPPORTED'],
    ['trigger', { holdMinutes: 1 }, 2, 'NOT_SUPPORTED'],
    ['triggerSecondary', { holdMinutes: 1 }, 2, 'NOT_SUPPORTED'],
    ['open', { holdMinutes: 0 }, 3, 'INVALID'],
    ['open', { holdMinutes: -1 }, 3, 'INVALID'],
    ['close', { holdMinutes: 0.5 }, 3, 'INVALID'],
    ['trigger', { holdMinutes: NaN }, 3, 'INVALID'],
    ['triggerSecondary', { holdMinutes: Infinity }, 3, 'INVALID'],
    ['open', { holdMinutes: 1e21 }, 3, 'INVALID'],
  ])('%s %o with API version %i: %s, and nothing is sent', async (command, options, version, code) => {
    const { link, device } = online(version);
    expect(await failure(device[command](options))).toMatchObject({
      code,
      outcome: 'not sent',
      retry: false,
    });
    expect(link.sent).toEqual([]);
    // The output is free for what does make sense.
    void device.open();
    expect(link.sent).toEqual([{ type: 'OPEN' }]);
  });

  it('version 2 has the second output', () => {
    const { link, device } = online(2);
    void device.triggerSecondary();
    expect(link.sent).toEqual([{ type: 'TRIGGER_SECONDARY' }]);
  });
});

describe('a command while another one is not answered', () => {
  it.each<[Command, OutputOptions, Command, OutputOptions, 'joins' | 'BUSY' | 'is sent']>([
    ['open', {}, 'open', {}, 'joins'],
    ['close', {}, 'close', {}, 'joins'],
    ['open', { holdMinutes: 2 }, 'open', { holdMinutes: 2 }, 'joins'],
    ['open', { holdMinutes: 2 }, 'open', {}, 'BUSY'],
    ['open', {}, 'open', { holdMinutes: 2 }, 'BUSY'],
    ['close', { holdMinutes: 2 }, 'close', { holdMinutes: 3 }, 'BUSY'],
    ['open', {}, 'close', {}, 'BUSY'],
    ['close', {}, 'open', {}, 'BUSY'],
    ['trigger', {}, 'trigger', {}, 'BUSY'],
    ['trigger', {}, 'open', {}, 'BUSY'],
    ['open', {}, 'trigger', {}, 'BUSY'],
    ['triggerSecondary', {}, 'triggerSecondary', {}, 'BUSY'],
    ['triggerSecondary', {}, 'open', {}, 'is sent'],
    ['close', {}, 'triggerSecondary', {}, 'is sent'],
    ['open', {}, 'query', {}, 'is sent'],
    ['query', {}, 'query', {}, 'is sent'],
    ['open', {}, 'restart', {}, 'is sent'],
  ])('%s %o, then %s %o: %s', async (first, firstOptions, second, secondOptions, expected) => {
    const { link, device } = online();
    const a = device[first](firstOptions);
    const b = device[second](secondOptions);
    expect(a === b).toBe(expected === 'joins');
    expect(link.sent).toHaveLength(expected === 'is sent' ? 2 : 1);
    if (expected === 'BUSY') {
      expect(await failure(b)).toMatchObject({ code: 'BUSY', outcome: 'not sent', retry: true });
    }
    while (link.unanswered > 0) link.answer();
    expect(await outcome(a)).toBe('done');
    expect(await outcome(b)).toBe(expected === 'BUSY' ? 'BUSY' : 'done');
  });

  it.each<[string, (link: FakeLink) => void]>([
    ['is answered', (link) => link.answer()],
    ['is rejected', (link) => link.answer({ success: false, errorCode: 'ERR_RELAY_BUSY' })],
    ['gets no answer', (link) => link.fail(new SessionError('NO_ANSWER', 'no answer'))],
  ])('the output is free as soon as the first one %s', async (_, end) => {
    const { link, device } = online();
    const first = device.open();
    const freed = first.then(
      () => device.close(),
      () => device.close(),
    );
    end(link);
    await settle();
    expect(link.sent.map(({ type }) => type)).toEqual(['OPEN', 'CLOSE']);
    link.answer();
    expect(await outcome(freed)).toBe('done');
  });

  it('one that waits for the connection occupies the output as well', async () => {
    const { link, device } = setUp();
    device.start();
    const first = device.open();
    expect(device.open()).toBe(first);
    expect(await outcome(device.close())).toBe('BUSY');
    link.connect();
    await settle();
    expect(link.sent).toEqual([{ type: 'OPEN' }]);
    link.answer();
    expect(await outcome(first)).toBe('done');
  });
});

describe('a command without a connection', () => {
  it.each(['stopped', 'waiting'] as const)('fails at once while the link is %s', async (state) => {
    const { clock, link, device } = setUp();
    link.state = state;
    expect(await failure(device.open())).toMatchObject({
      code: 'OFFLINE',
      outcome: 'not sent',
      retry: true,
      message: 'OPEN: There is no connection to the device.',
    });
    expect(clock.pending).toBe(0);
  });

  it('says what is wrong where that is known', async () => {
    const { link, device } = setUp();
    link.diagnosis = { code: 'port-closed', message: 'The port is closed.', remedy: 'Enable the API.' };
    expect((await failure(device.open())).message).toBe('OPEN: The port is closed. Enable the API.');
  });

  it('waits for a connection that is being made, and is sent then', async () => {
    const { clock, link, device } = setUp();
    device.start();
    const { signal } = new AbortController();
    const answer = device.open({ signal });
    await clock.advance(1_999);
    link.connect();
    await settle();
    expect(link.sent).toEqual([{ type: 'OPEN' }]);
    link.answer();
    expect(await outcome(answer)).toBe('done');
    expect(clock.pending).toBe(0);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('waits for 2 s and no longer, and is never sent after', async () => {
    const { clock, link, device } = setUp();
    device.start();
    const answer = device.open();
    await clock.advance(1_999);
    expect(await isSettled(answer)).toBe(false);
    await clock.advance(1);
    expect(await outcome(answer)).toBe('OFFLINE');
    link.connect();
    await settle();
    expect(link.sent).toEqual([]);
  });

  it('waits no longer than its deadline', async () => {
    const { clock, device } = setUp();
    device.start();
    const answer = device.open({ deadline: clock.monotonic() + 500 });
    await clock.advance(499);
    expect(await isSettled(answer)).toBe(false);
    await clock.advance(1);
    expect(await outcome(answer)).toBe('OFFLINE');
    expect(clock.pending).toBe(0);
  });

  it('fails as soon as the attempt has failed', async () => {
    const { clock, link, device } = setUp();
    device.start();
    const answer = device.open();
    link.drop('waiting');
    expect(await outcome(answer)).toBe('OFFLINE');
    expect(clock.pending).toBe(0);
  });

  it('goes on waiting when the next attempt follows at once', async () => {
    const { link, device } = setUp();
    device.start();
    const answer = device.open();
    link.drop('connecting');
    expect(await isSettled(answer)).toBe(false);
    link.connect();
    await settle();
    link.answer();
    expect(await outcome(answer)).toBe('done');
  });

  it('asks for the version when it is connected, not before', async () => {
    const { link, device } = setUp();
    device.start();
    const answer = device.triggerSecondary();
    link.connect({}, { apiVersion: 1 });
    expect(await outcome(answer)).toBe('NOT_SUPPORTED');
  });

  it('can be given up while it waits', async () => {
    const { clock, link, device } = setUp();
    device.start();
    const giveUp = new AbortController();
    const answer = device.open({ signal: giveUp.signal });
    giveUp.abort();
    expect(await outcome(answer)).toBe('EXPIRED');
    expect(clock.pending).toBe(0);
    link.connect();
    await settle();
    expect(link.sent).toEqual([]);
  });

  it('fails when the device is stopped', async () => {
    const { clock, link, device } = setUp();
    device.start();
    const waiting = device.open();
    const failed = failure(waiting);
    await device.stop();
    expect(await failed).toMatchObject({ code: 'OFFLINE', outcome: 'not sent' });
    expect(clock.pending).toBe(0);
    expect(link.ready.size).toBe(1);
    expect(link.down.size).toBe(1);
  });
});

describe('a command that comes too late', () => {
  it('is not sent after its deadline', async () => {
    const { clock, link, device } = online();
    expect(await outcome(device.open({ deadline: clock.monotonic() - 1 }))).toBe('EXPIRED');
    expect(link.sent).toEqual([]);
  });

  it('is sent at its deadline', () => {
    const { clock, link, device } = online();
    void device.open({ deadline: clock.monotonic() });
    expect(link.sent).toEqual([{ type: 'OPEN' }]);
  });

  it('is not sent when it was given up before', async () => {
    const { link, device } = online();
    expect(await outcome(device.open({ signal: AbortSignal.abort() }))).toBe('EXPIRED');
    expect(link.sent).toEqual([]);
  });
});
