import type { HAP, PlatformAccessory } from 'homebridge';
import { Signal, type Unsubscribe } from '../base/emitter.ts';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { DeviceConfig } from '../config/fields.ts';
import type { Device, DeviceHealth, DeviceReport } from '../device/types.ts';
import { AutoClose } from '../door/auto-close.ts';
import { OutputHold } from '../door/output-hold.ts';
import type { Door } from '../door/types.ts';
import { Companions } from './companions.ts';
import { writeContext } from './context.ts';
import type { GateHappening } from './gate-events.ts';
import type { GateMaker } from './gate-maker.ts';
import { addressOf, sameSerial } from './identity.ts';
import { fillInformation } from './information.ts';
import { sayLeftOut, sayUnsupported } from './limits.ts';
import { park } from './park.ts';
import type { Satellites } from './satellites.ts';
import { saySensor } from './sensor-presence.ts';
import { SideAccessories } from './side-accessories.ts';
import type { GateState, StateFile } from './state-store.ts';

export interface GateOptions {
  readonly hap: HAP;
  readonly accessory: PlatformAccessory;
  /** Its accessories beside its own. */
  readonly satellites: Satellites;
  readonly config: DeviceConfig;
  readonly file: StateFile;
  readonly maker: GateMaker;
  readonly log: Log;
  /** Of the platform, for what has a name of its own. */
  readonly platformLog: Log;
  /** What Homebridge keeps of the accessory changed and must be saved. */
  readonly onAccessory: () => void;
  /** The same where a person gave a name, which nobody else knows. */
  readonly onNamed: () => void;
  /** Whether the device with this serial number may be bound to this accessory; says why where it may not. */
  readonly mayBind: (serialNumber: string) => boolean;
}

/** One device of the config with its door and its accessories. */
export class Gate {
  readonly config: DeviceConfig;
  /** Everything that happens to it or is done by it, in order. */
  readonly happened = new Signal<GateHappening>();
  readonly #options: GateOptions;
  readonly #device: Device;
  readonly #door: Door;
  readonly #hold: OutputHold;
  readonly #companions: Companions;
  readonly #sides: SideAccessories;
  readonly #autoClose: AutoClose | undefined;
  readonly #subscriptions: readonly Unsubscribe[];
  #saidUnsupported = false;

