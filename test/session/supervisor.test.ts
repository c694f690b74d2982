import { describe, expect, it } from 'vitest';
import { LONGEST_WAIT, SLOW_WAIT } from '../../src/session/backoff.ts';
import type { SocketEnd } from '../../src/session/close-reason.ts';
import { settle } from '../helpers/fake-clock.ts';
import { AUTH_KEY, keysOf, SECRET_KEY } from './fake-device.ts';
import { SupervisorBench } from './supervisor-bench.ts';

const OTHER_KEY = 'ab'.repeat(32);
const MINUTE = 60_000;

describe('supervisor', () => {
  it('connects, and tells in order', async () => {
    const bench = new SupervisorBench();
    expect(bench.link.state).toBe('stopped');
    bench.link.start();
    bench.link.start();
    expect(bench.link.state).toBe('connecting');
    await settle();
    expect(bench.link.state).toBe('ready');
    expect(bench.told).toEqual(['hello', 'response', 'ready']);
    expect(bench.attempts).toBe(1);
    await expect(bench.link.request({ type: 'OPEN' })).resolves.toMatchObject({
      type: 'OPEN',
      success: true,
    });
    await bench.link.stop();
  });

  it('takes no request without a session, and queues none', async () => {
    const bench = new SupervisorBench();
    const refused = { code: 'NOT_CONNECTED', outcome: 'not sent' };
    await expect(bench.link.request({ type: 'OPEN' })).rejects.toMatchObject(refused);
    bench.network.failing = { code: 'refused' };
    await bench.start();
    expect(bench.link.state).toBe('waiting');
    await expect(bench.link.request({ type: 'OPEN' })).rejects.toMatchObject(refused);
    bench.network.failing = undefined;
    await bench.untilNextAttempt();
    await settle();
    expect(bench.link.state).toBe('ready');
    expect(bench.device.received).not.toContain('OPEN');
    await bench.link.stop();
  });

  it('remembers when it last heard anything, over sessions', async () => {
    const bench = new SupervisorBench();
    expect(bench.link.lastInboundAt).toBeUndefined();
    await bench.start();
    const heard = bench.clock.monotonic();
    expect(bench.link.lastInboundAt).toBe(heard);
    await bench.clock.advance(3000);
    bench.network.failing = { code: 'refused' };
    bench.network.last.drop();
    await bench.clock.advance(20_000);
    expect(bench.link.state).toBe('waiting');
    expect(bench.link.lastInboundAt).toBe(heard);
    await bench.link.stop();
  });

  it('tries again at once after a session of 10 s, and queries anew', async () => {
    const bench = new SupervisorBench();
    await bench.start();
    await bench.clock.advance(10_000);
    bench.told.length = 0;
    bench.network.last.drop();
    await bench.clock.advance(0);
    expect(bench.link.state).toBe('ready');
    expect(bench.told).toEqual(['down', 'hello', 'response', 'ready']);
    expect(bench.device.received).toEqual(['HELLO', 'AUTH', 'QUERY', 'HELLO', 'AUTH', 'QUERY']);
    expect(bench.log.lines.filter((line) => !line.startsWith('debug'))).toEqual([]);
    await bench.link.stop();
  });

  it('counts as connecting from the moment at which a stable session ended', async () => {
    const bench = new SupervisorBench();
    await bench.start();
    await bench.clock.advance(10_000);
    const states: string[] = [];
    bench.link.down.on(() => states.push(bench.link.state));
    bench.network.last.drop();
    await settle();
    expect(states).toEqual(['connecting']);
    expect([bench.link.state, bench.attempts]).toEqual(['connecting', 1]);
    await bench.link.stop();
    expect([bench.attempts, bench.clock.pending]).toEqual([1, 0]);
  });

  it('waits longer the longer the outage lasts, and 50 s at most', async () => {
    const bench = new SupervisorBench();
    bench.network.failing = { code: 'refused' };
    await bench.start();
    const waits: number[] = [];
    for (let attempt = 0; attempt < 40; attempt++) waits.push(await bench.untilNextAttempt());
    expect(waits.slice(0, 6)).toEqual([500, 500, 500, 500, 500, 500]);
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(waits.at(-1)).toBe(LONGEST_WAIT);
    await bench.link.stop();
  });

  it('never has two connections: it waits until the last one is gone', async () => {
    const bench = new SupervisorBench();
    await bench.start();
    await bench.clock.advance(10_000);
    bench.network.lingering = true;
    const first = bench.network.last;
    first.deliver('nonsense');
    await bench.clock.advance(900);
    expect([bench.link.state, bench.attempts]).toEqual(['connecting', 1]);
    first.vanish();
    await settle();
    expect([bench.link.state, bench.attempts]).toEqual(['ready', 2]);
    bench.network.lingering = false;
    await bench.link.stop();
  });

  it('finds a silent connection and makes another', async () => {
    const bench = new SupervisorBench();
    await bench.start();
    bench.network.last.cut = true;
    await bench.clock.advance(65_000);
    expect(bench.network.sockets[0]!.endedBy).toBe('reset');
    expect(bench.link.state).toBe('ready');
    expect(bench.attempts).toBe(2);
    expect(bench.told).toContain('device-silent');
    expect(bench.link.diagnosis).toBeUndefined();
    await bench.link.stop();
  });

  it('never sends an action again whose outcome is unknown', async () => {
    const bench = new SupervisorBench();
    await bench.start();
    bench.device.mute.add('OPEN');
    const open = bench.link.request({ type: 'OPEN' }).catch((error: unknown) => error);
    await bench.clock.advance(2 * MINUTE);
    expect(await open).toMatchObject({ code: 'NO_ANSWER', outcome: 'unknown' });
    expect(bench.link.state).toBe('ready');
    expect(bench.network.sockets[0]!.endedBy).toBe('reset');
    expect(bench.device.received.filter((type) => type === 'OPEN')).toHaveLength(1);
    await bench.link.stop();
  });
});

