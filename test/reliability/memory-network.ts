import { Signal } from '../../src/base/emitter.ts';
import type { Clock, Timer } from '../../src/base/clock.ts';
import type { SocketEnd } from '../../src/session/close-reason.ts';
import { CONNECT_LIMIT, UPGRADE_LIMIT } from '../../src/session/socket.ts';
import type { SessionSocket, SocketFactory, SocketListener } from '../../src/session/transport.ts';
import type { DeviceServer, ServerFactory, ServerOptions, Visitor } from '../../src/simulator/server.ts';

/** From one end to the other. */
const LATENCY = 2;
/** How long a closing websocket waits for its other side: ours, and the device's. */
const OUR_CLOSE_LIMIT = 1000;
const DEVICE_CLOSE_LIMIT = 30_000;

const DROPPED: SocketEnd = { code: 'dropped', detail: 'websocket code 1006' };
const RESET: SocketEnd = { code: 'dropped', detail: 'ECONNRESET' };

/**
 * The network between the plugin and one simulated device, in memory and on any clock. It does what TCP does
 * where that matters: order is kept, what was sent while the link is down is delivered when it is back,
 * unless the sender has reset the connection, and nobody is told of a peer that vanished.
 */
export class MemoryNetwork {
  /** A connection is being asked for. */
  readonly asked = new Signal<void>();
  /** Whether the device listens. */
  listening = false;
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();
  readonly #timers = new Set<Timer>();
  #server: ServerOptions | undefined;
  #linkUp = true;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** For the simulated device. */
  readonly openServer: ServerFactory = (options): DeviceServer => {
    this.#server = options;
    const stop = (): Promise<void> => {
      this.listening = false;
      return Promise.resolve();
    };
    return {
      listen: (_host, port) => {
        this.listening = true;
        return Promise.resolve(port);
      },
      stopListening: stop,
      stop,
    };
  };

  /** For the plugin. */
  readonly openSocket: SocketFactory = (_target, listener) => new MemorySocket(this, listener);

  get linkUp(): boolean {
    return this.#linkUp;
  }

  /** Cuts the link without a word to anybody, or mends it. */
  setLink(up: boolean): void {
    this.#linkUp = up;
    if (!up) return;
    for (const listener of [...this.#waiting]) listener();
    this.#waiting.clear();
  }

  /** Calls `listener` once, when the link is mended. @returns to be called when that is not needed any more. */
  whenUp(listener: () => void): () => void {
    this.#waiting.add(listener);
    return () => this.#waiting.delete(listener);
  }

  get now(): number {
    return this.#clock.monotonic();
  }

  /** What the device does with a connection that is asked for; undefined when nobody answers. */
  get server(): ServerOptions | undefined {
    return this.listening ? this.#server : undefined;
  }

  after(delay: number, callback: () => void): Timer {
    const timer = this.#clock.after(delay, () => {
      this.#timers.delete(timer);
      callback();
    });
    this.#timers.add(timer);
    return timer;
  }

  /** No timer of the network stays. */
  dispose(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    this.#waiting.clear();
  }
}

/** One direction of a connection: in order, and held back as long as the link is down. */
class Pipe {
  readonly #network: MemoryNetwork;
  #held: (() => void)[] = [];
  #forget: () => void = () => undefined;
  #broken = false;

  constructor(network: MemoryNetwork) {
    this.#network = network;
  }

  put(deliver: () => void): void {
    if (this.#broken) return;
    if (this.#network.linkUp) this.#send(deliver);
    else this.#hold(deliver);
  }

  /** What is held back is never delivered; what is under way is. */
  discard(): void {
    this.#held = [];
    this.#forget();
    this.#broken = true;
  }

  #send(deliver: () => void): void {
    this.#network.after(LATENCY, () => {
      if (this.#network.linkUp) deliver();
      else if (!this.#broken) this.#hold(deliver);
    });
  }

  #hold(deliver: () => void): void {
    if (this.#held.length === 0) this.#forget = this.#network.whenUp(() => this.#release());
    this.#held.push(deliver);
  }

  #release(): void {
    for (const deliver of this.#held.splice(0)) this.#send(deliver);
  }
}

/** Both ends of one connection. */
class MemorySocket implements SessionSocket {
  readonly gone: Promise<void>;
  readonly #network: MemoryNetwork;
  readonly #listener: SocketListener;
  readonly #toDevice: Pipe;
  readonly #toPlugin: Pipe;
  #visitor: Visitor | undefined;
  #limit: Timer | undefined;
  #ours: 'connecting' | 'open' | 'over' = 'connecting';
  #theirs: 'none' | 'open' | 'closing' | 'over' = 'none';
  #sentAt: number | undefined;
  #vanish: () => void = () => undefined;

