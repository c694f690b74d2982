import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CloseReason } from '../../src/session/close-reason.ts';
import type { SessionError } from '../../src/session/errors.ts';
import { ANSWER_LIMIT } from '../../src/session/request-queue.ts';
import { Session } from '../../src/session/session.ts';
import { KEEP_ALIVE_AFTER } from '../../src/session/watchdog.ts';
import type { ApiKeys } from '../../src/wire/keys.ts';
import { FakeClock, settle } from '../helpers/fake-clock.ts';
import { FakeDevice, KEYS, keysOf } from './fake-device.ts';
import { FakeNetwork, type FakeSocket } from './fake-network.ts';

interface BenchOptions {
  readonly keys?: ApiKeys;
  readonly expectedSerial?: () => string | undefined;
  /** Called with what the session tells, as it tells it. */
  readonly hear?: (session: Session, what: string) => void;
}

/** A session with a device in memory, and everything that it told. */
class Bench {
  readonly clock = new FakeClock();
  readonly device = new FakeDevice();
  readonly network = new FakeNetwork(this.device);
  readonly told: string[] = [];
  readonly ignored: string[] = [];
  reason: CloseReason | undefined;
  session!: Session;

  start(options: BenchOptions = {}): Session {
    const tell = (what: string): void => {
      this.told.push(what);
      options.hear?.(this.session, what);
    };
    this.session = new Session({
      target: { host: 'gate.test', port: 8080 },
      keys: options.keys ?? KEYS,
      clock: this.clock,
      expectedSerial: options.expectedSerial,
      openSocket: this.network.open,
      listener: {
        onHello: (hello) => tell(`hello ${hello.apiVersion}`),
        onRefused: (hello) => tell(`refused ${hello.serialNumber}`),
        onMessage: (message) =>
          tell(
            message.kind === 'event' ? `event ${message.event.type}` : `response ${message.response.type}`,
          ),
        onReady: () => tell('ready'),
        onClosed: (reason, reached) => {
          this.reason = reason;
          tell(`closed ${reached}`);
        },
        onIgnored: (what) => this.ignored.push(what),
      },
    });
    return this.session;
  }

  async ready(options?: BenchOptions): Promise<Session> {
    const session = this.start(options);
    await settle();
    expect(session.state).toBe('ready');
    return session;
  }

  get socket(): FakeSocket {
    return this.network.last;
  }
}

async function errorOf(promise: Promise<unknown>): Promise<SessionError> {
  return promise.then(
    () => expect.unreachable(),
    (error: unknown) => error as SessionError,
  );
}

