import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SessionError } from '../../src/session/errors.ts';
import { ANSWER_LIMIT, RequestQueue, type RequestSender } from '../../src/session/request-queue.ts';
import type { Action, ActionResponse, ActionType } from '../../src/wire/actions.ts';
import { FakeClock, settle } from '../helpers/fake-clock.ts';

const LAST_ID = 0x7ffffffd;

interface Sent {
  readonly action: Action | undefined;
  readonly id: number | undefined;
  readonly at: number;
}

/** The queue with a socket that only writes down what it is given. */
class Bench {
  readonly clock = new FakeClock();
  readonly sent: Sent[] = [];
  readonly unanswered: string[] = [];
  readonly queue: RequestQueue;
  refusing = false;

  constructor() {
    const sender: RequestSender = {
      sendAction: (action, id) => this.#take(action, id),
      sendPing: () => this.#take(undefined, undefined),
      onUnanswered: (type) => {
        this.unanswered.push(type);
        this.queue.close();
      },
    };
    this.queue = new RequestQueue(sender, this.clock, LAST_ID);
  }

  get ids(): (number | undefined)[] {
    return this.sent.map(({ id }) => id);
  }

  #take(action: Action | undefined, id: number | undefined): boolean {
    if (this.refusing) return false;
    this.sent.push({ action, id, at: this.clock.monotonic() });
    return true;
  }
}

function response(type: ActionType, id: number): ActionResponse {
  return { type, id, success: true, state: 'closed', t100ms: 1, relayTriggered: false, errorCode: '' };
}

/** The code and outcome of a rejection. */
async function failure(promise: Promise<unknown>): Promise<readonly [string, string]> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SessionError);
  const { code, outcome, retry } = error as SessionError;
  expect(retry).toBe(outcome === 'not sent');
  return [code, outcome];
}