describe('stop', () => {
  const STAGES: [string, (bench: SupervisorBench) => Promise<void>][] = [
    ['before the start', () => Promise.resolve()],
    [
      'in the turn of the start',
      (bench) => {
        bench.link.start();
        return Promise.resolve();
      },
    ],
    [
      'while connecting',
      async (bench) => {
        bench.network.failing = 'hangs';
        await bench.start();
      },
    ],
    [
      'in the handshake',
      async (bench) => {
        bench.device.mute.add('AUTH');
        await bench.start();
      },
    ],
    ['when ready', (bench) => bench.start()],
    [
      'with an unanswered action',
      async (bench) => {
        await bench.start();
        bench.device.mute.add('OPEN');
        bench.link.request({ type: 'OPEN' }).catch(() => undefined);
      },
    ],
    [
      'while waiting',
      async (bench) => {
        bench.network.failing = { code: 'refused' };
        await bench.start();
      },
    ],
  ];

  it.each(STAGES)('%s leaves no timer and tells nothing more', async (_name, reach) => {
    const bench = new SupervisorBench();
    await reach(bench);
    await bench.link.stop();
    expect(bench.link.state).toBe('stopped');
    expect(bench.clock.pending).toBe(0);
    const told = bench.told.length;
    const attempts = bench.attempts;
    bench.network.sockets.at(-1)?.drop();
    bench.link.wake();
    await bench.clock.advance(10 * MINUTE);
    expect([bench.told.length, bench.attempts]).toEqual([told, attempts]);
    expect(bench.link.diagnosis).toBeUndefined();
  });

  it('by a listener ends everything, whatever it was told', async () => {
    for (const signal of ['hello', 'message', 'ready', 'down', 'diagnosed'] as const) {
      const bench = new SupervisorBench();
      bench.link[signal].on(() => void bench.link.stop());
      bench.network.failing = signal === 'diagnosed' ? { code: 'refused' } : undefined;
      await bench.start();
      bench.network.last.drop();
      await bench.clock.advance(MINUTE);
      expect([signal, bench.link.state, bench.attempts, bench.clock.pending]).toEqual([
        signal,
        'stopped',
        1,
        0,
      ]);
    }
  });

  it('in the turn of the start lets nothing connect, and another start connects once', async () => {
    const bench = new SupervisorBench();
    bench.link.start();
    const stopped = bench.link.stop();
    await stopped;
    expect(bench.attempts).toBe(0);
    bench.link.start();
    void bench.link.stop();
    bench.link.start();
    await settle();
    expect([bench.link.state, bench.attempts]).toEqual(['ready', 1]);
    await bench.link.stop();
  });

  it('can be followed by another start, which waits for the old connection to be gone', async () => {
    const bench = new SupervisorBench();
    await bench.start();
    bench.network.lingering = true;
    const stopped = bench.link.stop();
    bench.link.start();
    await bench.clock.advance(500);
    expect(bench.attempts).toBe(1);
    bench.network.last.vanish();
    await stopped;
    await settle();
    expect([bench.link.state, bench.attempts]).toEqual(['ready', 2]);
    bench.network.lingering = false;
    await bench.link.stop();
    expect(bench.clock.pending).toBe(0);
  });
});

