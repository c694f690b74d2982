/**
 * Runs in a network namespace of its own, where it may take the link down: a session sends an OPEN into the
 * void and gives up on it, and so does a plain websocket, which is only destroyed. Prints, as JSON, what the
 * device got when the link was back.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { sleep, systemClock } from '../../src/base/clock.ts';
import { messageOf } from '../../src/base/errors.ts';
import type { CloseReason } from '../../src/session/close-reason.ts';
import { ANSWER_LIMIT } from '../../src/session/request-queue.ts';
import { Session } from '../../src/session/session.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { deferred } from './deferred.ts';
import { FakeDevice, KEYS } from './fake-device.ts';

/** Longer than the kernel waits before it sends again what was sent just before the link came back. */
const RETRANSMISSION = 1500;

function link(state: 'up' | 'down'): void {
  execFileSync('ip', ['link', 'set', 'lo', state]);
}

link('up');
const device = new FakeDevice();
const late: string[] = [];
const http = createServer();
const control = deferred();
new WebSocketServer({ server: http }).on('connection', (websocket, request) => {
  websocket.on('error', () => undefined);
  if (request.url === '/control') {
    websocket.on('message', () => {
      late.push('control');
      control.resolve();
    });
    return;
  }
  const session = device.accept(
    (text) => websocket.send(text),
    () => websocket.close(),
  );
  websocket.on('message', (data) => session.receive((data as Buffer).toString()));
});
http.listen(0, '127.0.0.1');
await once(http, 'listening');
const { port } = http.address() as AddressInfo;

const clock = new FakeClock();
const closed = deferred<CloseReason>();
const ready = deferred();
const session = new Session({
  target: { host: '127.0.0.1', port },
  keys: KEYS,
  clock,
  listener: {
    onHello: () => undefined,
    onRefused: () => undefined,
    onMessage: () => undefined,
    onReady: () => ready.resolve(),
    onClosed: (reason) => closed.resolve(reason),
    onIgnored: () => undefined,
  },
});
const plain = new WebSocket(`ws://127.0.0.1:${port}/control`);
plain.on('error', () => undefined);
await Promise.all([ready.promise, once(plain, 'open')]);

link('down');
const open = session.request({ type: 'OPEN' }).catch(messageOf);
plain.send('control');
await clock.advance(ANSWER_LIMIT);
plain.terminate();
const answer = await open;
await session.gone;
link('up');
await control.promise;
await sleep(systemClock, RETRANSMISSION);
late.push(...device.received.filter((type) => type === 'OPEN'));
console.log(JSON.stringify({ answer, reason: await closed.promise, late }));
process.exit();
