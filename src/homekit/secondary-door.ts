import type { PlatformAccessory } from 'homebridge';
import type { Signal, Unsubscribe } from '../base/emitter.ts';
import { named, type Log } from '../base/log.ts';
import type { Device } from '../device/types.ts';
import type { Door } from '../door/types.ts';
import type { HAP } from 'homebridge';
import type { DeviceConfig } from '../config/fields.ts';
import { GarageDoor } from './garage-door.ts';
import type { GateHappening } from './gate-events.ts';
import type { GateMaker } from './gate-maker.ts';
import type { GateState } from './gate-state.ts';

export interface SecondaryDoorOptions {
  readonly hap: HAP;
  readonly accessory: PlatformAccessory;
  readonly config: DeviceConfig;
  readonly device: Device;
  readonly maker: GateMaker;
  /** Of the platform. */
  readonly platformLog: Log;
  readonly remembered: () => GateState | undefined;
  readonly remember: (changes: Partial<GateState>) => void;
  readonly happened: Signal<GateHappening>;
}

/** What the accessory of a second output is called. */
export function secondaryName({ name, secondaryName: given }: DeviceConfig): string {
  return given ?? `${name} pedestrian gate`;
}

/** The pedestrian gate at the second output, on an accessory of its own: it is followed by travel time. */
export class SecondaryDoor {
  readonly #door: Door;
  readonly #garageDoor: GarageDoor;
  readonly #subscriptions: readonly Unsubscribe[];

  constructor(options: SecondaryDoorOptions) {
    const { hap, accessory, config, device, maker, remembered, remember, happened } = options;
    const name = secondaryName(config);
    const log = named(options.platformLog, name);
    const memory = remembered()?.secondaryDoor;
    this.#door = maker.door(device, { config, output: 'secondary', memory, log });
    this.#garageDoor = new GarageDoor({
      hap,
      accessory,
      name,
      door: this.#door,
      log,
      happened,
      output: 'secondary',
    });
    this.#subscriptions = [
      this.#door.remember.on((secondaryDoor) => remember({ secondaryDoor })),
      this.#door.changed.on((view) => happened.emit({ kind: 'door', door: 'secondary', view })),
    ];
  }

  stop(): void {
    for (const unsubscribe of this.#subscriptions) unsubscribe();
    this.#garageDoor.stop();
    this.#door.stop();
  }
}
