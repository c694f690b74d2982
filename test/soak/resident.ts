import { sleep, type Clock, type Timer } from '../../src/base/clock.ts';
import { messageOf } from '../../src/base/errors.ts';
import type { Log } from '../../src/base/log.ts';
import { STABLE_AFTER } from '../../src/session/backoff.ts';
import { ANSWER_LIMIT } from '../../src/session/request-queue.ts';
import type { SocketFactory } from '../../src/session/transport.ts';
import {
  SimulatedDevice,
  type ActionType,
  type FaultName,
  type Motion,
  type SimulatorEvent,
} from '../../src/simulator/index.ts';
import type { ServerFactory } from '../../src/simulator/server.ts';
import type { TargetDoorState } from '../../src/door/types.ts';
import { Ledger } from '../reliability/ledger.ts';
import { isTrue, isTrueLabel, Plugin, shown, type PluginMemory } from '../reliability/plugin.ts';
import type { Chance } from './chance.ts';
import { MISCHIEF, type Mischief } from './mischief.ts';
import type { Tally } from './tally.ts';

/** Where a device lives: on real sockets in real time, or in memory on a clock that is moved by hand. */
export interface Place {
  readonly clock: Clock;
  readonly openServer?: ServerFactory;
  readonly openSocket?: SocketFactory;
  readonly setLink?: (up: boolean) => void;
  /** Whether the device is announced on the network when it is back, which ends long waits. */
  readonly announced: boolean;
}

/** An attempt that a wake-up brings begins 30 s after the last one, and takes 12 s. */
const ANNOUNCED_LIMIT = 45_000;
/** Without, what looks like a wrong key is tried every 5 minutes. */
const UNANNOUNCED_LIMIT = 315_000;
/** A state is asked for again when Home is opened and the last word is older than 10 s; else by the keep-alive. */
const HOME_OPENED_EVERY = 11_000;
const NEXT_KEEP_ALIVE = 65_000;
/** How long a report may be on its way. */
const REPORTED_WITHIN = 750;
const STEP = 250;
/** How long a command may be on its way in a process that has much to do. */
const SLACK = 1000;
const KEPT_STORY = 60;

/** One simulated device with the plugin for it, and a life full of trouble. */
export class Resident {
  readonly place: Place;
  readonly chance: Chance;
  readonly simulated: SimulatedDevice;
  readonly #tally: Tally;
  readonly #ledger: Ledger;
  readonly #name: string;
  /** What happened last, for whoever looks into a problem. */
  readonly #story: string[] = [];
  readonly #later = new Set<Timer>();
  #plugin: Plugin;
  #since = 0;
  #motionBefore: Motion = 'stopped';
  #onlineSince = 0;
  /** Nothing is wrong, and `Home`: nobody else operates the gate. */
  #calm: 'Home' | 'people' | undefined;
  /** Since when Home is shown something else than the sensor says. */
  #untrueSince: number | undefined;

  constructor(name: string, place: Place, chance: Chance, tally: Tally) {
    this.#name = name;
    this.place = place;
    this.chance = chance;
    this.#tally = tally;
    // What a cut link holds back is taken back by a reset when it was not answered in time, and not before.
    this.#ledger = new Ledger(place.setLink ? ANSWER_LIMIT + SLACK : SLACK);
    const travel = Math.round(chance.between(1500, 6000));
    this.simulated = new SimulatedDevice(
      {
        apiVersion: chance.pick([1, 2, 3]),
        logging: chance.next() < 0.7,
        state: chance.pick(['open', 'closed']),
        eventsFirst: chance.next() < 0.5,
        pulseWhileMoving: chance.pick(['stop', 'reverse']),
        openTime: travel,
        closeTime: travel,
        sensorDelay: Math.round(chance.between(50, 600)),
        relayTime: Math.round(chance.between(50, 600)),
      },
      place.clock,
      place.openServer,
    );
    this.simulated.happenings.on((happening) => {
      if (happening.event === 'authenticated') this.#tally.sessions += 1;
      if (happening.event === 'frame') this.#motionBefore = this.simulated.state.motion;
      if (happening.event === 'action') this.#onAction(happening.type, happening.relayTriggered);
      this.#tell(describe(happening));
    });
    this.#plugin = this.#makePlugin({});
  }

  get plugin(): Plugin {
    return this.#plugin;
  }

  async start(): Promise<void> {
    this.#since = this.place.clock.monotonic();
    await this.listen();
    this.#plugin.device.start();
  }

