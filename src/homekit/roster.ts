import { randomUUID } from 'node:crypto';
import type { HAP, PlatformAccessory } from 'homebridge';
import { messageOf } from '../base/errors.ts';
import { named, type Log } from '../base/log.ts';
import type { DeviceConfig } from '../config/fields.ts';
import type { ParsedConfig } from '../config/parse.ts';
import type { Bridge } from './bridge.ts';
import { cleanName } from './clean-name.ts';
import { knownFrom, satelliteOf } from './context.ts';
import { Gate } from './gate.ts';
import type { GateMaker } from './gate-maker.ts';
import { addressOf, matchDevices, ownerOf, sameSerial, type KnownAccessory } from './identity.ts';
import { Satellites, satellitesOf } from './satellites.ts';
import { SerialQuestion } from './serial-question.ts';
import type { StateStore } from './state-store.ts';
import { computerOf } from './support-context.ts';

export interface RosterOptions {
  readonly hap: HAP;
  readonly bridge: Bridge;
  readonly store: StateStore;
  readonly maker: GateMaker;
  readonly log: Log;
  /** Told of each gate before it starts. */
  readonly onGate?: (gate: Gate) => void;
}

/** A configured device, and the accessory that was known to be its own. */
interface Claimant {
  readonly config: DeviceConfig;
  readonly known: KnownAccessory | undefined;
}

/** Its gate, which does not run yet. */
interface MadeGate {
  readonly claimant: Claimant;
  readonly gate: Gate;
  readonly accessory: PlatformAccessory;
  /** Whether it is on the bridge already. */
  readonly restored: boolean;
  readonly log: Log;
}

/** Which accessory stands for which device: restores, adds, hands over and removes them. */
export class Roster {
  readonly #options: RosterOptions;
  readonly #gates = new Map<string, Gate>();
  readonly #questions = new Set<SerialQuestion>();
  /** On the bridge, and of no configured device that is known. */
  #unclaimed: readonly KnownAccessory[] = [];
  #mayRemove = false;
  #stopped = false;

  constructor(options: RosterOptions) {
    this.#options = options;
  }

  /** Gives each device its accessory and starts it. */
  start({ devices, complete }: ParsedConfig): void {
    const { claims, unclaimed } = matchDevices(devices, this.#known());
    this.#unclaimed = unclaimed;
    this.#mayRemove = complete;
    for (const { uuid } of unclaimed) this.#park(uuid);
    for (const claim of claims) if (claim.kind === 'ask') this.#ask(claim.device);
    // Before anything is added, since what is removed makes room on the bridge.
    this.#removeUnclaimed();
    this.#open(
      claims.flatMap((claim) => {
        if (claim.kind === 'ask') return [];
        return [{ config: claim.device, known: claim.kind === 'known' ? claim.accessory : undefined }];
      }),
    );
  }

