import { connect, isIP, isIPv6, type Socket } from 'node:net';
import { WebSocket, type ClientOptions } from 'ws';
import type { Clock, Timer } from '../base/clock.ts';
import { messageOf, systemCode } from '../base/errors.ts';
import type { SocketEnd } from './close-reason.ts';
import type { SessionSocket, SocketListener, Target } from './transport.ts';

/** Host lookup and TCP connect together. */
export const CONNECT_LIMIT = 3000;
/** From the TCP connection to the answer to the HTTP upgrade. */
export const UPGRADE_LIMIT = 3000;
/** How long a closed websocket waits for the other side before its socket is destroyed. */
const CLOSE_LIMIT = 1000;
/** A device's frames are a few hundred bytes. */
export const MAX_MESSAGE_BYTES = 64 * 1024;
/** Where a name has several addresses: time for a Wi-Fi device asleep; Node's own 250 ms is for servers. */
const ADDRESS_LIMIT = 1000;

/** Compression is not spoken by devices. The type of the package lacks `closeTimeout`. */
const OPTIONS: ClientOptions & { readonly closeTimeout: number } = {
  perMessageDeflate: false,
  followRedirects: false,
  maxPayload: MAX_MESSAGE_BYTES,
  closeTimeout: CLOSE_LIMIT,
};

/** Begins a TCP connection. A test may give another. */
export type ConnectTcp = (target: Target) => Socket;

/** The real {@link SocketFactory}: one websocket to the device. Never throws, never emits an unhandled error. */
export function openWebSocket(
  target: Target,
  listener: SocketListener,
  clock: Clock,
  connectTcp: ConnectTcp = connectDevice,
): SessionSocket {
  try {
    return new DeviceSocket(target, listener, clock, connectTcp(target));
  } catch (error) {
    // Node throws on a port that is none, instead of failing later.
    const end: SocketEnd = { code: 'unreachable', error: systemCode(error) ?? messageOf(error) };
    const timer = clock.after(0, () => listener.onEnded(end));
    const close = (): void => timer.cancel();
    return { gone: Promise.resolve(), send: () => false, close, reset: close };
  }
}

function connectDevice({ host, port }: Target): Socket {
  return connect({ host, port, noDelay: true, autoSelectFamilyAttemptTimeout: ADDRESS_LIMIT });
}

class DeviceSocket implements SessionSocket {
  readonly #listener: SocketListener;
  readonly #tcp: Socket;
  readonly #websocket: WebSocket;
  #phase: 'lookup' | 'connect' | 'upgrade' | 'open' | 'over';
  #limit: Timer | undefined;
  #lastError: unknown;
  #isGone = false;
  /** Only once somebody asked for it: most live for weeks. */
  #gone: PromiseWithResolvers<void> | undefined;

  constructor(target: Target, listener: SocketListener, clock: Clock, tcp: Socket) {
    this.#listener = listener;
    this.#tcp = tcp;
    this.#phase = isIP(target.host) ? 'connect' : 'lookup';
    tcp.on('close', () => {
      this.#isGone = true;
      this.#gone?.resolve();
    });
    this.#limit = clock.after(CONNECT_LIMIT, () =>
      this.#fail({ code: this.#phase === 'lookup' ? 'host-not-found' : 'connect-timeout' }),
    );
    if (this.#phase === 'lookup') {
      tcp.on('lookup', (error: Error | null) => {
        if (!error && this.#phase === 'lookup') this.#phase = 'connect';
      });
    }
    tcp.once('connect', () => {
      if (this.#phase === 'over') return;
      this.#phase = 'upgrade';
      this.#endLimit();
      this.#limit = clock.after(UPGRADE_LIMIT, () => this.#fail({ code: 'upgrade-timeout' }));
    });
    tcp.on('error', (error) => this.#onError(error));

    const websocket = new WebSocket(urlOf(target), { ...OPTIONS, createConnection: () => tcp });
    this.#websocket = websocket;
    websocket.on('open', () => this.#onOpen());
    websocket.on('message', (data, isBinary) => {
      if (this.#phase !== 'open') return;
      if (isBinary) this.#fail({ code: 'bad-message' });
      else listener.onMessage((data as Buffer).toString('utf8'));
    });
    websocket.on('unexpected-response', (_request, response) =>
      this.#fail({ code: 'upgrade-refused', status: response.statusCode ?? 0 }),
    );
    websocket.on('error', (error) => this.#onError(error));
    websocket.on('close', (code) =>
      this.#fail({ code: 'dropped', detail: systemCode(this.#lastError) ?? `websocket code ${code}` }),
    );
  }

  get gone(): Promise<void> {
    if (this.#isGone) return Promise.resolve();
    this.#gone ??= Promise.withResolvers();
    return this.#gone.promise;
  }

  send(text: string): boolean {
    if (this.#phase !== 'open' || this.#websocket.readyState !== WebSocket.OPEN) return false;
    // A write that fails is followed by the end of the connection, which says so.
    this.#websocket.send(text);
    return true;
  }

  close(): void {
    this.#over();
    if (this.#websocket.readyState === WebSocket.OPEN) this.#websocket.close(1000);
    else this.#tcp.destroy();
  }

  reset(): void {
    this.#over();
    if (!this.#tcp.destroyed) this.#tcp.resetAndDestroy();
  }

  #onOpen(): void {
    if (this.#phase !== 'upgrade') return;
    this.#phase = 'open';
    this.#endLimit();
    this.#listener.onOpen();
  }

  #onError(error: unknown): void {
    this.#lastError = error;
    switch (this.#phase) {
      case 'lookup':
      case 'connect': {
        this.#fail(connectEnd(error));
        return;
      }
      case 'upgrade': {
        this.#fail(upgradeEnd(error));
        return;
      }
      case 'open':
        // Errors of TCP are followed by `close`; those of the protocol by a closing handshake, which we need not.
        if (systemCode(error)?.startsWith('WS_ERR_')) this.#fail({ code: 'bad-message' });
        return;
      case 'over':
        return;
    }
  }

  #fail(end: SocketEnd): void {
    if (this.#phase === 'over') return;
    const wasOpen = this.#phase === 'open';
    this.#over();
    // An open one is left to whoever is told: it decides between closing and resetting.
    if (!wasOpen) this.#tcp.destroy();
    this.#listener.onEnded(end);
  }

  #over(): void {
    this.#phase = 'over';
    this.#endLimit();
  }

  #endLimit(): void {
    this.#limit?.cancel();
    this.#limit = undefined;
  }
}

function connectEnd(error: unknown): SocketEnd {
  const code = systemCode(error) ?? 'unknown error';
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
    case 'EAI_NONAME':
    case 'EAI_FAIL':
      return { code: 'host-not-found' };
    case 'ECONNREFUSED':
      return { code: 'refused' };
    case 'ETIMEDOUT':
      return { code: 'connect-timeout' };
    default:
      return { code: 'unreachable', error: code };
  }
}

/** A system error here means that the connection broke; anything else is what ws or the HTTP parser refuse. */
function upgradeEnd(error: unknown): SocketEnd {
  switch (systemCode(error)) {
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ETIMEDOUT':
    case 'ECONNABORTED':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return { code: 'upgrade-dropped' };
    default:
      return { code: 'upgrade-invalid' };
  }
}

/** Only the Host header comes from this: the connection is ours. */
function urlOf({ host, port }: Target): string {
  // A zone is of this machine alone and has no place in a header.
  const name = isIPv6(host) ? `[${host.replace(/%.*$/, '')}]` : host;
  const url = `ws://${name}:${port}/`;
  return URL.canParse(url) ? url : 'ws://remootio.invalid/';
}