describe('session', () => {
  it('goes from connecting to ready, one frame at a time', async () => {
    const bench = new Bench();
    const session = bench.start();
    expect(session.state).toBe('connecting');
    expect(session.lastInboundAt).toBeUndefined();
    await settle();
    expect(session.state).toBe('ready');
    expect(bench.told).toEqual(['hello 3', 'response QUERY', 'ready']);
    expect(bench.device.received).toEqual(['HELLO', 'AUTH', 'QUERY']);
    expect(bench.device.violations).toEqual([]);
    expect(session.lastInboundAt).toBe(bench.clock.monotonic());

    await session.close();
    expect(session.state).toBe('closed');
    expect(bench.reason).toEqual({ code: 'stopped' });
    expect(bench.socket.endedBy).toBe('close');
    expect(bench.clock.pending).toBe(0);
  });

  it('waits for each answer before it sends the next frame', async () => {
    const bench = new Bench();
    bench.device.mute.add('HELLO');
    const session = bench.start();
    await settle();
    expect([session.state, bench.device.received]).toEqual(['hello', ['HELLO']]);
    bench.device.mute.add('AUTH');
    bench.socket.deliver('{"type":"SERVER_HELLO","apiVersion":1}');
    await settle();
    expect([session.state, bench.device.received]).toEqual(['challenge', ['HELLO', 'AUTH']]);
    bench.device.mute.add('QUERY');
    bench.socket.deliver(bench.device.challenge());
    await settle();
    expect([session.state, bench.device.received]).toEqual(['verifying', ['HELLO', 'AUTH', 'QUERY']]);
    bench.socket.deliver(bench.device.event('StateChange'));
    bench.socket.deliver(bench.device.response(bench.socket.device.lastAction!));
    await settle();
    expect(bench.told).toEqual(['hello 1', 'event StateChange', 'response QUERY', 'ready']);
  });

  it('sends actions with consecutive ids and hands the responses out before their callers go on', async () => {
    const bench = new Bench();
    const session = await bench.ready();
    const order: string[] = [];
    const both = [
      session.request({ type: 'OPEN', duration: 5 }).then(({ type }) => order.push(type)),
      session.request({ type: 'CLOSE' }).then(({ type }) => order.push(type)),
    ];
    await Promise.all(both);
    expect(order).toEqual(['OPEN', 'CLOSE']);
    expect(bench.told.slice(3)).toEqual(['response OPEN', 'response CLOSE']);
    expect(bench.device.actions).toEqual([
      { type: 'QUERY', id: 0x7ffffffd },
      { type: 'OPEN', id: 0x7ffffffe, duration: 5 },
      { type: 'CLOSE', id: 0 },
    ]);
    await expect(session.ping()).resolves.toBeUndefined();
    expect(bench.device.violations).toEqual([]);
  });

  it('resolves with a response that says no', async () => {
    const bench = new Bench();
    const session = await bench.ready();
    bench.device.mute.add('OPEN');
    const promise = session.request({ type: 'OPEN' });
    await settle();
    const refusal = { success: false, errorCode: 'ERR_RELAY_BUSY' };
    bench.socket.deliver(bench.device.response(bench.socket.device.lastAction!, refusal));
    await expect(promise).resolves.toMatchObject(refusal);
    expect(session.state).toBe('ready');
  });

  it('says when a response came and when its action was sent', async () => {
    const bench = new Bench();
    const messages: unknown[] = [];
    const session = new Session({
      target: { host: 'gate.test', port: 8080 },
      keys: KEYS,
      clock: bench.clock,
      openSocket: bench.network.open,
      listener: {
        onHello: () => undefined,
        onRefused: () => undefined,
        onMessage: (message) => messages.push(message),
        onReady: () => undefined,
        onClosed: () => undefined,
        onIgnored: () => undefined,
      },
    });
    bench.device.mute.add('QUERY');
    await settle();
    const start = bench.clock.monotonic();
    await bench.clock.advance(700);
    bench.socket.deliver(bench.device.response(bench.socket.device.lastAction!));
    await bench.clock.advance(300);
    bench.socket.deliver(bench.device.event('DoorbellPushed'));
    await settle();
    expect(messages).toMatchObject([
      { kind: 'response', sentAt: start, at: start + 700 },
      { kind: 'event', at: start + 1000, event: { type: 'DoorbellPushed' } },
    ]);
    expect(session.lastInboundAt).toBe(start + 1000);
  });

  it('takes no requests before it is ready and after it was closed', async () => {
    const bench = new Bench();
    const session = bench.start();
    const expected = { code: 'NOT_CONNECTED', outcome: 'not sent' };
    expect(await errorOf(session.request({ type: 'OPEN' }))).toMatchObject(expected);
    expect(await errorOf(session.ping())).toMatchObject(expected);
    await settle();
    await session.close();
    expect(await errorOf(session.request({ type: 'OPEN' }))).toMatchObject(expected);
    expect(bench.device.received).not.toContain('OPEN');
  });

  it('lets pass what it does not know, behind a valid MAC or in the clear', async () => {
    const bench = new Bench();
    const session = await bench.ready();
    const { device, socket } = bench;
    socket.deliver('{"type":"NEWS"}');
    socket.deliver('{"type":"PONG"}');
    socket.deliver('{"type":"SERVER_HELLO","apiVersion":3}');
    socket.deliver(device.seal({ weather: 'fine' }));
    socket.deliver(device.seal({ response: { type: 'OPEN' } }));
    socket.deliver(device.response({ type: 'OPEN', id: 12 }));
    socket.deliver(device.event('SolarEclipse'));
    await settle();
    expect(session.state).toBe('ready');
    expect(bench.ignored).toEqual([
      'a frame of an unknown type',
      'a PONG that nobody asked for',
      'a SERVER_HELLO that nobody asked for',
      'a payload that is neither challenge, response nor event',
      'a payload that is not a valid response',
      'a response that nobody asked for',
    ]);
    expect(bench.told.at(-1)).toBe('event Unknown');
  });

  it('takes nothing more from a socket after it was closed, even by a listener', async () => {
    for (const when of ['hello 3', 'response QUERY', 'ready', 'event StateChange']) {
      const bench = new Bench();
      bench.start({ hear: (session, what) => void (what === when && session.close()) });
      await settle();
      bench.socket.deliver(bench.device.event('StateChange'));
      bench.socket.deliver(bench.device.event('Restart'));
      await settle();
      expect(bench.told.at(-2)).toBe(when);
      expect(bench.told.at(-1)).toMatch(/^closed/);
      expect(bench.clock.pending).toBe(0);
    }
  });
});

