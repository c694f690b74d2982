import type { SocketEnd } from '../../src/session/close-reason.ts';
import type { SessionSocket, SocketFactory, SocketListener, Target } from '../../src/session/transport.ts';
import type { DeviceSession, FakeDevice } from './fake-device.ts';

/** Sockets in memory, for tests on a fake clock. What is sent arrives in a later microtask. */
export class FakeNetwork {
  readonly sockets: FakeSocket[] = [];
  /** How the next connections fail; undefined: they succeed. `hangs`: nothing ever happens. */
  failing: SocketEnd | 'hangs' | undefined;
  /** Keeps the sockets from being gone after they were closed. */
  lingering = false;
  readonly #device: FakeDevice;

  constructor(device: FakeDevice) {
    this.#device = device;
  }

  readonly open: SocketFactory = (target, listener) => {
    const socket = new FakeSocket(this, this.#device, target, listener);
    this.sockets.push(socket);
    return socket;
  };

  get last(): FakeSocket {
    return this.sockets.at(-1)!;
  }
}

export class FakeSocket implements SessionSocket {
  readonly target: Target;
  readonly gone: Promise<void>;
  readonly device: DeviceSession;
  /** How our side ended it. */
  endedBy: 'close' | 'reset' | undefined;
  /** The link is down: nothing arrives any more, on either side, and nobody is told. */
  cut = false;
  /** The socket does not take anything, as one whose other side is just closing it. */
  refusing = false;
  vanish: () => void = () => undefined;
  readonly #listener: SocketListener;
  readonly #network: FakeNetwork;
  #over = false;

  constructor(network: FakeNetwork, device: FakeDevice, target: Target, listener: SocketListener) {
    this.#network = network;
    this.target = target;
    this.#listener = listener;
    this.gone = new Promise((resolve) => (this.vanish = resolve));
    this.device = device.accept(
      (text) => this.deliver(text),
      () => this.drop(),
    );
    const { failing } = network;
    if (failing === 'hangs') return;
    this.#later(() => {
      if (failing) this.drop(failing);
      else listener.onOpen();
    });
  }

  send(text: string): boolean {
    if (this.#over || this.refusing) return false;
    this.#later(() => this.device.receive(text));
    return true;
  }

  close(): void {
    this.#finish('close');
  }

  reset(): void {
    this.#finish('reset');
  }

  /** The device says something. */
  deliver(text: string): void {
    this.#later(() => this.#listener.onMessage(text));
  }

  /** The device or the network ends it. */
  drop(end: SocketEnd = { code: 'dropped', detail: 'websocket code 1006' }): void {
    this.#later(() => {
      this.#over = true;
      this.vanish();
      this.#listener.onEnded(end);
    });
  }

  #finish(how: 'close' | 'reset'): void {
    this.endedBy ??= how;
    this.#over = true;
    if (!this.#network.lingering) this.vanish();
  }

  #later(callback: () => void): void {
    queueMicrotask(() => {
      if (!this.#over && !this.cut) callback();
    });
  }
}
