/**
 * A process with any number of devices that answer as fast as Node.js can, so that what is measured is the
 * client. Every session has the same session key and the same first id, and an answer is sealed while the
 * client is still busy with the one before: it leaves in the turn in which the request comes. What the client
 * sent is checked after that, its first action of a session always and later every sixteenth.
 */
import { createSecretKey, randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Socket } from 'node:net';
import { machineTime, openBare, sealBare, type SealedFrame } from './bare.ts';

/** What the devices are asked to do, a JSON object a line. */
export type LeanCommand =
  /** Answers with {@link LeanAnswer.at}, as soon as so many sessions are authenticated. */
  | { readonly do: 'await'; readonly count: number }
  /** Resets every connection. */
  | { readonly do: 'drop' }
  /** So many StateChanges to every session. */
  | { readonly do: 'events'; readonly count: number };

export interface LeanAnswer {
  readonly to: LeanCommand['do'];
  /** {@link machineTime} at which it was so: of `drop` and `events` their beginning. */
  readonly at: number;
}

export interface LeanListening {
  readonly ports: readonly number[];
  readonly secretKey: string;
  readonly authKey: string;
}

const FIRST_ID = 1000;
const CHECK_EVERY = 16;
const MOST_SEALED = 4096;

const [secretKey, authKey] = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')];
const secret = createSecretKey(Buffer.from(secretKey, 'hex'));
const auth = createSecretKey(Buffer.from(authKey, 'hex'));
const sessionBytes = randomBytes(32);
const session = createSecretKey(sessionBytes);
const challenge = sealBare(
  JSON.stringify({ challenge: { sessionKey: sessionBytes.toString('base64'), initialActionId: FIRST_ID } }),
  secret,
  auth,
);

const sealed = new Map<number, { readonly tick: number; readonly text: string }>();
const connections = new Map<WebSocket, Socket>();
const authenticated = new Set<WebSocket>();
let awaited: number | undefined;
let eventCount = 0;

/** Time as devices count it. */
const ticks = (): number => Math.floor(machineTime() / 100) % 0x7fffffff;

function answerTo(id: number): string {
  const tick = ticks();
  const ready = sealed.get(id);
  if (ready && tick - ready.tick <= 1) return ready.text;
  const response = { type: 'QUERY', id, success: true, state: 'closed', t100ms: tick };
  const text = sealBare(
    JSON.stringify({ response: { ...response, relayTriggered: false, errorCode: '' } }),
    session,
    auth,
  );
  if (sealed.size >= MOST_SEALED) sealed.clear();
  sealed.set(id, { tick, text });
  return text;
}

function serve(websocket: WebSocket, serialNumber: string): void {
  let id = FIRST_ID;
  const hello = {
    type: 'SERVER_HELLO',
    apiVersion: 3,
    message: '',
    serialNumber,
    remootioVersion: 'remootio-2',
  };
  websocket.on('message', (data) => {
    const text = (data as Buffer).toString('latin1');
    if (text === '{"type":"HELLO"}') websocket.send(JSON.stringify(hello));
    else if (text === '{"type":"AUTH"}') websocket.send(challenge);
    else if (text === '{"type":"PING"}') websocket.send('{"type":"PONG"}');
    else {
      id += 1;
      websocket.send(answerTo(id));
      if (id === FIRST_ID + 1) onAuthenticated(websocket);
      if (id === FIRST_ID + 1 || id % CHECK_EVERY === 0) check(text, id);
      answerTo(id + 1);
    }
  });
  websocket.on('error', () => undefined);
  websocket.on('close', () => {
    connections.delete(websocket);
    authenticated.delete(websocket);
  });
}

/** Ends the process if a client sends anything but its next QUERY: then no figure of it is worth a thing. */
function check(text: string, id: number): void {
  const { action } = openBare(JSON.parse(text) as SealedFrame, session, auth) as {
    readonly action: { readonly type: string; readonly id: number };
  };
  if (action.type !== 'QUERY' || action.id !== id)
    throw new Error(`bench: ${action.type} ${action.id}, not ${id}`);
}

function onAuthenticated(websocket: WebSocket): void {
  authenticated.add(websocket);
  if (authenticated.size === awaited) tell('await');
}

function tell(to: LeanCommand['do'], at = machineTime()): void {
  if (to === 'await') awaited = undefined;
  process.send!({ to, at } satisfies LeanAnswer);
}

function obey(command: LeanCommand): void {
  switch (command.do) {
    case 'await':
      awaited = command.count;
      if (authenticated.size === awaited) tell('await');
      return;
    case 'drop': {
      const at = machineTime();
      authenticated.clear();
      for (const socket of connections.values()) socket.resetAndDestroy();
      tell('drop', at);
      return;
    }
    case 'events': {
      const at = machineTime();
      for (let round = 0; round < command.count; round++) sendEvent();
      tell('events', at);
      return;
    }
  }
}

function sendEvent(): void {
  const state = eventCount % 2 === 0 ? 'open' : 'closed';
  const event = { type: 'StateChange', cnt: eventCount, state, t100ms: ticks() };
  const text = sealBare(JSON.stringify({ event }), session, auth);
  eventCount += 1;
  for (const websocket of authenticated) websocket.send(text);
}

const count = Number(process.argv[2]);
const ports = await Promise.all(
  Array.from({ length: count }, async (_, index) => {
    const server = new WebSocketServer({
      host: '127.0.0.1',
      port: 0,
      backlog: 4096,
      perMessageDeflate: false,
      clientTracking: false,
    });
    const serialNumber = `LEAN${String(index).padStart(12, '0')}`;
    server.on('connection', (websocket, request) => {
      connections.set(websocket, request.socket);
      serve(websocket, serialNumber);
    });
    await new Promise((resolve) => server.once('listening', resolve));
    return (server.address() as { readonly port: number }).port;
  }),
);
createInterface({ input: process.stdin }).on('line', (line) => obey(JSON.parse(line) as LeanCommand));
process.send!({ ports, secretKey, authKey } satisfies LeanListening);