describe('keep-alive', () => {
  it('is a QUERY when nothing was sent for 60 s, whatever came in', async () => {
    const bench = new Bench();
    await bench.ready();
    for (let second = 0; second < 59; second++) {
      await bench.clock.advance(1000);
      bench.socket.deliver(
        bench.device.event('Connected', { data: { keyNr: 1, keyType: 'master key', via: 'wifi' } }),
      );
    }
    await settle();
    expect(bench.device.received).toEqual(['HELLO', 'AUTH', 'QUERY']);
    await bench.clock.advance(1000);
    expect(bench.device.received).toEqual(['HELLO', 'AUTH', 'QUERY', 'QUERY']);
    expect(bench.told.at(-1)).toBe('response QUERY');
    await bench.clock.advance(10 * KEEP_ALIVE_AFTER);
    expect(bench.device.received).toHaveLength(14);
    expect(bench.session.state).toBe('ready');
  });

  it('starts anew with each frame that is sent', async () => {
    const bench = new Bench();
    const session = await bench.ready();
    await bench.clock.advance(50_000);
    await session.ping();
    await bench.clock.advance(59_999);
    expect(bench.device.received.at(-1)).toBe('PING');
    await bench.clock.advance(1);
    expect(bench.device.received.at(-1)).toBe('QUERY');
  });

  it('finds a connection that is dead without a word within 65 s, and resets it', async () => {
    const bench = new Bench();
    await bench.ready();
    bench.socket.cut = true;
    await bench.clock.advance(KEEP_ALIVE_AFTER + ANSWER_LIMIT - 1);
    expect(bench.reason).toBeUndefined();
    await bench.clock.advance(1);
    expect(bench.reason).toEqual({ code: 'silent' });
    expect(bench.socket.endedBy).toBe('reset');
    expect(bench.clock.pending).toBe(0);
  });
});

describe('an unanswered action', () => {
  it('fails its caller after 5 s, resets the connection, and is never sent again', async () => {
    const bench = new Bench();
    const session = await bench.ready();
    bench.device.mute.add('OPEN');
    const open = errorOf(session.request({ type: 'OPEN' }));
    const close = errorOf(session.request({ type: 'CLOSE' }));
    await bench.clock.advance(ANSWER_LIMIT);
    expect(await open).toMatchObject({ code: 'NO_ANSWER', outcome: 'unknown', retry: false });
    expect(await close).toMatchObject({ code: 'NOT_CONNECTED', outcome: 'not sent', retry: true });
    expect(bench.reason).toEqual({ code: 'no-answer', to: 'OPEN' });
    expect(bench.socket.endedBy).toBe('reset');
    expect(bench.device.received.filter((type) => type === 'OPEN')).toHaveLength(1);
    expect(bench.device.received).not.toContain('CLOSE');
  });

  it.each<[string, (bench: Bench) => void]>([
    ['the session is closed', (bench) => void bench.session.close()],
    ['the connection drops', (bench) => bench.socket.drop()],
    ['a bad frame comes', (bench) => bench.socket.deliver('nonsense')],
  ])('is reset as well when %s meanwhile', async (_name, happen) => {
    const bench = new Bench();
    const session = await bench.ready();
    bench.device.mute.add('OPEN');
    const open = errorOf(session.request({ type: 'OPEN' }));
    await settle();
    happen(bench);
    expect(await open).toMatchObject({ code: 'CONNECTION_LOST', outcome: 'unknown' });
    expect(bench.socket.endedBy).toBe('reset');
  });

  it('is one in the handshake too: its QUERY', async () => {
    const bench = new Bench();
    bench.device.mute.add('QUERY');
    const session = bench.start();
    await settle();
    void session.close();
    expect(bench.socket.endedBy).toBe('reset');
  });

  it('is not one that the socket did not take', async () => {
    const bench = new Bench();
    const session = await bench.ready();
    bench.socket.refusing = true;
    expect(await errorOf(session.request({ type: 'OPEN' }))).toMatchObject({ code: 'NOT_CONNECTED' });
    void session.close();
    expect(bench.socket.endedBy).toBe('close');
  });
});

type Scenario = (bench: Bench) => Promise<void>;

/** What a session does that has come so far, and then sees these frames. */
const inSession =
  (...frames: ((device: FakeDevice) => string)[]): Scenario =>
  async (bench) => {
    await bench.ready();
    for (const frame of frames) bench.socket.deliver(frame(bench.device));
    await settle();
  };