describe('wrong keys', () => {
  it('of secret key: every 5 minutes, said once', async () => {
    const bench = new SupervisorBench({ keys: keysOf(OTHER_KEY, AUTH_KEY) });
    await bench.start();
    expect(bench.link.diagnosis?.code).toBe('secret-key-wrong');
    for (let attempt = 0; attempt < 5; attempt++)
      expect(await bench.untilNextAttempt(SLOW_WAIT, 1000)).toBe(SLOW_WAIT);
    expect(bench.log.at('warn')).toEqual([expect.stringContaining('The API Secret Key is wrong.')]);
    expect(bench.told.filter((what) => what === 'secret-key-wrong')).toHaveLength(1);
    await bench.link.stop();
  });

  it('of auth key: three attempts as usual, then every 5 minutes', async () => {
    const bench = new SupervisorBench({ keys: keysOf(SECRET_KEY, OTHER_KEY) });
    await bench.start();
    expect(bench.link.diagnosis).toBeUndefined();
    expect(await bench.untilNextAttempt()).toBe(500);
    expect(await bench.untilNextAttempt()).toBe(500);
    await settle();
    expect(bench.link.diagnosis?.code).toBe('auth-key-wrong');
    expect(await bench.untilNextAttempt(SLOW_WAIT, 1000)).toBe(SLOW_WAIT);
    expect(await bench.untilNextAttempt(SLOW_WAIT, 1000)).toBe(SLOW_WAIT);
    expect(bench.log.at('warn')).toEqual([expect.stringContaining('The API Auth Key is wrong.')]);
    await bench.link.stop();
  });

  it('of neither: an authentication error before the challenge goes from 5 s to 5 minutes and never stops', async () => {
    const bench = new SupervisorBench();
    bench.device.errors.set('AUTH', 'authentication error');
    await bench.start();
    const waits: number[] = [];
    for (let attempt = 0; attempt < 9; attempt++) waits.push(await bench.untilNextAttempt(SLOW_WAIT, 1000));
    expect(waits).toEqual([5000, 10_000, 20_000, 40_000, 80_000, 160_000, SLOW_WAIT, SLOW_WAIT, SLOW_WAIT]);
    expect(bench.log.at('warn')).toEqual([expect.stringContaining('"authentication error"')]);
    bench.device.errors.clear();
    await bench.untilNextAttempt(SLOW_WAIT, 1000);
    await settle();
    expect(bench.link.state).toBe('ready');
    expect(bench.log.at('info')).toEqual(['Connected again.']);
    await bench.link.stop();
  });

  it('behind a challenge an authentication error is an ordinary drop', async () => {
    const bench = new SupervisorBench();
    await bench.start();
    await bench.clock.advance(20_000);
    bench.network.last.deliver('{"type":"ERROR","errorMessage":"authentication error"}');
    await bench.clock.advance(0);
    expect(bench.link.state).toBe('ready');
    await bench.link.stop();
  });
});

describe('another device than the bound one', () => {
  it('is refused before AUTH, with both serial numbers, every 5 minutes, until the address changes', async () => {
    const bench = new SupervisorBench({ expectedSerial: () => 'FFFFFFFFFFFF0009' });
    await bench.start();
    expect(bench.device.received).toEqual(['HELLO']);
    expect(bench.told).toEqual(['wrong-device', 'failed']);
    expect(bench.refused).toEqual([
      { apiVersion: 3, serialNumber: 'A1B2C3D4E5F60001', remootioVersion: 'remootio-2' },
    ]);
    expect(bench.log.at('warn')).toHaveLength(1);
    expect(bench.log.at('warn')[0]).toContain('A1B2C3D4E5F60001 instead of FFFFFFFFFFFF0009');
    expect(await bench.untilNextAttempt(SLOW_WAIT, 1000)).toBe(SLOW_WAIT);

    await bench.clock.advance(4000);
    bench.device.hello = { apiVersion: 2, serialNumber: 'FFFFFFFFFFFF0009' };
    bench.target = { host: 'other.test', port: 8080 };
    bench.link.wake();
    await bench.clock.advance(0);
    expect(bench.link.state).toBe('ready');
    expect(bench.network.last.target.host).toBe('other.test');
    expect(bench.link.diagnosis).toBeUndefined();
    await bench.link.stop();
  });

  it('asks for the serial number at each attempt', async () => {
    const bound: { serial?: string } = {};
    const bench = new SupervisorBench({ expectedSerial: () => bound.serial });
    await bench.start();
    expect(bench.link.state).toBe('ready');
    await bench.clock.advance(20_000);
    bound.serial = 'FFFFFFFFFFFF0009';
    bench.network.last.drop();
    await bench.clock.advance(0);
    expect(bench.link.diagnosis?.code).toBe('wrong-device');
    await bench.link.stop();
  });
});