  constructor(network: MemoryNetwork, listener: SocketListener) {
    this.#network = network;
    this.#listener = listener;
    this.#toDevice = new Pipe(network);
    this.#toPlugin = new Pipe(network);
    this.gone = new Promise((resolve) => (this.#vanish = resolve));
    this.#limit = network.after(CONNECT_LIMIT, () => this.#fail({ code: 'connect-timeout' }));
    network.asked.emit();
    this.#toDevice.put(() => this.#arrive());
  }

  send(text: string): boolean {
    if (this.#ours !== 'open') return false;
    this.#toDevice.put(() => this.#hear(text));
    return true;
  }

  close(): void {
    if (this.#ours === 'over' && this.#theirs === 'over') return;
    this.#over();
    this.#toDevice.put(() => this.#deviceGone(1000));
    this.#network.after(this.#network.linkUp ? 2 * LATENCY : OUR_CLOSE_LIMIT, this.#vanish);
  }

  reset(): void {
    this.#over();
    this.#toDevice.discard();
    // The reset itself is sent once, and nobody repeats it.
    if (this.#network.linkUp) this.#network.after(LATENCY, () => this.#deviceGone(1006));
    this.#vanish();
  }

  /** The connection reaches the device. */
  #arrive(): void {
    if (this.#ours === 'over') return;
    const { server } = this.#network;
    if (!server) {
      this.#toPlugin.put(() => this.#fail({ code: 'refused' }));
      return;
    }
    const admission = server.admit();
    if (admission.admit) this.#welcome(server);
    else if (admission.how === 'refuse') this.#answer({ code: 'upgrade-refused', status: 503 });
    else if (admission.how === 'reset') this.#answer({ code: 'upgrade-dropped' });
    else {
      this.#limit?.cancel();
      this.#limit = this.#network.after(UPGRADE_LIMIT, () => this.#fail({ code: 'upgrade-timeout' }));
    }
  }

  #answer(end: SocketEnd): void {
    this.#toPlugin.put(() => this.#fail(end));
  }

  #welcome(server: ServerOptions): void {
    this.#theirs = 'open';
    this.#toPlugin.put(() => {
      if (this.#ours !== 'connecting') return;
      this.#limit?.cancel();
      this.#ours = 'open';
      this.#listener.onOpen();
    });
    this.#visitor = server.connected({
      send: (text) => this.#toPlugin.put(() => this.#deliver(text)),
      close: () => this.#closedByDevice(),
      reset: () => this.#resetByDevice(),
    });
  }

  #closedByDevice(): void {
    if (this.#theirs !== 'open') return;
    this.#theirs = 'closing';
    this.#toPlugin.put(() => {
      this.#fail(DROPPED);
      this.#deviceGone(1005);
    });
    this.#network.after(DEVICE_CLOSE_LIMIT, () => this.#deviceGone(1006));
  }

  #resetByDevice(): void {
    if (this.#theirs === 'over') return;
    this.#toPlugin.discard();
    if (this.#network.linkUp) this.#network.after(LATENCY, () => this.#fail(RESET));
    this.#deviceGone(1006);
  }

  /** A frame reaches the device: one that does not know the connection any more answers by a reset. */
  #hear(text: string): void {
    if (this.#theirs === 'over') {
      if (this.#network.linkUp) this.#network.after(LATENCY, () => this.#fail(RESET));
      return;
    }
    const now = this.#network.now;
    if (this.#sentAt === now) this.#visitor?.lost('it came together with the frame before it');
    else this.#visitor?.text(text);
    this.#sentAt = now;
  }

  /** A frame reaches the plugin: a connection that it has given up is answered by a reset. */
  #deliver(text: string): void {
    if (this.#ours === 'open') this.#listener.onMessage(text);
    else if (this.#ours === 'over') this.#network.after(LATENCY, () => this.#deviceGone(1006));
  }

  #deviceGone(code: number): void {
    if (this.#theirs === 'none' || this.#theirs === 'over') return;
    this.#theirs = 'over';
    // In a later turn: the device may be in the middle of something.
    this.#network.after(0, () => this.#visitor?.gone(code));
  }

  #fail(end: SocketEnd): void {
    if (this.#ours === 'over') return;
    this.#over();
    this.#vanish();
    this.#listener.onEnded(end);
  }

  #over(): void {
    if (this.#theirs === 'none') this.#toDevice.discard();
    this.#ours = 'over';
    this.#limit?.cancel();
  }
}