  /** Trouble, peace and ordinary life in turn, until the time is over. */
  async live(until: number): Promise<void> {
    const { clock } = this.place;
    try {
      for (let left = until - clock.monotonic(); left > 0; left = until - clock.monotonic()) {
        await this.#pass(Math.min(left, this.chance.between(4000, 25_000)), ['Home', 'people', 'fate']);
        if (await this.#peace(clock.monotonic() >= until)) await this.#ordinaryLife();
      }
    } catch (error) {
      this.#problem(this.#tally.accidents, messageOf(error));
    }
  }

  async stop(): Promise<void> {
    this.#cancelLater();
    await this.#plugin.stop();
    await this.simulated.stop();
  }

  async wait(milliseconds: number): Promise<void> {
    const { clock } = this.place;
    const end = clock.monotonic() + milliseconds;
    for (let left = milliseconds; left > 0; left = end - clock.monotonic()) {
      await sleep(clock, Math.min(left, STEP));
      this.#watch();
    }
  }

  /** Does something in a while, unless there is peace before; then its opposite has been done already. */
  later(delay: number, act: () => unknown): void {
    const timer = this.place.clock.after(delay, () => {
      this.#later.delete(timer);
      void act();
    });
    this.#later.add(timer);
  }

  /** A write from Home, not waited for. */
  write(target: TargetDoorState): void {
    const { clock } = this.place;
    this.#tally.writes += 1;
    this.#tell(`write ${target}`);
    const at = clock.monotonic();
    const settled = this.#ledger.wrote(target, at);
    const answered = (outcome: string): void => {
      const took = clock.monotonic() - at;
      settled(clock.monotonic());
      this.#tally.wrote(outcome);
      this.#tell(`write ${target}: ${outcome}`);
      if (took > 2500 + SLACK)
        this.#problem(this.#tally.wrongCommands, `a write took ${Math.round(took)} ms`);
    };
    this.#plugin
      .write(target)
      .then(answered, (error: unknown) => this.#problem(this.#tally.accidents, messageOf(error)));
  }

  fault(name: FaultName): void {
    this.#tally.faults += 1;
    const times = this.chance.next() < 0.5 ? { times: Math.ceil(this.chance.between(0, 4)) } : {};
    this.simulated.faults.enable(name, times);
  }

  /** Another program may have taken the port for a moment. */
  async listen(): Promise<void> {
    for (let attempt = 0; !this.simulated.state.listening; attempt++) {
      try {
        await this.simulated.listen();
      } catch (error) {
        if (attempt === 20) throw error;
        await this.wait(STEP);
      }
    }
  }

  /** The plugin ends and begins anew, with what it had on disk. */
  async restartPlugin(): Promise<void> {
    this.#tally.pluginRestarts += 1;
    this.#tell('the plugin is restarted');
    const { memory } = this.#plugin;
    await this.#plugin.stop();
    this.#plugin = this.#makePlugin(JSON.parse(JSON.stringify(memory)) as PluginMemory);
    this.#plugin.device.start();
  }

  async #pass(duration: number, by: readonly Mischief['by'][]): Promise<void> {
    const { clock, setLink } = this.place;
    const until = clock.monotonic() + duration;
    const mischief = MISCHIEF.filter((one) => by.includes(one.by) && (!one.needsLink || setLink));
    while (clock.monotonic() < until) {
      const { name, act } = this.chance.pickWeighted(mischief);
      this.#tell(name);
      await act(this);
      await this.wait(this.chance.between(0, 3000) * this.chance.next());
    }
  }

  /**
   * All faults end: the plugin must connect again, and show how it is.
   * @param isLast there is no time to wait until the plugin asks by itself.
   * @returns whether it is connected.
   */
  async #peace(isLast: boolean): Promise<boolean> {
    const { simulated, place } = this;
    this.#tell('peace');
    this.#cancelLater();
    simulated.faults.disableAll();
    simulated.obstruct(false);
    simulated.jam(false);
    place.setLink?.(true);
    await this.listen();
    const from = place.clock.monotonic();
    const limit =
      (place.announced ? ANNOUNCED_LIMIT : UNANNOUNCED_LIMIT) + (place.setLink ? NEXT_KEEP_ALIVE : 0);
    if (place.announced) this.#plugin.device.wake();
    // A session that waits for an answer which the fault has swallowed is not one that will stay.
    await this.wait(ANSWER_LIMIT + STEP);
    const connected = await this.#until(() => this.#isConnected, limit);
    if (!connected) {
      this.#problem(this.#tally.missedReconnects, `not connected after ${limit} ms`);
      return false;
    }
    this.#tally.longestReconnect = Math.max(this.#tally.longestReconnect, this.#onlineSince - from);
    const opensHome = isLast || this.chance.next() < 0.7;
    await this.#checkTruth(opensHome ? HOME_OPENED_EVERY : NEXT_KEEP_ALIVE, opensHome);
    return true;
  }

