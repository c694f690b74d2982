import { beforeEach, describe, expect, it } from 'vitest';
import type { SessionSocket } from '../../src/session/transport.ts';
import type { Transport } from '../../src/simulator/protocol.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { MemoryNetwork } from './memory-network.ts';

let clock: FakeClock;
let network: MemoryNetwork;
let socket: SessionSocket;
let device: Transport | undefined;
/** What either end was told, in order. */
let told: string[];

async function connect(admission: 'admit' | 'refuse' | 'reset' | 'ignore' = 'admit'): Promise<void> {
  const server = network.openServer({
    admit: () => (admission === 'admit' ? { admit: true } : { admit: false, how: admission, reason: '' }),
    connected: (transport) => {
      device = transport;
      return {
        text: (text) => told.push(`device: ${text}`),
        lost: () => told.push('device: lost'),
        gone: () => told.push('device: gone'),
      };
    },
  });
  await server.listen('', 1);
  open();
  await clock.advance(10);
}

function open(): void {
  socket = network.openSocket(
    { host: '', port: 1 },
    {
      onOpen: () => told.push('open'),
      onMessage: (text) => told.push(text),
      onEnded: (end) => told.push(`ended: ${end.code}`),
    },
    clock,
  );
}

beforeEach(() => {
  clock = new FakeClock();
  network = new MemoryNetwork(clock);
  told = [];
  device = undefined;
});

describe('a connection in memory', () => {
  it('carries both ways, in order', async () => {
    await connect();
    socket.send('a');
    await clock.advance(1);
    socket.send('b');
    device?.send('c');
    await clock.advance(10);
    expect(told).toEqual(['open', 'device: a', 'device: b', 'c']);
  });

  it('loses the second of two frames that are sent together, as a device does', async () => {
    await connect();
    socket.send('a');
    socket.send('b');
    await clock.advance(10);
    expect(told).toEqual(['open', 'device: a', 'device: lost']);
  });

  it.each([
    ['refuse', 10, 'ended: upgrade-refused'],
    ['reset', 10, 'ended: upgrade-dropped'],
    ['ignore', 3000, 'ended: upgrade-timeout'],
  ] as const)('is not made when the device says %s', async (how, after, end) => {
    await connect(how);
    await clock.advance(after);
    expect(told).toEqual([end]);
  });

  it('is refused where nothing listens, and times out where nothing is', async () => {
    open();
    await clock.advance(10);
    network.setLink(false);
    open();
    await clock.advance(3000);
    network.setLink(true);
    await clock.advance(10);
    expect(told).toEqual(['ended: refused', 'ended: connect-timeout']);
    expect(clock.pending).toBe(0);
  });

  it.each(['close', 'reset'] as const)('ends by our %s for both', async (how) => {
    await connect();
    socket[how]();
    await clock.advance(10);
    await socket.gone;
    expect(told).toEqual(['open', 'device: gone']);
    expect(socket.send('late')).toBe(false);
  });

  it('that the device closes is over for us', async () => {
    await connect();
    device?.close();
    await clock.advance(10);
    expect(told).toEqual(['open', 'ended: dropped', 'device: gone']);
  });
});

describe('a link that is down', () => {
  it('holds frames back and delivers them when it is up, even after our side has closed', async () => {
    await connect();
    network.setLink(false);
    socket.send('late');
    device?.send('never read');
    socket.close();
    await clock.advance(60_000);
    expect(told).toEqual(['open']);
    network.setLink(true);
    await clock.advance(10);
    expect(told).toEqual(['open', 'device: late', 'device: gone']);
  });

  it('delivers nothing of what was reset, and the device knows of it by its own next frame', async () => {
    await connect();
    network.setLink(false);
    socket.send('late');
    socket.reset();
    await clock.advance(60_000);
    network.setLink(true);
    await clock.advance(10);
    expect(told).toEqual(['open']);
    device?.send('are you there');
    await clock.advance(10);
    expect(told).toEqual(['open', 'device: gone']);
  });

  it('hides that the device is gone, until we say something', async () => {
    await connect();
    network.setLink(false);
    device?.reset();
    network.setLink(true);
    await clock.advance(60_000);
    expect(told).toEqual(['open', 'device: gone']);
    socket.send('are you there');
    await clock.advance(10);
    expect(told).toEqual(['open', 'device: gone', 'ended: dropped']);
  });
});
