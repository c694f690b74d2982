import type { Log } from '../base/log.ts';
import type { DeviceConfig } from '../config/fields.ts';
import type { DeviceHealth } from '../device/types.ts';

/** Says once that the API was enabled without logging, and what that costs. */
export class LoggingNotice {
  readonly #log: Log;
  readonly #config: DeviceConfig;
  #said = false;

  constructor(log: Log, config: DeviceConfig) {
    this.#log = log;
    this.#config = config;
  }

  heard({ logging }: DeviceHealth): void {
    if (logging !== 'off' || this.#said) return;
    this.#said = true;
    const idle = idleWithoutLogging(this.#config);
    if (idle.length === 0) this.#log.info(`${WITHOUT_LOGGING}. ${TURN_ON}`);
    else this.#log.warn(`${WITHOUT_LOGGING}, and these have no effect: ${idle.join(', ')}. ${TURN_ON}`);
  }
}

const WITHOUT_LOGGING =
  'the Websocket API of the device is enabled without logging: it tells only that the gate opened or closed, ' +
  'not who operated it, nor of the doorbell and the buttons';
export const TURN_ON =
  'To have that, turn the API off and on again in the Remootio app, this time with logging, and copy the new keys.';

/** The settings that need what a device tells with logging alone. */
export function idleWithoutLogging(config: DeviceConfig): readonly string[] {
  return [
    config.doorbell && 'doorbell',
    config.buttons.length > 0 && 'buttons',
    config.leftOpen === 'device' && 'leftOpen',
    config.keyNames.length > 0 && 'keyNames',
  ].filter((key) => key !== false);
}
