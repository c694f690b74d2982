import type { Clock, Timer } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { createDevice } from '../../src/device/create-device.ts';
import type { RemootioDevice } from '../../src/device/remootio-device.ts';
import { CONNECT_LIMIT } from '../../src/session/socket.ts';
import type { SessionSocket, SocketFactory, SocketListener, Target } from '../../src/session/transport.ts';
import { SimulatedDevice } from '../../src/simulator/index.ts';
import { parseApiKey } from '../../src/wire/keys.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { MemoryNetwork } from '../reliability/memory-network.ts';
import { generator } from './compare.ts';

/** `refuses`: the host is there and nothing listens. `silent`: nothing answers at all. */
export type Absence = 'refuses' | 'silent';

export interface Outage {
  readonly absence: Absence;
  /** Milliseconds, give or take a tenth: attempts must not always be at the same place when it ends. */
  readonly lasts: number;
  /** Whether mDNS announces the device when it is back. */
  readonly announced: boolean;
}

class SeededClock extends FakeClock {
  readonly #random: () => number;

  constructor(random: () => number) {
    super();
    this.#random = random;
  }

  override random(): number {
    return this.#random();
  }
}

/** How long a recovery may take before it counts as none. */
const PATIENCE = 15 * 60_000;
const STEP = 100;

/**
 * One outage on a clock of its own: the real supervisor and device, the simulated gate, a network in memory.
 * @returns milliseconds from the device being there again to its being online.
 */
export async function playOutage({ absence, lasts, announced }: Outage, seed: number): Promise<number> {
  const random = generator(seed);
  const clock = new SeededClock(random);
  const network = new MemoryNetwork(clock);
  const simulated = new SimulatedDevice({ port: 8080, eventsFirst: false }, clock, network.openServer);
  let there = true;
  const device = deviceFor(
    simulated,
    clock,
    withRepeatedSyn(network.openSocket, () => there || absence === 'refuses'),
  );
  let onlineAt: number | undefined;
  device.healthChanged.on(({ state }) => {
    onlineAt = state === 'online' ? (onlineAt ?? clock.monotonic()) : undefined;
  });
  await simulated.start();
  device.start();
  await clock.advance(20_000 + random() * 60_000);

  there = false;
  simulated.drop();
  await simulated.stopListening();
  await clock.advance(lasts * (0.9 + 0.2 * random()));
  await simulated.listen();
  there = true;
  const backAt = clock.monotonic();
  if (announced) device.wake();
  for (let waited = 0; waited < PATIENCE && onlineAt === undefined; waited += STEP) await clock.advance(STEP);
  const took = (onlineAt ?? Infinity) - backAt;

  const stopped = Promise.all([device.stop(), simulated.stop()]);
  await clock.advance(2000);
  await stopped;
  network.dispose();
  return took;
}

/** What the plugin has for a gate below its door. */
export function deviceFor(
  simulated: SimulatedDevice,
  clock: Clock,
  openSocket?: SocketFactory,
): RemootioDevice {
  const { host, secretKey, authKey } = simulated;
  return createDevice({
    target: () => ({ host, port: simulated.port }),
    keys: { secretKey: parseApiKey(secretKey)!, authKey: parseApiKey(authKey)! },
    clock,
    log: silentLog,
    ...(openSocket && { openSocket }),
  });
}

/** When a system sends its SYN while an attempt lasts: it is repeated after 1 s, and the next time after 3 s. */
const SYN_AT = [0, 1000];

/** Where nobody answers, a connection comes about only when a SYN is repeated while somebody does. */
function withRepeatedSyn(open: SocketFactory, answers: () => boolean): SocketFactory {
  return (target, listener, clock) => new PatientSocket({ open, answers, target, listener, clock });
}

interface Attempt {
  readonly open: SocketFactory;
  readonly answers: () => boolean;
  readonly target: Target;
  readonly listener: SocketListener;
  readonly clock: Clock;
}

class PatientSocket implements SessionSocket {
  readonly gone: Promise<void>;
  #inner: SessionSocket | undefined;
  #vanish: () => void = () => undefined;
  readonly #timers: readonly Timer[];

  constructor({ open, answers, target, listener, clock }: Attempt) {
    this.gone = new Promise((resolve) => (this.#vanish = resolve));
    const syn = (): void => {
      if (this.#inner || !answers()) return;
      this.#cancel();
      this.#inner = open(target, listener, clock);
      void this.#inner.gone.then(this.#vanish);
    };
    const fail = (): void => {
      this.#cancel();
      this.#vanish();
      listener.onEnded({ code: 'connect-timeout' });
    };
    this.#timers = [...SYN_AT.map((at) => clock.after(at, syn)), clock.after(CONNECT_LIMIT, fail)];
  }

  send(text: string): boolean {
    return this.#inner?.send(text) ?? false;
  }

  close(): void {
    this.#end((inner) => inner.close());
  }

  reset(): void {
    this.#end((inner) => inner.reset());
  }

  #end(end: (inner: SessionSocket) => void): void {
    this.#cancel();
    if (this.#inner) end(this.#inner);
    else this.#vanish();
  }

  #cancel(): void {
    for (const timer of this.#timers) timer.cancel();
  }
}
