import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { Child } from '../helpers/child.ts';
import { freePort } from '../helpers/free-port.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const SECRET_KEY = 'AB'.repeat(32);
const AUTH_KEY = '0f'.repeat(32);

const children: Child[] = [];

afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.stop()));
});

function simulate(...flags: readonly string[]): Child {
  const child = new Child({ name: 'gatehouse simulate', args: [MAIN, 'simulate', ...flags] });
  children.push(child);
  return child;
}

interface Line {
  readonly event: string;
  readonly [key: string]: unknown;
}

async function line(child: Child, what: string, look: (line: Line) => boolean): Promise<Line> {
  const found = await child.lines.waitFor(
    what,
    ({ from, text }) => from === 'stdout' && look(JSON.parse(text) as Line),
  );
  return JSON.parse(found.text) as Line;
}

async function state(child: Child): Promise<unknown> {
  child.say('{"do":"state"}');
  return (await line(child, 'the state', ({ event }) => event === 'done'))['result'];
}

describe('gatehouse simulate', { timeout: 30_000 }, () => {
  it('listens where it is told, with the keys that it is given, and moves its gate in the time it is given', async () => {
    const port = await freePort();
    const child = simulate(
      ...['--port', String(port), '--secret-key', SECRET_KEY, '--auth-key', AUTH_KEY, '--travel-ms', '60'],
    );
    const first = await line(child, 'its first line', () => true);
    expect(first).toMatchObject({
      event: 'listening',
      host: '127.0.0.1',
      port,
      apiVersion: 3,
      secretKey: SECRET_KEY,
      authKey: AUTH_KEY,
    });
    child.say('{"do":"operate"}');
    const end = await line(
      child,
      'the gate open',
      ({ event, motion }) => event === 'gate' && motion === 'stopped',
    );
    const start = await line(child, 'the gate opening', ({ motion }) => motion === 'opening');
    expect(end['position']).toBe(1);
    expect((end['time'] as number) - (start['time'] as number)).toBeGreaterThanOrEqual(55);
  });

  it('takes every setting', async () => {
    const child = simulate(
      ...['--port', '0', '--api-version', '2', '--serial', 'abc', '--model', 'remootio-1', '--state', 'open'],
      ...['--mode', 'open/close', '--pulse-while-moving', 'reverse', '--no-sensor', '--no-logging'],
      ...[
        '--relay-ms',
        '1',
        '--minute-ms',
        '1',
        '--left-open-ms',
        '1',
        '--boot-ms',
        '1',
        '--connections',
        '2',
      ],
      ...[
        '--sensor-delay-ms',
        '1',
        '--when-taken',
        'refuse',
        '--events-first',
        '--fault',
        'silence',
        '--fault',
        'wrong-mac',
      ],
    );
    expect(await line(child, 'its first line', () => true)).toMatchObject({
      serialNumber: 'abc',
      apiVersion: 2,
    });
    expect(await state(child)).toMatchObject({
      sensor: 'no sensor',
      position: 1,
      faults: ['silence', 'wrong-mac'],
    });
    child.say('{"do":"operate"}');
    await line(child, 'the output that closes', ({ event, output }) => event === 'output' && output === 2);
    await line(child, 'the gate closing', ({ event, motion }) => event === 'gate' && motion === 'closing');
    child.say('{"do":"powerCycle"}');
    await line(child, 'the restart', ({ event }) => event === 'restart');
    expect(child.lines.since(0).filter(({ text }) => text.includes('"event":"event"'))).toEqual([]);
  });

  it('runs several devices on ports in a row', async () => {
    const port = await freePort();
    const child = simulate('--port', String(port), '--devices', '3', '--serial', 'abc');
    for (const [index, serialNumber] of ['abc', 'abc2', 'abc3'].entries()) {
      const { port: own } = await line(
        child,
        serialNumber,
        (found) => found['serialNumber'] === serialNumber,
      );
      expect(own).toBe(port + index);
    }
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends by %s with exit code 0, at once', async (signal) => {
    const child = simulate('--port', '0', '--state', 'open', '--left-open-ms', '3600000');
    await line(child, 'its first line', () => true);
    expect(await child.stop(signal)).toEqual({ code: 0, signal: null });
  });

  it('ends by a command', async () => {
    const child = simulate('--port', '0');
    child.say('{"do":"stop"}');
    expect(await child.exited).toEqual({ code: 0, signal: null });
  });

  it('says which port is in use, and what to do', async () => {
    const first = simulate('--port', '0');
    const { port } = await line(first, 'its first line', () => true);
    const second = simulate('--port', String(port));
    expect(await second.exited).toEqual({ code: 1, signal: null });
    expect(second.lines.since(0)).toMatchObject([
      {
        from: 'stderr',
        text: `gatehouse: port ${String(port)} of 127.0.0.1 is in use: choose another with --port`,
      },
    ]);
  });

  it('says when the host is not here', async () => {
    const child = simulate('--port', '0', '--host', '192.0.2.1');
    expect(await child.exited).toEqual({ code: 1, signal: null });
    expect(child.lines.since(0)[0]?.text).toMatch(
      /^gatehouse: --host 192.0.2.1 is no address of this machine/,
    );
  });
});
