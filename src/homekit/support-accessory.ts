import type { Characteristic, HAP, PlatformAccessory, Service } from 'homebridge';
import type { Clock } from '../base/clock.ts';
import type { Unsubscribe } from '../base/emitter.ts';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { RemoteSupport } from '../reach/remote-support.ts';
import type { ComputerState } from '../reach/support-state.ts';
import { cleanName } from './clean-name.ts';
import { companionService } from './companion-service.ts';
import { stampVersion } from './information.ts';
import { park } from './park.ts';
import { supportError } from './support-status.ts';

/** How long a write may take: HAP itself ends it after 9 s. */
const ANSWER_WITHIN = 8_000;

/** HAP's ContactSensorState and StatusFault. */
const CONTACT = { closed: 0, open: 1 } as const;
const FAULT = { none: 0, general: 1 } as const;

export interface SupportAccessoryOptions {
  readonly hap: HAP;
  readonly accessory: PlatformAccessory;
  readonly support: Pick<RemoteSupport, 'changed' | 'revoke' | 'rollout' | 'state'>;
  /** Of the computer, as the config has it. */
  readonly name: string;
  readonly clock: Clock;
  /** Already named after the computer. */
  readonly log: Log;
  /** Runs a call that was made from Apple Home. */
  readonly fromHome: <Result>(call: () => Promise<Result>) => Promise<Result>;
  readonly saveAccessory: () => void;
}

/** What the accessory is called: never as the computer, which has its name from its room more often than not. */
export function supportName(computer: string): string {
  return cleanName(`${computer} support`);
}

/**
 * A supported computer in Apple Home: a switch that grants and revokes support, and a sensor that says whether
 * a key of ours may still be on the computer. Both show what the vault knows, not what was wished for.
 */
export class SupportAccessory {
  readonly #options: SupportAccessoryOptions;
  readonly #on: Characteristic;
  readonly #contact: Service;
  readonly #unsubscribe: Unsubscribe;

  constructor(options: SupportAccessoryOptions) {
    this.#options = options;
    const { hap, accessory, name, saveAccessory, support } = options;
    const { ContactSensorState, On, StatusFault } = hap.Characteristic;
    fillInformation(hap, accessory, name, support.state(name));
    const service = companionService({
      hap,
      accessory,
      type: 'Switch',
      subtype: 'support',
      name: supportName(name),
      onRenamed: saveAccessory,
    });
    service.setPrimaryService(true);
    this.#on = service.getCharacteristic(On);
    this.#on.onGet(() => isOn(this.#state)).onSet((value) => this.#write(value === true || value === 1));
    this.#contact = companionService({
      hap,
      accessory,
      type: 'ContactSensor',
      subtype: 'support access',
      name: `${supportName(name)} access`,
      onRenamed: saveAccessory,
    });
    this.#contact.getCharacteristic(ContactSensorState).onGet(() => contactOf(this.#state));
    this.#contact.getCharacteristic(StatusFault).onGet(() => faultOf(this.#state));
    this.#unsubscribe = support.changed.on((state) => {
      if (state.name === name) this.#show(state);
    });
    this.#show(this.#state);
  }

  /** It stays on the bridge, and says that there is nothing behind it. */
  stop(): void {
    this.#unsubscribe();
    park(this.#options.hap, this.#options.accessory);
  }

  get #state(): ComputerState {
    return this.#options.support.state(this.#options.name);
  }

  #show(state: ComputerState): void {
    const { ContactSensorState, StatusFault } = this.#options.hap.Characteristic;
    this.#on.updateValue(isOn(state));
    this.#contact
      .updateCharacteristic(ContactSensorState, contactOf(state))
      .updateCharacteristic(StatusFault, faultOf(state));
  }

  async #write(on: boolean): Promise<void> {
    const { clock, fromHome, hap, log, name, support } = this.#options;
    const deadline = clock.monotonic() + ANSWER_WITHIN;
    try {
      await fromHome(() => (on ? support.rollout(name, { deadline }) : support.revoke(name, { deadline })));
    } catch (error) {
      log.warn(`support could not be turned ${on ? 'on' : 'off'} from Home: ${messageOf(error)}`);
      throw supportError(hap, error);
    } finally {
      // hap-nodejs stores what was written after this handler, and Home has shown it.
      setImmediate(() => this.#correct(on));
    }
  }

  #correct(written: boolean): void {
    const { name, support } = this.#options;
    const state = tryState(() => support.state(name));
    if (!state) return;
    this.#show(state);
    if (isOn(state) !== written) this.#on.sendEventNotification(isOn(state));
  }
}

function isOn({ phase }: ComputerState): boolean {
  return phase === 'open' || phase === 'opening';
}

function contactOf({ accessOpen }: ComputerState): number {
  return accessOpen ? CONTACT.open : CONTACT.closed;
}

function faultOf({ endingSoon, possiblyOrphaned, problem }: ComputerState): number {
  return endingSoon || possiblyOrphaned > 0 || problem !== undefined ? FAULT.general : FAULT.none;
}

/** Undefined once remote support has been stopped. */
function tryState(read: () => ComputerState): ComputerState | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function fillInformation(
  hap: HAP,
  accessory: PlatformAccessory,
  computer: string,
  { platform }: ComputerState,
): void {
  const { Manufacturer, Model, Name, SerialNumber } = hap.Characteristic;
  const name = supportName(computer);
  accessory.updateDisplayName(name);
  stampVersion(hap, accessory)
    .updateCharacteristic(Name, name)
    .updateCharacteristic(Manufacturer, 'TeamViewer')
    .updateCharacteristic(Model, platform === undefined ? 'REACH' : `REACH ${platform}`)
    .updateCharacteristic(SerialNumber, accessory.UUID);
}