const connectionFails =
  (failing: CloseReason): Scenario =>
  async (bench) => {
    bench.network.failing = failing as never;
    bench.start();
    await settle();
  };

const handshake =
  (prepare: (bench: Bench) => void, options: BenchOptions = {}, pass = 0): Scenario =>
  async (bench) => {
    prepare(bench);
    bench.start(options);
    await bench.clock.advance(pass);
  };

const OTHER_KEY = 'ab'.repeat(32);

/** Every code that there is, each with all its ways; the type makes a missing one an error. */
const SCENARIOS: Record<CloseReason['code'], readonly (readonly [Scenario, CloseReason])[]> = {
  'host-not-found': [[connectionFails({ code: 'host-not-found' }), { code: 'host-not-found' }]],
  unreachable: [
    [
      connectionFails({ code: 'unreachable', error: 'EHOSTUNREACH' }),
      { code: 'unreachable', error: 'EHOSTUNREACH' },
    ],
  ],
  refused: [[connectionFails({ code: 'refused' }), { code: 'refused' }]],
  'connect-timeout': [[connectionFails({ code: 'connect-timeout' }), { code: 'connect-timeout' }]],
  'upgrade-timeout': [[connectionFails({ code: 'upgrade-timeout' }), { code: 'upgrade-timeout' }]],
  'upgrade-refused': [
    [connectionFails({ code: 'upgrade-refused', status: 503 }), { code: 'upgrade-refused', status: 503 }],
  ],
  'upgrade-dropped': [[connectionFails({ code: 'upgrade-dropped' }), { code: 'upgrade-dropped' }]],
  'upgrade-invalid': [[connectionFails({ code: 'upgrade-invalid' }), { code: 'upgrade-invalid' }]],
  'bad-message': [[connectionFails({ code: 'bad-message' }), { code: 'bad-message' }]],
  dropped: [
    [
      async (bench) => {
        await bench.ready();
        bench.socket.drop();
        await settle();
      },
      { code: 'dropped', detail: 'websocket code 1006' },
    ],
  ],
  'step-timeout': [
    [handshake(({ device }) => device.mute.add('HELLO'), {}, 2500), { code: 'step-timeout', step: 'hello' }],
    [
      handshake(({ device }) => device.mute.add('AUTH'), {}, 3000),
      { code: 'step-timeout', step: 'challenge' },
    ],
    [
      handshake(({ device }) => device.mute.add('QUERY'), {}, 3000),
      { code: 'step-timeout', step: 'verifying' },
    ],
  ],
  'unexpected-frame': [
    [
      handshake(({ device }) => (device.hello = { apiVersion: 'three' })),
      { code: 'unexpected-frame', step: 'hello', frame: 'a malformed frame' },
    ],
    [
      inSession((device) =>
        device.seal({ challenge: { sessionKey: Buffer.alloc(32).toString('base64'), initialActionId: 1 } }),
      ),
      { code: 'unexpected-frame', step: 'ready', frame: 'another challenge' },
    ],
  ],
  'wrong-device': [
    [
      handshake(() => undefined, { expectedSerial: () => 'FFFFFFFFFFFF0009' }),
      { code: 'wrong-device', expected: 'FFFFFFFFFFFF0009', found: 'A1B2C3D4E5F60001' },
    ],
  ],
  'challenge-mac': [
    [handshake(() => undefined, { keys: keysOf('12'.repeat(32), OTHER_KEY) }), { code: 'challenge-mac' }],
  ],
  'challenge-decrypt': [
    [
      handshake(() => undefined, {
        keys: { secretKey: keysOf(OTHER_KEY, OTHER_KEY).secretKey, authKey: KEYS.authKey },
      }),
      { code: 'challenge-decrypt' },
    ],
  ],
  'authentication-error': [
    [
      handshake(({ device }) => device.errors.set('AUTH', 'authentication error')),
      { code: 'authentication-error', verified: false },
    ],
    [
      handshake(({ device }) => device.errors.set('QUERY', 'authentication error')),
      { code: 'authentication-error', verified: true },
    ],
    [
      inSession(() => '{"type":"ERROR","errorMessage":"authentication error"}'),
      { code: 'authentication-error', verified: true },
    ],
  ],
  'device-error': [
    [
      inSession(() => '{"type":"ERROR","errorMessage":"connection timeout"}'),
      { code: 'device-error', error: 'connection timeout' },
    ],
    [
      inSession(() => '{"type":"ERROR","errorMessage":"out of cheese"}'),
      { code: 'device-error', error: 'unknown error' },
    ],
  ],
  'bad-frame': [
    [
      inSession((device) => device.event('Restart').replace('"mac":"', '"mac":"A')),
      { code: 'bad-frame', failure: 'mac' },
    ],
    [
      inSession((device) => device.sign({ iv: 'AAAA', payload: 'AAAA' })),
      { code: 'bad-frame', failure: 'format' },
    ],
    [
      inSession((device) =>
        device.sign({
          iv: Buffer.alloc(16).toString('base64'),
          payload: Buffer.alloc(32, 7).toString('base64'),
        }),
      ),
      { code: 'bad-frame', failure: 'decrypt' },
    ],
    [inSession((device) => device.seal('not json')), { code: 'bad-frame', failure: 'json' }],
    [inSession(() => '{'), { code: 'bad-frame', failure: 'malformed' }],
    [inSession(() => '{"type":"ENCRYPTED"}'), { code: 'bad-frame', failure: 'malformed' }],
  ],
  'no-answer': [
    [
      async (bench) => {
        const session = await bench.ready();
        bench.device.mute.add('PING');
        const ping = errorOf(session.ping());
        await bench.clock.advance(ANSWER_LIMIT);
        expect(await ping).toMatchObject({ code: 'NO_ANSWER' });
        // A PING that arrives late does no harm.
        expect(bench.socket.endedBy).toBe('close');
      },
      { code: 'no-answer', to: 'PING' },
    ],
  ],
  silent: [
    [
      async (bench) => {
        await bench.ready();
        bench.device.mute.add('QUERY');
        await bench.clock.advance(KEEP_ALIVE_AFTER + ANSWER_LIMIT);
      },
      { code: 'silent' },
    ],
  ],
  stopped: [
    [
      async (bench) => {
        bench.network.failing = 'hangs';
        await bench.start().close();
      },
      { code: 'stopped' },
    ],
  ],
};

