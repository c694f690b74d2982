import { systemClock } from '../../src/base/clock.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { SimulatedDevice, type SimulatorEvent } from '../../src/simulator/index.ts';
import type { ListenOptions, SimulatedDeviceOptions } from '../../src/simulator/index.ts';
import { freePort } from '../helpers/free-port.ts';
import { Tape, type Mark } from '../helpers/tape.ts';

/** A happening, with the monotonic time of this process. */
export type Moment = SimulatorEvent & { readonly at: number };

const QUICK = { travelTime: 600, relayTime: 50, sensorDelay: 60 };

/** A simulated device in this process, for tests that need many and never kill one. */
export class LocalGate {
  readonly name: string;
  readonly device: SimulatedDevice;
  readonly happenings: Tape<Moment>;

  private constructor(name: string, device: SimulatedDevice) {
    this.name = name;
    this.device = device;
    this.happenings = new Tape(`${name} (simulated)`, (moment) => JSON.stringify(moment));
    device.happenings.on((happening) => this.happenings.push({ ...happening, at: systemClock.monotonic() }));
  }

  static async open(name: string, options: SimulatedDeviceOptions & ListenOptions = {}): Promise<LocalGate> {
    // A port that it finds free again when it comes back.
    const port = options.port ?? (await freePort());
    const gate = new LocalGate(name, new SimulatedDevice({ ...QUICK, ...options, port }));
    await gate.device.start();
    return gate;
  }

  /** The device as it stands in the config of the plugin. */
  config(more: JsonObject = {}): JsonObject {
    const { host, port, secretKey, authKey } = this.device;
    return { name: this.name, host, port, apiSecretKey: secretKey, apiAuthKey: authKey, ...more };
  }

  get secrets(): readonly string[] {
    return [this.device.secretKey, this.device.authKey];
  }

  /** Gone from the network, without a word. */
  async vanish(): Promise<void> {
    await this.device.stopListening();
    this.device.drop();
  }

  async authenticated(since: Mark): Promise<void> {
    await this.happenings.waitFor('a session', ({ event }) => event === 'authenticated', {
      since,
      within: 30_000,
    });
  }

  /** How the gate stood at this moment: at rest it is closed or open, and on its way it is not closed. */
  stoodAt(time: number): 'open' | 'closed' {
    const motions = this.happenings.since(0).filter((moment) => moment.event === 'gate');
    const last = motions.findLast(({ at }) => at <= time);
    if (!last) return this.device.settings.state;
    return last.motion === 'stopped' && last.position === 0 ? 'closed' : 'open';
  }
}
