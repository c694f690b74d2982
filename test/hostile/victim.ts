import { createSecretKey } from 'node:crypto';
import type { Log } from '../../src/base/log.ts';
import { RemootioDevice } from '../../src/device/remootio-device.ts';
import type { DeviceReport, TimedEvent } from '../../src/device/types.ts';
import { DeviceDoor } from '../../src/door/door.ts';
import { Supervisor } from '../../src/session/supervisor.ts';
import { AUTH_KEY, SECRET_KEY, type HostilePeer } from './hostile-peer.ts';
import { SteppedClock } from '../helpers/stepped-clock.ts';

/** What the plugin runs for one gate, over real sockets: supervisor, device and door, and all that they told. */
export class Victim {
  readonly clock = new SteppedClock();
  readonly link: Supervisor;
  readonly device: RemootioDevice;
  readonly door: DeviceDoor;
  readonly reports: DeviceReport[] = [];
  readonly events: TimedEvent[] = [];
  /** Changes of what Home shows. */
  shown = 0;
  /** Attempts and sessions that have ended. */
  downs = 0;
  /** Each line with the fake time at which it was written, its level in front. */
  readonly lines: { readonly at: number; readonly text: string }[] = [];
  #wake: () => void = () => undefined;

  constructor(peer: HostilePeer) {
    const { clock } = this;
    const log = this.#log();
    this.link = new Supervisor({
      target: () => ({ host: '127.0.0.1', port: peer.port }),
      keys: { secretKey: createSecretKey(SECRET_KEY), authKey: createSecretKey(AUTH_KEY) },
      clock,
      log,
    });
    this.device = new RemootioDevice({ link: this.link, clock, log });
    this.door = new DeviceDoor({
      device: this.device,
      clock,
      log,
      config: { whileClosing: 'refuse', readOnly: false },
    });
    this.device.report.on((report) => {
      this.reports.push(report);
      this.#wake();
    });
    this.device.event.on((event) => {
      this.events.push(event);
      this.#wake();
    });
    this.link.down.on(() => {
      this.downs += 1;
      this.#wake();
    });
    this.link.ready.on(() => this.#wake());
    this.door.changed.on(() => this.shown++);
    this.device.start();
  }

  /** Waits for something that real sockets bring about. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  /** Lets time pass up to the next attempt to connect, however far it is off. */
  goToNextAttempt(): void {
    while (this.link.state !== 'connecting') this.clock.step();
  }

  /** Forgets what was told, so that a run of hours does not fill the memory by itself. */
  forget(): void {
    this.reports.length = 0;
    this.events.length = 0;
    this.lines.length = 0;
  }

  /** The most lines that were ever written within a minute. */
  get linesInAMinute(): number {
    const counts = this.lines.map(
      ({ at }, index) => this.lines.slice(index).filter((line) => line.at < at + 60_000).length,
    );
    return Math.max(0, ...counts);
  }

  async stop(): Promise<void> {
    this.door.stop();
    await this.device.stop();
  }

  #log(): Log {
    const write =
      (level: string) =>
      (message: string): void => {
        this.lines.push({ at: this.clock.monotonic(), text: `${level} ${message}` });
      };
    return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  }
}