const EVERY_REASON = Object.values(SCENARIOS).flat();

describe('close reasons', () => {
  it.each(EVERY_REASON.map(([scenario, reason]) => [JSON.stringify(reason), scenario, reason] as const))(
    '%s',
    async (_name, scenario, reason) => {
      const bench = new Bench();
      await scenario(bench);
      expect(bench.reason).toEqual(reason);
      expect(bench.session.state).toBe('closed');
      expect(bench.told.filter((what) => what.startsWith('closed'))).toHaveLength(1);
      expect(bench.socket.endedBy).toBeDefined();
      expect(bench.clock.pending).toBe(0);
    },
  );

  it('a wrong device is told from the right one before AUTH', async () => {
    const bench = new Bench();
    bench.start({ expectedSerial: () => 'FFFFFFFFFFFF0009' });
    await settle();
    expect(bench.told).toEqual(['refused A1B2C3D4E5F60001', 'closed hello']);
    expect(bench.device.received).toEqual(['HELLO']);
  });
});

describe('the recorded session of a real device', () => {
  const vectors = JSON.parse(
    readFileSync(new URL('../vectors/remootio-envelope.json', import.meta.url), 'utf8'),
  ) as { apiSecretKey: string; apiAuthKey: string; apiSessionKey: string; frames: { frame: object }[] };
  const [challenge, , queryResponse] = vectors.frames.map(({ frame }) => JSON.stringify(frame));

  it('is replayed from hello to ready', async () => {
    const bench = new Bench();
    const { device } = bench;
    device.authKey = Buffer.from(vectors.apiAuthKey, 'hex');
    device.sessionKey = Buffer.from(vectors.apiSessionKey, 'base64');
    device.initialActionId = 808411243;
    for (const type of ['HELLO', 'AUTH', 'QUERY']) device.mute.add(type);
    const session = bench.start({ keys: keysOf(vectors.apiSecretKey, vectors.apiAuthKey) });
    await settle();
    bench.socket.deliver(
      '{"type":"SERVER_HELLO","apiVersion":1,"message":"This is the Remootio Websocket API"}',
    );
    await settle();
    bench.socket.deliver(challenge!);
    await settle();
    expect(device.actions).toEqual([{ type: 'QUERY', id: 808411244 }]);
    expect(device.violations).toEqual([]);
    bench.socket.deliver(queryResponse!);
    await settle();
    expect(session.state).toBe('ready');
    expect(bench.told).toEqual(['hello 1', 'response QUERY', 'ready']);
  });
});
