import type { Unsubscribe } from '../base/emitter.ts';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { DeviceConfig } from '../config/fields.ts';
import type { Device, DeviceHealth } from '../device/types.ts';
import type { GateMaker } from './gate-maker.ts';

/**
 * Connects to a device to learn its serial number, and lets go of it again: the one connection that it
 * allows is wanted by whoever asked.
 */
export class SerialQuestion {
  readonly #device: Device;
  readonly #log: Log;
  readonly #unsubscribe: Unsubscribe;
  readonly #onAnswer: (serialNumber: string | undefined) => void;

  /**
   * @param onAnswer called once, after the connection has ended: with the serial number of a device that has
   * proved to know the keys, or undefined for one of API version 1, which has none.
   */
  constructor(
    maker: GateMaker,
    config: DeviceConfig,
    log: Log,
    onAnswer: (serialNumber: string | undefined) => void,
  ) {
    this.#log = log;
    this.#onAnswer = onAnswer;
    this.#device = maker.device({
      config,
      expectedSerial: () => undefined,
      memory: undefined,
      remember: () => undefined,
      log,
    });
    this.#unsubscribe = this.#device.healthChanged.on((health) => this.#heard(health));
  }

  start(): void {
    this.#device.start();
  }

  async stop(): Promise<void> {
    this.#unsubscribe();
    await this.#device.stop();
  }

  #heard({ state, identity }: DeviceHealth): void {
    if (state !== 'online' || !identity) return;
    this.stop()
      .catch((error: unknown) => this.#log.debug(messageOf(error)))
      .finally(() => this.#onAnswer(identity.serialNumber));
  }
}
