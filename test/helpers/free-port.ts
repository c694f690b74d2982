import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the range from which the system takes ports for outgoing connections. */
const LOWEST = 20_000;
const HIGHEST = 32_000;

/** Each process takes them in turn from a place of its own, so that none is handed out twice before it is used. */
let next = randomInt(LOWEST, HIGHEST);

/**
 * A TCP port of 127.0.0.1 on which nobody listens. For programs that must be told a port, or must come back
 * on the one that they had; everything else asks the system for port 0.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = next;
    next = port + 1 < HIGHEST ? port + 1 : LOWEST;
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ port, host: '127.0.0.1', exclusive: true });
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