  /** Ends every connection; the accessories stay. Resolves when all that is remembered is on disk. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const running = [...this.#gates.values(), ...this.#questions];
    await Promise.allSettled(running.map((each) => each.stop()));
    await this.#options.store.flush();
  }

  #park(uuid: string): void {
    const { bridge } = this.#options;
    for (const each of [uuid, ...satellitesOf(bridge, uuid)]) bridge.park(each);
  }

  /** What is on disk is newer than Homebridge's cache, and outlives it. */
  #known(): readonly KnownAccessory[] {
    const { bridge, store } = this.#options;
    const own = bridge.accessories.filter((each) => !satelliteOf(each) && !computerOf(each));
    const known = new Map(own.map((accessory) => [accessory.UUID, knownFrom(accessory)]));
    for (const accessory of store.known()) {
      known.set(accessory.uuid, { ...accessory, onBridge: known.has(accessory.uuid) });
    }
    return [...known.values()];
  }

  /** What goes wrong with one device must not keep the others from running. */
  #open(claimants: readonly Claimant[]): void {
    const made = claimants.flatMap((claimant) => {
      const log = named(this.#options.log, claimant.config.name);
      return this.#attempt(claimant, log, () => this.#make(claimant, log)) ?? [];
    });
    // Only now, so that Home sees each with all that belongs to it.
    const published = this.#options.bridge.publishAll(made.filter(({ restored }) => !restored));
    for (const each of made) {
      const { accessory, claimant, gate, log, restored } = each;
      if (restored || published.includes(accessory)) this.#attempt(claimant, log, () => this.#begin(each));
      else gate.stop().catch((error: unknown) => log.debug(messageOf(error)));
    }
  }

  #attempt<Value>({ known }: Claimant, log: Log, what: () => Value): Value | undefined {
    try {
      return what();
    } catch (error) {
      log.error(`could not be started: ${messageOf(error)}`);
      if (known) this.#park(known.uuid);
      return undefined;
    }
  }

  #make(claimant: Claimant, log: Log): MadeGate {
    const { config, known } = claimant;
    const { bridge, hap, maker, store } = this.#options;
    const name = cleanName(config.name);
    if (name !== config.name) log.info(`is shown as "${name}", since Apple Home does not take its name`);
    const uuid = known?.uuid ?? randomUUID();
    const restored = bridge.get(uuid);
    const accessory = restored ?? bridge.make(name, uuid);
    const file = store.open(uuid);
    const serialNumber = file.state?.serialNumber ?? known?.serialNumber;
    file.update({
      name: config.name,
      address: addressOf(config),
      ...(serialNumber !== undefined && { serialNumber }),
    });
    const gate = new Gate({
      hap,
      accessory,
      satellites: new Satellites(hap, bridge, uuid, this.#options.log),
      config,
      file,
      maker,
      log,
      platformLog: this.#options.log,
      onAccessory: () => bridge.saveSoon(accessory),
      onNamed: () => bridge.save(accessory),
      mayBind: (serial) => this.#mayBind(serial, uuid, log),
    });
    return { claimant, gate, accessory, restored: restored !== undefined, log };
  }

  #begin({ gate, log, restored }: MadeGate): void {
    log.info(restored ? 'restored' : 'added');
    this.#gates.set(gate.uuid, gate);
    this.#options.onGate?.(gate);
    gate.start();
  }

  /** It may be a device that is known by another name and address: its serial number will tell. */
  #ask(config: DeviceConfig): void {
    const log = named(this.#options.log, config.name);
    log.info('is not known yet: once it is reached it gets a new accessory, or the one that it had before');
    const question = new SerialQuestion(this.#options.maker, config, log, (serialNumber) => {
      this.#questions.delete(question);
      if (!this.#stopped) this.#answered(config, serialNumber, log);
    });
    this.#questions.add(question);
    question.start();
  }

  #answered(config: DeviceConfig, serialNumber: string | undefined, log: Log): void {
    const owner = serialNumber === undefined ? undefined : ownerOf(serialNumber, this.#unclaimed);
    if (owner) {
      this.#unclaimed = this.#unclaimed.filter((accessory) => accessory !== owner);
      log.info(`takes over the accessory of ${owner.name}: by its serial number it is the same device`);
      this.#open([{ config, known: owner }]);
    } else if (serialNumber === undefined || this.#mayBind(serialNumber, undefined, log)) {
      this.#open([{ config, known: undefined }]);
    } else {
      this.#mayRemove = false;
    }
    this.#removeUnclaimed();
  }

  /** A device may stand behind one accessory only, having one connection only. */
  #mayBind(serialNumber: string, uuid: string | undefined, log: Log): boolean {
    for (const [otherUuid, other] of this.#gates) {
      if (otherUuid === uuid || other.serialNumber === undefined) continue;
      if (!sameSerial(other.serialNumber, serialNumber)) continue;
      log.error(
        `is the same device as ${other.config.name} (serial number ${serialNumber}) and is left alone; ` +
          'remove one of the two from the config, or correct its host',
      );
      return false;
    }
    return true;
  }

  /** Only once it is certain that none of them belongs to a device that is configured. */
  #removeUnclaimed(): void {
    const { bridge, log, store } = this.#options;
    if (this.#unclaimed.length === 0 || this.#questions.size > 0) return;
    if (!this.#mayRemove) {
      const names = this.#unclaimed.map((accessory) => accessory.name).join(', ');
      log.info(`Kept until the config is in order, although not found in it: ${names}`);
      return;
    }
    for (const { uuid, name } of this.#unclaimed) {
      for (const satellite of satellitesOf(bridge, uuid)) bridge.remove(satellite, named(log, name));
      bridge.remove(uuid, named(log, name));
      store.remove(uuid);
    }
    this.#unclaimed = [];
  }
}
