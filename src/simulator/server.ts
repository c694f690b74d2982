import { createServer, STATUS_CODES, type Server } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import type { Transport } from './protocol.ts';

/** What is done with a client that asks for the upgrade; `reason` reaches the happenings. */
export type Admission =
  | { readonly admit: true }
  | { readonly admit: false; readonly how: 'refuse' | 'reset' | 'ignore'; readonly reason: string };

/** What the server tells about one connection. */
export interface Visitor {
  text(text: string): void;
  /** A frame was not read, or has no effect. */
  lost(reason: string): void;
  /** The last call. */
  gone(code: number): void;
}

export interface ServerOptions {
  readonly admit: () => Admission;
  readonly connected: (transport: Transport) => Visitor;
}

/** What carries the connections of a simulated device: a real port, unless a test has something else. */
export interface DeviceServer {
  /**
   * Begins to listen.
   * @param port 0 for any that is free.
   * @returns the port.
   * @throws the system's error, `EADDRINUSE` for example.
   */
  listen(host: string, port: number): Promise<number>;
  /** Accepts no new connections; those that are there stay. */
  stopListening(): Promise<void>;
  /** Ends everything at once. */
  stop(): Promise<void>;
}

export type ServerFactory = (options: ServerOptions) => DeviceServer;

/** A frame of this API has some hundred bytes. */
const LONGEST_FRAME = 16_384;

/** The websocket server of one simulated device. What arrives is text; what it means is decided elsewhere. */
export class SimulatorServer implements DeviceServer {
  readonly #options: ServerOptions;
  readonly #http: Server;
  /** Nothing that a real device lacks: no compression, no answer to websocket pings. */
  readonly #websockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    autoPong: false,
    // All frames of one TCP read are handed out in the turn in which it is read: see `oneFramePerRead`.
    allowSynchronousEvents: true,
    maxPayload: LONGEST_FRAME,
  });
  readonly #sockets = new Set<Duplex>();

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#http = createServer((_request, response) => {
      response.writeHead(426, { Connection: 'close' }).end();
    });
    this.#http.on('connection', (socket: Socket) => this.#track(socket));
    this.#http.on('upgrade', (request, socket, head) => {
      const admission = this.#options.admit();
      if (admission.admit) {
        this.#websockets.handleUpgrade(request, socket, head, (websocket) =>
          this.#welcome(websocket, socket),
        );
      } else turnAway(socket, admission.how);
    });
  }

  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#http.once('error', reject);
      this.#http.listen({ host, port, exclusive: true }, () => {
        this.#http.off('error', reject);
        const address = this.#http.address();
        resolve(typeof address === 'object' && address ? address.port : port);
      });
    });
  }

  stopListening(): Promise<void> {
    return new Promise((resolve) => {
      // `close` calls back only when every connection is gone, which is not what is waited for.
      this.#http.close();
      this.#http.closeIdleConnections();
      setImmediate(resolve);
    });
  }

  async stop(): Promise<void> {
    this.#http.close();
    await Promise.all(
      [...this.#sockets].map((socket) => {
        const closed = new Promise((resolve) => socket.once('close', resolve));
        socket.destroy();
        return closed;
      }),
    );
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    // A reset by the client is an error of the socket and no news.
    socket.on('error', () => undefined);
  }

  #welcome(websocket: WebSocket, socket: Duplex): void {
    const visitor = this.#options.connected({
      send: (text) => websocket.send(text, () => undefined),
      close: () => websocket.close(),
      reset: () => reset(socket),
    });
    const isFirst = oneFramePerRead(socket);
    websocket.on('message', (data: RawData) => {
      if (!isFirst()) visitor.lost('it came in the same TCP read as the frame before it');
      else visitor.text(textOf(data));
    });
    websocket.on('ping', () => {
      isFirst();
      visitor.lost('websocket pings are not answered');
    });
    // Its own `close` follows.
    websocket.on('error', () => undefined);
    websocket.once('close', (code) => visitor.gone(code));
  }
}

/**
 * A real device takes one frame out of each `recv()` and loses the rest. The answer is asked once for each
 * frame: whether it is the first one that came to an end in the present TCP read.
 */
function oneFramePerRead(socket: Duplex): () => boolean {
  let frames = 0;
  // Before the websocket's own listener, which hands out the frames of the chunk at once.
  socket.prependListener('data', () => {
    frames = 0;
  });
  return () => frames++ === 0;
}

function turnAway(socket: Duplex, how: 'refuse' | 'reset' | 'ignore'): void {
  if (how === 'reset') reset(socket);
  else if (how === 'refuse') {
    socket.end(`HTTP/1.1 503 ${STATUS_CODES[503] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  }
}

function reset(socket: Duplex): void {
  if (socket instanceof Socket) socket.resetAndDestroy();
  else socket.destroy();
}

function textOf(data: RawData): string {
  return Array.isArray(data) ? Buffer.concat(data).toString() : Buffer.from(data as Buffer).toString();
}