describe('request queue', () => {
  it('sends one frame at a time, with consecutive ids over the end of their range, in order', async () => {
    const { queue, sent, clock } = new Bench();
    const first = queue.request({ type: 'OPEN' });
    const ping = queue.ping();
    const second = queue.request({ type: 'QUERY' });
    expect(sent.map(({ action, id }) => [action?.type, id])).toEqual([['OPEN', 0x7ffffffe]]);

    await clock.advance(100);
    expect(queue.onResponse(response('OPEN', 0x7ffffffe))).toEqual({ sentAt: 1_000_000 });
    await expect(first).resolves.toMatchObject({ type: 'OPEN' });
    expect(sent).toHaveLength(2);
    expect(sent[1]).toMatchObject({ action: undefined, id: undefined });
    expect(queue.unanswered).toBeUndefined();

    expect(queue.onPong()).toBe(true);
    await expect(ping).resolves.toBeUndefined();
    expect(sent[2]).toMatchObject({ action: { type: 'QUERY' }, id: 0 });
    expect(queue.unanswered).toBe('QUERY');
    expect(queue.onResponse(response('QUERY', 0))).toEqual({ sentAt: 1_000_100 });
    await second;
    expect(clock.pending).toBe(0);
  });

  it('takes a response by id and type only', () => {
    const { queue, sent } = new Bench();
    expect(queue.onResponse(response('OPEN', 0x7ffffffe))).toBeUndefined();
    expect(queue.onPong()).toBe(false);
    void queue.request({ type: 'OPEN' });
    expect(queue.onResponse(response('OPEN', 0x7ffffffd))).toBeUndefined();
    expect(queue.onResponse(response('CLOSE', 0x7ffffffe))).toBeUndefined();
    expect(queue.onPong()).toBe(false);
    expect(sent).toHaveLength(1);
    expect(queue.onResponse(response('OPEN', 0x7ffffffe))).toBeDefined();
  });

  it('fails the caller of an action that is not answered in 5 s and ends, sending nothing more', async () => {
    const { queue, sent, unanswered, clock } = new Bench();
    const first = failure(queue.request({ type: 'OPEN' }));
    const second = failure(queue.request({ type: 'CLOSE' }));
    await clock.advance(ANSWER_LIMIT - 1);
    expect(unanswered).toEqual([]);
    await clock.advance(1);
    expect(unanswered).toEqual(['OPEN']);
    expect(await first).toEqual(['NO_ANSWER', 'unknown']);
    expect(await second).toEqual(['NOT_CONNECTED', 'not sent']);
    expect(sent).toHaveLength(1);
    expect(queue.unanswered).toBe('OPEN');
    expect(clock.pending).toBe(0);
  });

  it('says the same of a PING', async () => {
    const { queue, unanswered, clock } = new Bench();
    const ping = failure(queue.ping());
    await clock.advance(ANSWER_LIMIT);
    expect(unanswered).toEqual(['PING']);
    expect(await ping).toEqual(['NO_ANSWER', 'unknown']);
  });

  it.each([
    ['a deadline that has passed', (clock: FakeClock) => ({ deadline: clock.monotonic() })],
    ['a signal that was aborted', () => ({ signal: AbortSignal.abort() })],
  ])('does not send an action with %s', async (_name, options) => {
    const { queue, sent, clock } = new Bench();
    expect(await failure(queue.request({ type: 'OPEN' }, options(clock)))).toEqual(['EXPIRED', 'not sent']);
    expect(sent).toEqual([]);
  });

  it('drops a waiting action at its deadline, not when its turn comes', async () => {
    const { queue, sent, clock } = new Bench();
    void queue.request({ type: 'QUERY' });
    const late = failure(queue.request({ type: 'OPEN' }, { deadline: clock.monotonic() + 2500 }));
    const next = queue.request({ type: 'CLOSE' });
    await clock.advance(2500);
    expect(await late).toEqual(['EXPIRED', 'not sent']);
    queue.onResponse(response('QUERY', 0x7ffffffe));
    expect(sent.map(({ action, id }) => [action?.type, id])).toEqual([
      ['QUERY', 0x7ffffffe],
      ['CLOSE', 0],
    ]);
    queue.onResponse(response('CLOSE', 0));
    await next;
  });

  it('does not send after a deadline whose timer is late', async () => {
    const bench = new Bench();
    const { queue, clock } = bench;
    void queue.request({ type: 'QUERY' });
    const late = failure(queue.request({ type: 'OPEN' }, { deadline: clock.monotonic() + 10 }));
    // The clock stands past the deadline and no timer has fired yet, as after a busy turn of the event loop.
    const passed = clock.monotonic() + 20;
    clock.monotonic = () => passed;
    queue.onResponse(response('QUERY', 0x7ffffffe));
    expect(await late).toEqual(['EXPIRED', 'not sent']);
    expect(bench.sent).toHaveLength(1);
  });

  it('drops a waiting action when its signal is aborted, and leaves one that was sent alone', async () => {
    const { queue, sent } = new Bench();
    const abort = new AbortController();
    const first = queue.request({ type: 'QUERY' }, { signal: abort.signal });
    const second = failure(queue.request({ type: 'OPEN' }, { signal: abort.signal }));
    abort.abort();
    expect(await second).toEqual(['EXPIRED', 'not sent']);
    queue.onResponse(response('QUERY', 0x7ffffffe));
    await expect(first).resolves.toMatchObject({ type: 'QUERY' });
    expect(sent).toHaveLength(1);
  });

  it('gives no id to an action that the socket did not take', async () => {
    const bench = new Bench();
    bench.refusing = true;
    expect(await failure(bench.queue.request({ type: 'OPEN' }))).toEqual(['NOT_CONNECTED', 'not sent']);
    bench.refusing = false;
    void bench.queue.request({ type: 'OPEN' });
    expect(bench.ids).toEqual([0x7ffffffe]);
    expect(bench.clock.pending).toBe(1);
  });

  it('tells what was sent from what was not when it is closed', async () => {
    const { queue, clock } = new Bench();
    const first = failure(queue.request({ type: 'OPEN' }));
    const second = failure(queue.request({ type: 'CLOSE' }, { deadline: clock.monotonic() + 1000 }));
    queue.close();
    expect(await first).toEqual(['CONNECTION_LOST', 'unknown']);
    expect(await second).toEqual(['NOT_CONNECTED', 'not sent']);
    expect(await failure(queue.request({ type: 'QUERY' }))).toEqual(['NOT_CONNECTED', 'not sent']);
    expect(await failure(queue.ping())).toEqual(['NOT_CONNECTED', 'not sent']);
    expect(clock.pending).toBe(0);
  });
});

