import type { JsonObject } from '../../src/base/json.ts';
import { DoorStory } from './door-story.ts';
import { Controller } from './hap.ts';
import { Homebridge, type HomebridgeVersion } from './homebridge-process.ts';
import { SimulatedGate, type GateOptions } from './simulator-process.ts';

/** One gate of a house: how the device is, and what stands in the config beside its address and keys. */
export interface Plan extends Omit<GateOptions, 'plugin' | 'name'> {
  readonly config?: JsonObject;
  /** The device is not there yet. */
  readonly absent?: boolean;
}

/** Travel times of the config, in seconds: the shortest that are allowed. */
const QUICK = { openSeconds: 1, closeSeconds: 1 };

/**
 * A house with a Homebridge, simulated gates, and two members of the home: Ann, who operates, and Bob, who
 * watches. A connection gets no event for its own write, so what Home shows is seen with Bob's eyes.
 */
export class House<Name extends string = string> {
  readonly homebridge: Homebridge;
  readonly #gates: ReadonlyMap<Name, SimulatedGate>;
  #ann: Controller;
  #bob: Controller;

  private constructor(
    homebridge: Homebridge,
    gates: ReadonlyMap<Name, SimulatedGate>,
    members: readonly [Controller, Controller],
  ) {
    this.homebridge = homebridge;
    this.#gates = gates;
    [this.#ann, this.#bob] = members;
  }

  /** Everything runs, every gate that is there is connected, and both members are subscribed. */
  static async build<Name extends string>(
    plugin: string,
    version: HomebridgeVersion,
    plans: Readonly<Record<Name, Plan>>,
    moreDevices: readonly JsonObject[] = [],
  ): Promise<House<Name>> {
    const started: { end: () => Promise<void> }[] = [];
    try {
      const gates = new Map<Name, SimulatedGate>();
      const devices: JsonObject[] = [];
      for (const [name, plan] of Object.entries(plans) as [Name, Plan][]) {
        const gate = await SimulatedGate.make({ ...plan, plugin, name });
        started.push({ end: () => gate.kill() });
        gates.set(name, gate);
        devices.push(gate.config({ ...QUICK, ...plan.config }));
      }
      const present = [...gates].filter(([name]) => !plans[name].absent).map(([, gate]) => gate);
      await Promise.all(present.map((gate) => gate.start()));
      const homebridge = await Homebridge.make({
        version,
        plugin,
        platforms: [{ platform: 'Gatehouse', devices: [...devices, ...moreDevices] }],
        secrets: [...gates.values()].flatMap((gate) => gate.secrets),
      });
      started.push({ end: () => homebridge.dispose() });
      await homebridge.start();
      await Promise.all(present.map((gate) => gate.authenticated())).catch((error: unknown) => {
        throw new Error(`the log of Homebridge:\n${homebridge.log}`, { cause: error });
      });
      const ann = await Controller.pair('Ann', homebridge);
      const bob = await ann.invite('Bob');
      await Promise.all([ann.look(), bob.subscribe()]);
      return new House(homebridge, gates, [ann, bob]);
    } catch (error) {
      await Promise.allSettled(started.map(({ end }) => end()));
      throw error;
    }
  }

  /** Operates. */
  get ann(): Controller {
    return this.#ann;
  }

  /** Watches. */
  get bob(): Controller {
    return this.#bob;
  }

  gate(name: Name): SimulatedGate {
    return this.#gates.get(name)!;
  }

  /** What Bob sees of this gate from now on. */
  watch(name: Name): Promise<DoorStory> {
    return DoorStory.begin(this.#bob, name);
  }

  /** What the log says of one gate since then: WARN and ERROR, which go to standard error, or the rest. */
  said(name: Name, from: 'stdout' | 'stderr', since: number): readonly string[] {
    return this.homebridge.lines
      .since(since)
      .filter((line) => line.from === from && line.text.includes(`[${name}]`))
      .map((line) => line.text);
  }

  complaints(name: Name, since: number): readonly string[] {
    return this.said(name, 'stderr', since);
  }

  /** After each test: the log must be clean, and of a test that failed it is shown. */
  afterTest({ result }: { readonly result?: { readonly state: string } | undefined }): void {
    if (result?.state === 'fail') console.log(`the log of Homebridge:\n${this.homebridge.log}`);
    this.homebridge.checkLog();
  }

  /** The gate's place in the config; `more` beside its address and keys. */
  configOf(name: Name, more: JsonObject = {}): JsonObject {
    return this.gate(name).config({ ...QUICK, ...more });
  }

  /** Starts Homebridge again after it was stopped or killed; both members come back. */
  async startAgain(devices?: readonly JsonObject[]): Promise<void> {
    if (devices) this.homebridge.configure([{ platform: 'Gatehouse', devices }]);
    await this.homebridge.start();
    this.#ann = await this.#ann.reconnected();
    this.#bob = await this.#bob.reconnected();
    await Promise.all([this.#ann.look(), this.#bob.subscribe()]);
  }

  /** Ends everything; fails if Homebridge logged a crash, leaked a key or did not end by itself. */
  async demolish(): Promise<void> {
    await this.#ann.close();
    await this.#bob.close();
    try {
      await this.homebridge.dispose();
    } finally {
      await Promise.all([...this.#gates.values()].map((gate) => gate.kill()));
    }
  }
}
