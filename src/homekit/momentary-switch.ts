import type { Characteristic, Service } from 'homebridge';
import type { Clock, Timer } from '../base/clock.ts';
import { answerInTime } from '../door/answer-in-time.ts';
import { DoorWriteError } from '../door/errors.ts';
import type { CommandOptions } from '../device/types.ts';
import type { ActionResponse } from '../wire/actions.ts';
import { failedWrite, isGone, type Companion, type CompanionParts } from './companion.ts';
import { companionService } from './companion-service.ts';
import type { CommandName } from './gate-events.ts';
import { readError } from './hap-status.ts';

/** How long the switch stays on after the device has pulsed its output. */
const SHOWN_FOR = 1_000;

export interface MomentarySwitchOptions {
  readonly command: Exclude<CommandName, 'hold'>;
  /** What the config calls it. */
  readonly name: string;
  readonly primary: boolean;
  readonly send: (limits: CommandOptions) => Promise<ActionResponse>;
}

/**
 * A switch that pulses an output and goes back to off. It says nothing of where the gate is: nobody knows.
 * Home repeats writes, so one that comes while the switch is on is the same one, and pulses nothing.
 */
export class MomentarySwitch implements Companion {
  readonly services: readonly Service[];
  readonly #parts: CompanionParts;
  readonly #options: MomentarySwitchOptions;
  readonly #clock: Clock;
  readonly #on: Characteristic;
  #pulse: Promise<void> | undefined;
  #off: Timer | undefined;
  #stopped = false;

  constructor(parts: CompanionParts, options: MomentarySwitchOptions) {
    const { hap, accessory, clock, device, saveAccessory } = parts;
    this.#parts = parts;
    this.#options = options;
    this.#clock = clock;
    const service = companionService({
      hap,
      accessory,
      type: 'Switch',
      subtype: options.command,
      name: options.name,
      onRenamed: saveAccessory,
    });
    if (options.primary) service.setPrimaryService(true);
    this.services = [service];
    this.#on = service.getCharacteristic(hap.Characteristic.On);
    this.#on
      .onGet(() => {
        if (isGone(device, clock)) throw readError(hap);
        return this.#pulse !== undefined;
      })
      .onSet((value) => this.#write(value === true || value === 1));
    this.#on.updateValue(false);
  }

  stop(): void {
    this.#stopped = true;
    this.#off?.cancel();
    this.#on.updateValue(false);
  }

  async #write(on: boolean): Promise<void> {
    // It goes off by itself; until then off would not be true.
    if (!on) {
      if (this.#pulse) setImmediate(() => this.#on.updateValue(this.#pulse !== undefined));
      return;
    }
    this.#pulse ??= this.#send();
    await this.#pulse;
  }

  async #send(): Promise<void> {
    const { happened } = this.#parts;
    const { command, send } = this.#options;
    happened.emit({ kind: 'asked', command });
    try {
      const { relayTriggered } = await answerInTime(this.#clock, send);
      if (!relayTriggered) throw new DoorWriteError('not now', 'the device accepted it, but pulsed nothing');
      happened.emit({ kind: 'command', command });
      if (!this.#stopped) this.#off = this.#clock.after(SHOWN_FOR, () => this.#goOff());
    } catch (error) {
      setImmediate(() => this.#goOff());
      throw failedWrite(this.#parts, command, WORDS[command], error);
    }
  }

  #goOff(): void {
    this.#pulse = undefined;
    // Home has shown what it wrote, which is news to nobody else: it must be told.
    this.#on.sendEventNotification(false);
  }
}

const WORDS = {
  trigger: 'pulsed',
  secondary: 'pulsed at its second output',
} as const satisfies Record<MomentarySwitchOptions['command'], string>;
