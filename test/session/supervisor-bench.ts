import type { DeviceHello } from '../../src/session/link.ts';
import { Supervisor, type SupervisorOptions } from '../../src/session/supervisor.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { RecordingLog } from '../helpers/recording-log.ts';
import { FakeDevice, KEYS } from './fake-device.ts';
import { FakeNetwork } from './fake-network.ts';

/** A supervisor over a device in memory, and everything that it told. */
export class SupervisorBench {
  readonly clock = new FakeClock();
  readonly device = new FakeDevice();
  readonly network = new FakeNetwork(this.device);
  readonly log = new RecordingLog();
  readonly told: string[] = [];
  readonly refused: DeviceHello[] = [];
  target = { host: 'gate.test', port: 8080 };
  readonly link: Supervisor;

  constructor(options: Partial<SupervisorOptions> = {}) {
    this.clock.nextRandom = 0;
    this.link = new Supervisor({
      target: () => this.target,
      keys: KEYS,
      clock: this.clock,
      log: this.log,
      openSocket: this.network.open,
      onRefused: (hello) => this.refused.push(hello),
      ...options,
    });
    const { link, told } = this;
    link.hello.on(() => told.push('hello'));
    link.message.on(({ kind }) => told.push(kind));
    link.ready.on(() => told.push('ready'));
    link.down.on(({ wasReady }) => told.push(wasReady ? 'down' : 'failed'));
    link.diagnosed.on((diagnosis) => told.push(diagnosis?.code ?? 'well'));
  }

  /** Starts, and lets the first attempt happen. */
  async start(): Promise<void> {
    this.link.start();
    await this.clock.advance(0);
  }

  get attempts(): number {
    return this.network.sockets.length;
  }

  /** Lets time pass until the next attempt. @returns how long that took, in milliseconds. */
  async untilNextAttempt(most = 400_000, step = 100): Promise<number> {
    const before = this.attempts;
    for (let passed = 0; passed <= most; passed += step) {
      if (this.attempts > before) return passed;
      await this.clock.advance(step);
    }
    throw new Error('there was no further attempt');
  }
}