describe('wake', () => {
  async function longOutage(): Promise<SupervisorBench> {
    const bench = new SupervisorBench();
    bench.network.failing = { code: 'connect-timeout' };
    await bench.start();
    await bench.clock.advance(10 * MINUTE);
    await bench.untilNextAttempt();
    await bench.clock.advance(10_000);
    return bench;
  }

  it('ends a long wait at once', async () => {
    const bench = await longOutage();
    bench.network.failing = undefined;
    bench.link.wake();
    await bench.clock.advance(0);
    expect(bench.link.state).toBe('ready');
    await bench.link.stop();
  });

  it('in a storm brings one attempt every 3 s at most', async () => {
    const bench = await longOutage();
    const before = bench.attempts;
    for (let tick = 0; tick < 300; tick++) {
      bench.link.wake();
      await bench.clock.advance(100);
    }
    expect(bench.attempts - before).toBeGreaterThanOrEqual(9);
    expect(bench.attempts - before).toBeLessThanOrEqual(11);
    await bench.link.stop();
  });

  it('does so at most every 30 s where the key is wrong', async () => {
    const bench = new SupervisorBench({ keys: keysOf(OTHER_KEY, AUTH_KEY) });
    await bench.start();
    const before = bench.attempts;
    for (let tick = 0; tick < 120; tick++) {
      bench.link.wake();
      await bench.clock.advance(1000);
    }
    expect(bench.attempts - before).toBe(4);
    await bench.link.stop();
  });

  it('is not lost when it comes while an attempt is still failing', async () => {
    const bench = await longOutage();
    bench.network.failing = 'hangs';
    await bench.untilNextAttempt();
    await bench.clock.advance(2000);
    expect(bench.link.state).toBe('connecting');
    bench.link.wake();
    bench.network.failing = undefined;
    bench.network.last.drop({ code: 'connect-timeout' });
    await bench.clock.advance(1000);
    expect(bench.link.state).toBe('ready');
    await bench.link.stop();
  });

  it('never delays an attempt, and does nothing in a session or without a start', async () => {
    const bench = new SupervisorBench();
    bench.link.wake();
    expect(bench.attempts).toBe(0);
    bench.network.failing = { code: 'refused' };
    await bench.start();
    bench.link.wake();
    expect(await bench.untilNextAttempt()).toBe(500);
    bench.network.failing = undefined;
    await bench.untilNextAttempt();
    await settle();
    expect(bench.link.state).toBe('ready');
    const attempts = bench.attempts;
    bench.link.wake();
    await bench.clock.advance(MINUTE);
    expect(bench.attempts).toBe(attempts);
    await bench.link.stop();
  });
});