type Step =
  | { readonly do: 'request'; readonly deadline: number | undefined }
  | { readonly do: 'abort'; readonly which: number }
  | { readonly do: 'advance'; readonly by: number }
  | { readonly do: 'refuse'; readonly refusing: boolean }
  | { readonly do: 'ping' | 'answer' | 'answer wrongly' | 'close' };

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('request' as const),
      deadline: fc.option(fc.integer({ min: 0, max: 4000 }), { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.constant<Step>({ do: 'ping' }) },
  { weight: 6, arbitrary: fc.constant<Step>({ do: 'answer' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'answer wrongly' }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('abort' as const), which: fc.nat(8) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('advance' as const), by: fc.integer({ min: 1, max: 2000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('refuse' as const), refusing: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'close' }) },
);

interface Call {
  readonly action: Action | undefined;
  readonly deadline: number | undefined;
  readonly abort: AbortController;
  result: 'resolved' | SessionError | undefined;
}

/** Drives a queue through random steps and says what each caller got. */
async function drive(script: readonly Step[]): Promise<{ bench: Bench; calls: Call[]; overlaps: number }> {
  const bench = new Bench();
  const { queue, clock } = bench;
  const calls: Call[] = [];
  let answered = 0;
  let overlaps = 0;
  const watch = (action: Action | undefined, deadline: number | undefined): void => {
    const abort = new AbortController();
    const call: Call = { action, deadline, abort, result: undefined };
    calls.push(call);
    const options = { signal: abort.signal, ...(deadline !== undefined && { deadline }) };
    (action ? queue.request(action, options) : queue.ping(options)).then(
      () => (call.result = 'resolved'),
      (error: unknown) => (call.result = error as SessionError),
    );
  };
  for (const step of script) {
    const last = bench.sent.at(-1);
    switch (step.do) {
      case 'request':
        // Each action is an object of its own, so that it is known again when it is sent.
        watch({ type: 'OPEN' }, step.deadline === undefined ? undefined : clock.monotonic() + step.deadline);
        break;
      case 'ping':
        watch(undefined, undefined);
        break;
      case 'abort':
        calls[step.which]?.abort.abort();
        break;
      case 'advance':
        await clock.advance(step.by);
        break;
      case 'refuse':
        bench.refusing = step.refusing;
        break;
      case 'answer':
        if (!last) break;
        if (last.id === undefined ? queue.onPong() : queue.onResponse(response('OPEN', last.id)))
          answered += 1;
        break;
      case 'answer wrongly':
        expect(queue.onResponse(response('OPEN', (last?.id ?? 0) + 1))).toBeUndefined();
        expect(queue.onResponse(response('CLOSE', last?.id ?? 0))).toBeUndefined();
        break;
      case 'close':
        queue.close();
        break;
    }
    if (bench.sent.length - answered > 1) overlaps += 1;
  }
  queue.close();
  await settle();
  return { bench, calls, overlaps };
}

describe('request queue, whatever happens', () => {
  it('keeps its promises', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { maxLength: 40 }), async (script) => {
        const { bench, calls, overlaps } = await drive(script);
        const actions = bench.sent.filter(({ action }) => action !== undefined);

        expect(overlaps, 'never two frames outstanding').toBe(0);
        expect(
          actions.map(({ id }) => id),
          'ids are consecutive',
        ).toEqual(actions.map((_, index) => (LAST_ID + 1 + index) % 0x7fffffff));
        expect(new Set(actions.map(({ action }) => action)).size, 'nothing is sent twice').toBe(
          actions.length,
        );
        for (const { action, at } of actions) {
          const { deadline } = calls.find((call) => call.action === action)!;
          expect(deadline === undefined || at < deadline, 'nothing is sent after its deadline').toBe(true);
        }
        for (const { action, result } of calls) {
          expect(result, 'every caller is told').toBeDefined();
          if (!action) continue;
          const wasSent = actions.some((sent) => sent.action === action);
          const claims = result instanceof SessionError ? result.outcome === 'unknown' : true;
          expect(claims, 'a caller is told whether it was sent').toBe(wasSent);
        }
        expect(bench.clock.pending, 'no timer is left').toBe(0);
      }),
      { numRuns: 400 },
    );
  });
});
