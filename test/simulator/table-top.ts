import { DeviceModel } from '../../src/simulator/device-model.ts';
import { Faults } from '../../src/simulator/faults.ts';
import type { Happening } from '../../src/simulator/happenings.ts';
import { Conversation } from '../../src/simulator/protocol.ts';
import { completeSettings, type SimulatedDeviceOptions } from '../../src/simulator/settings.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { TestClient } from './client.ts';

export interface Line {
  readonly client: TestClient;
  readonly conversation: Conversation;
  /** What the device did to the connection, in order. */
  readonly ends: ('close' | 'reset')[];
  /** Hello, challenge and the first QUERY, answered. */
  authenticate(): void;
}

/** A simulated device on the table: no sockets, no real time. */
export class TableTop {
  readonly clock = new FakeClock();
  readonly happenings: Happening[] = [];
  readonly device: DeviceModel;
  readonly faults: Faults;
  readonly #lines: Conversation[] = [];

  constructor(options: SimulatedDeviceOptions = {}) {
    this.device = new DeviceModel(completeSettings({ travelTime: 10_000, ...options }), this.clock);
    this.faults = new Faults({
      resetConnections: () => this.#lines.forEach((line) => line.end('reset', 'reset')),
      restartClock: () => this.device.restartClock(),
      burst: (count) => this.device.burst(count),
      sendGarbage: () => this.#lines.forEach((line) => line.sendRaw('garbage')),
    });
    this.device.logged.on(() => this.#lines.forEach((line) => line.tellEvents()));
  }

  /** A client that has the device's keys, unless it is given others. */
  connect(otherKeys: { secretKey?: string; authKey?: string } = {}): Line {
    const { secretKey, authKey } = this.device.settings;
    const ends: ('close' | 'reset')[] = [];
    const client = new TestClient({ secretKey, authKey, ...otherKeys }, (text) => conversation.receive(text));
    const conversation: Conversation = new Conversation({
      connection: this.#lines.length + 1,
      device: this.device,
      keys: { secretKey: Buffer.from(secretKey, 'hex'), authKey: Buffer.from(authKey, 'hex') },
      transport: {
        send: (text) => client.receive(text),
        close: () => ends.push('close'),
        reset: () => ends.push('reset'),
      },
      faults: this.faults,
      clock: this.clock,
      report: (happening) => this.happenings.push(happening),
    });
    this.#lines.push(conversation);
    const authenticate = (): void => {
      client.hello();
      client.auth();
      client.act({ type: 'QUERY' });
    };
    return { client, conversation, ends, authenticate };
  }

  /** A client that is authenticated. */
  ready(): Line {
    const line = this.connect();
    line.authenticate();
    return line;
  }
}