describe('a contested connection', () => {
  it('is said once, and taken back when a session has lasted', async () => {
    const bench = new SupervisorBench();
    await bench.start();
    for (let round = 0; round < 20; round++) {
      await bench.clock.advance(20_000);
      bench.network.last.drop();
      await bench.clock.advance(100);
    }
    expect(bench.link.state).toBe('ready');
    expect(bench.link.diagnosis?.code).toBe('slot-taken');
    expect(bench.log.at('warn')).toEqual([expect.stringContaining('Another client')]);
    await bench.clock.advance(MINUTE);
    expect(bench.link.diagnosis).toBeUndefined();
    expect(bench.log.at('info')).toEqual(['Connected again.']);
    expect(bench.told.filter((what) => what === 'slot-taken' || what === 'well')).toEqual([
      'slot-taken',
      'well',
    ]);
    await bench.link.stop();
  });

  it('is what a refused websocket means once the device is known', async () => {
    const bench = new SupervisorBench();
    bench.network.failing = { code: 'upgrade-refused', status: 404 };
    await bench.start();
    expect(bench.link.diagnosis?.code).toBe('not-remootio');
    bench.network.failing = undefined;
    await bench.untilNextAttempt();
    await settle();
    expect(bench.link.diagnosis).toBeUndefined();
    bench.network.failing = { code: 'upgrade-refused', status: 404 };
    bench.network.last.drop();
    await bench.untilNextAttempt();
    await settle();
    expect(bench.link.diagnosis?.code).toBe('slot-taken');
    bench.network.failing = undefined;
    await bench.untilNextAttempt();
    await settle();
    expect(bench.link.diagnosis).toBeUndefined();
    await bench.link.stop();
  });

  it('waits longer and longer when the sessions do not last 10 s', async () => {
    const bench = new SupervisorBench();
    await bench.start();
    for (let round = 0; round < 30; round++) {
      bench.network.last.drop();
      await settle();
      await bench.untilNextAttempt();
    }
    bench.network.last.drop();
    expect(await bench.untilNextAttempt()).toBeGreaterThan(20_000);
    expect(bench.log.lines.length).toBeLessThan(10);
    await bench.link.stop();
  });
});

describe('ten thousand failed attempts', () => {
  const ENDS: readonly SocketEnd[] = [
    { code: 'host-not-found' },
    { code: 'unreachable', error: 'EHOSTUNREACH' },
    { code: 'refused' },
    { code: 'connect-timeout' },
    { code: 'upgrade-timeout' },
    { code: 'upgrade-refused', status: 500 },
    { code: 'upgrade-refused', status: 503 },
    { code: 'upgrade-dropped' },
    { code: 'upgrade-invalid' },
    { code: 'dropped', detail: 'ECONNRESET' },
    { code: 'bad-message' },
  ];

  it.each([
    ['of one kind', () => ENDS[3]!],
    ['of every kind in turn', (attempt: number) => ENDS[attempt % ENDS.length]!],
  ])(
    '%s fill no log, and the next one is near',
    async (_name, end) => {
      const bench = new SupervisorBench();
      await bench.start();
      await bench.clock.advance(2 * MINUTE);
      bench.link.down.on(() => (bench.network.failing = end(bench.attempts)));
      bench.network.last.drop();
      while (bench.attempts < 10_000) await bench.clock.advance(LONGEST_WAIT * 100);
      expect(bench.log.lines.length).toBeLessThan(20);
      expect(bench.log.at('warn').length).toBeGreaterThan(0);

      await bench.untilNextAttempt(LONGEST_WAIT);
      await settle();
      expect(await bench.untilNextAttempt(LONGEST_WAIT)).toBeLessThanOrEqual(LONGEST_WAIT);
      await bench.link.stop();
      expect(bench.clock.pending).toBe(0);
    },
    60_000,
  );

  it('in the handshake, a thousand with noise in between, fill no log either', async () => {
    const bench = new SupervisorBench();
    bench.device.mute.add('HELLO');
    bench.link.start();
    while (bench.attempts < 1000) {
      await bench.clock.advance(40_000);
      bench.network.last.deliver('{"type":"NEWS"}');
    }
    expect(bench.log.lines.length).toBeLessThan(20);
    await bench.link.stop();
  }, 60_000);
});