  /** Nothing is wrong: every report arrives, so that Home must be right all the time. */
  async #ordinaryLife(): Promise<void> {
    // Long enough that the next trouble finds a connection that was stable.
    const duration = this.chance.between(1000, 1.5 * STABLE_AFTER);
    // As the keep-alive would do before long: a clock that began anew without a word is known by a response.
    await this.#plugin.device.query();
    this.#calm = this.chance.pick(['Home', 'people']);
    this.#untrueSince = undefined;
    await this.#pass(duration, this.#calm === 'Home' ? ['Home'] : ['Home', 'people']);
    await this.#checkTruth(0, false);
    this.#calm = undefined;
  }

  /** @param asks how long it may take until the device is asked how it is, for a reason that is not its own. */
  async #checkTruth(asks: number, opensHome: boolean): Promise<void> {
    const { clock } = this.place;
    await this.#until(() => this.simulated.state.motion === 'stopped', 60_000);
    const from = clock.monotonic();
    const limit = this.simulated.settings.closeTime * 1.5 + 5000 + 2500 + SLACK + asks;
    let readAt = opensHome ? -Infinity : Infinity;
    const isTold = (): boolean => {
      if (clock.monotonic() - readAt >= HOME_OPENED_EVERY) {
        this.#plugin.door.read();
        readAt = clock.monotonic();
      }
      return isTrue(this.#plugin.door.view, this.simulated.state) === true && this.#isConnected;
    };
    const isSo = await this.#until(isTold, limit);
    this.#tally.checks += 1;
    this.#tally.longestUntilTrue = Math.max(this.#tally.longestUntilTrue, clock.monotonic() - from);
    if (isSo) return;
    const { sensor, position } = this.simulated.state;
    const view = this.#plugin.door.view;
    const truth = `the sensor says ${sensor} at ${position}`;
    this.#problem(this.#tally.mismatches, `Home is shown ${shown(view)} (${view.reason}), ${truth}`);
  }

  /** In ordinary life what Home is shown at rest follows the sensor at once. */
  #watch(): void {
    const { clock } = this.place;
    const { sensor } = this.simulated.state;
    const { current } = this.#plugin.door.view;
    const isUntrue =
      this.#calm && ((current === 1 && sensor === 'open') || (current === 0 && sensor === 'closed'));
    if (!isUntrue) this.#untrueSince = undefined;
    else this.#untrueSince ??= clock.monotonic();
    if (this.#untrueSince === undefined || clock.monotonic() - this.#untrueSince < REPORTED_WITHIN) return;
    this.#untrueSince = undefined;
    this.#problem(
      this.#tally.mismatches,
      `Home is shown ${shown(this.#plugin.door.view)}, the sensor says ${sensor}`,
    );
  }

  /** Both sides think so: a device that restarted while the link was down knows nothing of it. */
  get #isConnected(): boolean {
    return this.#plugin.device.health.state === 'online' && this.simulated.state.authenticated > 0;
  }

  async #until(met: () => boolean, limit: number): Promise<boolean> {
    const { clock } = this.place;
    const end = clock.monotonic() + limit;
    while (!met() && clock.monotonic() < end) await this.wait(STEP);
    return met();
  }

  #cancelLater(): void {
    for (const timer of this.#later) timer.cancel();
    this.#later.clear();
  }

  #makePlugin(memory: PluginMemory): Plugin {
    const { openSocket, clock } = this.place;
    const plugin = new Plugin({
      simulated: this.simulated,
      clock,
      log: this.#log(),
      memory,
      ...(openSocket && { openSocket }),
    });
    let isOnline = false;
    plugin.door.changed.on((view) => {
      this.#tell(`Home is shown ${shown(view)} (${view.reason})`);
      if (!isTrueLabel(view)) this.#problem(this.#tally.mismatches, `Home is shown ${shown(view)} at rest`);
    });
    plugin.device.healthChanged.on(({ state }) => {
      if (state === 'online' && !isOnline) this.#onlineSince = clock.monotonic();
      isOnline = state === 'online';
    });
    return plugin;
  }

  #onAction(type: ActionType, relayTriggered: boolean): void {
    const known = this.#ledger.problems.length;
    this.#ledger.received(type, this.place.clock.monotonic());
    for (const problem of this.#ledger.problems.slice(known)) {
      this.#problem(this.#tally.wrongCommands, problem);
    }
    const isOnItsWay = this.#motionBefore === (type === 'OPEN' ? 'opening' : 'closing');
    if (this.#calm === 'Home' && relayTriggered && isOnItsWay) {
      this.#problem(this.#tally.wrongCommands, `a second ${type} stops the gate that is on its way`);
    }
  }

  #log(): Log {
    const say = (level: string) => (text: string) => {
      this.#tally.lines += 1;
      if (level !== 'INFO') this.#tally.warnings += 1;
      this.#tell(`${level} ${text}`);
    };
    const debug = (text: string): void => this.#tell(`debug ${text}`);
    return { debug, info: say('INFO'), warn: say('WARN'), error: say('ERROR') };
  }

  #tell(what: string): void {
    this.#story.push(`${Math.round(this.place.clock.monotonic() - this.#since)} ${what}`);
    if (this.#story.length > KEPT_STORY) this.#story.shift();
  }

  #problem(list: string[], problem: string): void {
    list.push(`${this.#name}: ${problem}\n    ${this.#story.join('\n    ')}`);
  }
}

/** The happening without what is the same in all of them, and without keys. */
function describe({ event, ...rest }: SimulatorEvent): string {
  const told = Object.entries(rest).filter(([name]) => !/^(time|serialNumber|secretKey|authKey)$/.test(name));
  return `${event} ${told.map(([name, value]) => `${name} ${String(value)}`).join(', ')}`;
}