  constructor(options: GateOptions) {
    const { accessory, config, file, hap, log, maker, onNamed, platformLog, satellites } = options;
    const { clock } = maker;
    this.config = config;
    this.#options = options;
    this.#device = maker.device({
      config,
      // The config has the last word, so that a device that was replaced can be given the accessory.
      expectedSerial: () => config.serialNumber ?? this.serialNumber,
      memory: file.state?.device,
      remember: (device) => this.#save({ device }),
      log,
    });
    // Before the door hears of them: whoever listens sees it as it was when they happened.
    const unsubscribe = this.#device.event.on((event) => this.happened.emit({ kind: 'event', event }));
    this.#door = maker.door(this.#device, { config, output: 'primary', memory: file.state?.door, log });
    this.#hold = new OutputHold({
      device: this.#device,
      clock,
      memory: file.state?.hold,
      remember: (hold) => this.#save({ hold }),
    });
    const parts = {
      hap,
      config,
      device: this.#device,
      door: this.#door,
      hold: this.#hold,
      clock,
      log,
      happened: this.happened,
      remembered: () => file.state,
      remember: (changes: Partial<GateState>) => this.#save(changes),
    };
    this.#companions = new Companions({ ...parts, accessory, saveAccessory: onNamed });
    this.#sides = new SideAccessories({ satellites, maker, platformLog, parts });
    this.#companions.show(file.state?.sensor);
    this.#sides.show(file.state?.sensor);
    this.#describe();
    this.#autoClose = this.#makeAutoClose();
    this.#subscriptions = [
      unsubscribe,
      this.#door.remember.on((door) => this.#save({ door })),
      this.#door.changed.on((view) => this.happened.emit({ kind: 'door', door: 'gate', view })),
      this.#device.healthChanged.on((health) => this.happened.emit({ kind: 'health', health })),
      this.#device.healthChanged.on((health) => this.#bind(health)),
      this.#device.report.on((report) => this.#heard(report)),
    ];
    this.#forgetUnused();
    sayLeftOut(log, config);
  }

  /** The UUID of its accessory, by which it is known for ever. */
  get uuid(): string {
    return this.#options.accessory.UUID;
  }

  get device(): Device {
    return this.#device;
  }

  get door(): Door {
    return this.#door;
  }

  /** What is held of its outputs. */
  get hold(): OutputHold {
    return this.#hold;
  }

  /** The serial number of its device, once that was seen. */
  get serialNumber(): string | undefined {
    return this.#options.file.state?.serialNumber;
  }

  /** Once its own accessory is on the bridge. */
  start(): void {
    this.#sides.publish();
    this.#device.start();
  }

  /** Ends the connection. The accessories stay, and what is remembered is on disk afterwards. */
  async stop(): Promise<void> {
    for (const unsubscribe of this.#subscriptions) unsubscribe();
    this.#autoClose?.stop();
    this.#companions.stop();
    this.#sides.stop();
    this.#hold.stop();
    this.#door.stop();
    await this.#device.stop();
    await this.#options.file.flush();
  }

  #makeAutoClose(): AutoClose | undefined {
    const { config, file, log, maker } = this.#options;
    const { autoCloseMinutes, autoCloseWarningSeconds, readOnly } = config;
    if (autoCloseMinutes === undefined || readOnly) return undefined;
    const autoClose = new AutoClose({
      device: this.#device,
      door: this.#door,
      hold: this.#hold,
      clock: maker.clock,
      log,
      after: autoCloseMinutes * 60_000,
      warning: autoCloseWarningSeconds * 1000,
      memory: file.state?.autoClose,
      remember: (memory) => this.#save({ autoClose: memory }),
      flush: () => file.flush(),
    });
    autoClose.step.on((step) => this.happened.emit({ kind: 'auto-close', step }));
    return autoClose;
  }

  /** What was turned off must not go on where it stopped when it is turned on again. */
  #forgetUnused(): void {
    const { file } = this.#options;
    if (this.config.leftOpen === 'off' && file.state?.leftOpen) this.#save({ leftOpen: { leftOpen: false } });
    if (!this.#autoClose && file.state?.autoClose) this.#save({ autoClose: { attempted: false } });
  }

  /** A status sensor was added or removed: what appears in Home follows. */
  #heard({ sensor }: DeviceReport): void {
    const { file, log, onAccessory } = this.#options;
    const now = sensor === 'no sensor' ? 'absent' : 'present';
    const before = file.state?.sensor;
    if (now === before) return;
    this.#save({ sensor: now });
    saySensor(log, this.config, before, now);
    if (this.#companions.show(now)) onAccessory();
    this.#sides.show(now);
  }

  /** Only a device that has proved to know the keys is believed: a hello can come from anybody. */
  #bind({ state, identity }: DeviceHealth): void {
    if (state !== 'online' || !identity) return;
    const { hap, accessory, log, mayBind } = this.#options;
    if (!this.#saidUnsupported) sayUnsupported(log, this.config, identity.apiVersion);
    this.#saidUnsupported = true;
    const { serialNumber, remootioVersion } = identity;
    const isNew = serialNumber !== undefined && !isSame(this.serialNumber, serialNumber);
    if (!isNew && remootioVersion === this.#options.file.state?.remootioVersion) return;
    if (isNew) {
      if (!mayBind(serialNumber)) {
        this.stop().catch((error: unknown) => log.debug(messageOf(error)));
        park(hap, accessory);
        this.#sides.park();
        return;
      }
      log.info(`the device with the serial number ${serialNumber} is bound to this accessory from now on`);
      this.#save({ serialNumber });
    }
    if (remootioVersion !== undefined) this.#save({ remootioVersion });
    this.#describe();
  }

  #describe(): void {
    const { hap, accessory, config, file, onAccessory } = this.#options;
    const { serialNumber, remootioVersion } = file.state ?? {};
    const context = { name: config.name, address: addressOf(config), serialNumber, remootioVersion };
    fillInformation(hap, accessory, context);
    this.#sides.describe({ serialNumber, remootioVersion });
    if (writeContext(accessory, context)) onAccessory();
  }

  #save(changes: Partial<GateState>): void {
    const { config, file } = this.#options;
    file.update({ ...changes, name: config.name, address: addressOf(config) });
  }
}

function isSame(known: string | undefined, serialNumber: string): boolean {
  return known !== undefined && sameSerial(known, serialNumber);
}