describe('the log', () => {
  it('has one WARN when the device goes away and one INFO when it is back', async () => {
    const bench = new SupervisorBench();
    await bench.start();
    await bench.clock.advance(2 * MINUTE);
    for (let outage = 1; outage <= 3; outage++) {
      bench.network.failing = { code: 'connect-timeout' };
      bench.network.last.drop();
      await bench.clock.advance(5 * MINUTE);
      bench.network.failing = { code: 'unreachable', error: 'EHOSTUNREACH' };
      await bench.clock.advance(5 * MINUTE);
      bench.network.failing = undefined;
      await bench.clock.advance(2 * MINUTE);
      expect(bench.link.state).toBe('ready');
      expect(bench.log.at('warn')).toHaveLength(outage);
      expect(bench.log.at('info')).toHaveLength(outage);
    }
    expect(bench.log.at('warn')[0]).toBe(
      'Not connected: gate.test does not answer. Check that the device has power and Wi-Fi, and that the address is still its own.',
    );
    await bench.link.stop();
  });

  it('says why even when it has no name for it', async () => {
    const bench = new SupervisorBench();
    await bench.start();
    await bench.clock.advance(2 * MINUTE);
    bench.device.errors.set('HELLO', 'connection timeout');
    bench.network.last.drop();
    await bench.clock.advance(MINUTE);
    expect(bench.link.diagnosis).toBeUndefined();
    expect(bench.log.at('warn')).toEqual(['Not connected: the device says "connection timeout".']);
    await bench.link.stop();
  });

  it('says a wrong key although the device was away already', async () => {
    const bench = new SupervisorBench();
    await bench.start();
    await bench.clock.advance(2 * MINUTE);
    bench.network.failing = { code: 'refused' };
    bench.network.last.drop();
    await bench.clock.advance(MINUTE);
    bench.network.failing = undefined;
    bench.device.secretKey = Buffer.from(OTHER_KEY, 'hex');
    await bench.clock.advance(10 * MINUTE);
    expect(bench.log.at('warn')).toEqual([
      expect.stringContaining('nothing listens on port 8080'),
      expect.stringContaining('The API Secret Key is wrong.'),
    ]);
    await bench.link.stop();
  });

  it('says again that it is away after it was said to be back', async () => {
    const bench = new SupervisorBench();
    await bench.start();
    await bench.clock.advance(2 * MINUTE);
    bench.network.failing = { code: 'refused' };
    bench.network.last.drop();
    await bench.clock.advance(MINUTE);
    bench.network.failing = undefined;
    await bench.untilNextAttempt();
    await bench.clock.advance(3000);
    expect(bench.link.state).toBe('ready');
    bench.network.failing = { code: 'refused' };
    bench.network.last.drop();
    await bench.clock.advance(5 * MINUTE);
    const said = bench.log.lines
      .filter((line) => !line.startsWith('debug'))
      .map((line) => line.split(' ')[0]);
    expect(said).toEqual(['warn', 'info', 'warn']);
    await bench.link.stop();
  });

  it('holds no secret at any level, whatever goes wrong', async () => {
    const lines: string[] = [];
    const secrets = new Set<string>();
    const troubles: ((bench: SupervisorBench) => void)[] = [
      ({ network }) => network.last.drop(),
      ({ network, device }) => network.last.deliver(device.event('Restart').slice(0, -3)),
      ({ network, device }) => network.last.deliver(device.event('Restart').replace('"mac":"', '"mac":"A')),
      ({ network, device }) =>
        network.last.deliver(device.seal({ sessionKey: device.sessionKey.toString('base64') })),
      ({ network, device }) => network.last.deliver(device.seal(device.sessionKey.toString('base64'))),
      ({ network, device }) =>
        network.last.deliver(
          JSON.stringify({ type: 'ERROR', errorMessage: device.sessionKey.toString('base64') }),
        ),
      ({ network, device }) =>
        network.last.deliver(JSON.stringify({ type: device.secretKey.toString('hex') })),
      ({ network, device }) => network.last.deliver(device.challenge()),
      ({ device, network }) => {
        device.secretKey = Buffer.from(OTHER_KEY, 'hex');
        network.last.drop();
      },
      ({ device, network }) => {
        device.authKey = Buffer.from(OTHER_KEY, 'hex');
        network.last.drop();
      },
    ];
    for (const trouble of troubles) {
      const bench = new SupervisorBench();
      bench.link.down.on(({ reason }) => lines.push(reason));
      bench.link.diagnosed.on((diagnosis) => lines.push(JSON.stringify(diagnosis)));
      await bench.start();
      await bench.clock.advance(20_000);
      bench.link.request({ type: 'OPEN' }).catch((error: unknown) => lines.push(String(error)));
      trouble(bench);
      await bench.clock.advance(20 * MINUTE);
      await bench.link.stop();
      lines.push(...bench.log.lines);
      const { secretKey, authKey, sessionKey } = bench.device;
      for (const key of [
        secretKey,
        authKey,
        sessionKey,
        Buffer.from(SECRET_KEY, 'hex'),
        Buffer.from(AUTH_KEY, 'hex'),
      ]) {
        secrets.add(key.toString('hex')).add(key.toString('base64'));
      }
    }
    expect(lines.length).toBeGreaterThan(10);
    const everything = lines.join('\n').toLowerCase();
    for (const secret of secrets) expect(everything).not.toContain(secret.toLowerCase().slice(0, 16));
    // Nothing that looks like one either: a MAC, an IV, a ciphertext, a challenge.
    expect(everything).not.toMatch(/[\w+/]{30,}={0,2}/);
    expect(everything).not.toContain('initialactionid');
  });
});
