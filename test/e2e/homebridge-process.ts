import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type JsonObject } from '../../src/base/json.ts';
import { Child, type Exit } from '../helpers/child.ts';
import { freePort } from '../helpers/free-port.ts';
import { ROOT } from '../helpers/plugin-folder.ts';
import { makeTempFolder, removeTempFolder } from '../helpers/temp-folder.ts';
import { PATIENCE } from '../helpers/tape.ts';

/** The two that are tested: the newest, and the last of the 1.x. */
export type HomebridgeVersion = '2.4.0' | '1.11.4';

const PROGRAM: Readonly<Record<HomebridgeVersion, string>> = {
  '2.4.0': join(ROOT, 'node_modules/homebridge/bin/homebridge.js'),
  '1.11.4': join(ROOT, 'node_modules/homebridge-1/bin/homebridge'),
};

/** A line that nobody may ever see in the log, whatever happens to the device or the network. */
const CRASH =
  /unhandled|uncaught|\b(Type|Reference|Range|Syntax)Error\b|^\s+at .+[:(]|MaxListenersExceeded|DeprecationWarning|This plugin (generated a warning|threw an error|slows down)|not a function|undefined is/i;

export interface HomebridgeOptions {
  readonly version: HomebridgeVersion;
  /** The folder of the plugin, see `makePluginFolder`. */
  readonly plugin: string;
  /** The `platforms` of the config. */
  readonly platforms: readonly JsonObject[];
  /** Reachable from the whole network instead of this machine alone. */
  readonly lan?: boolean;
  readonly name?: string;
  /** What must never appear in the log, at any level. */
  readonly secrets?: readonly string[];
}

/** A real Homebridge in a throw-away storage folder, which may be stopped, killed and started again. */
export class Homebridge {
  readonly version: HomebridgeVersion;
  readonly storage: string;
  readonly port: number;
  readonly pin: string;
  /** The bridge's id in HAP, as a controller needs it. */
  readonly username: string;
  #platforms: readonly JsonObject[];
  readonly #options: HomebridgeOptions;
  #child: Child | undefined;

  private constructor(options: HomebridgeOptions, port: number) {
    this.version = options.version;
    this.#options = options;
    this.#platforms = options.platforms;
    this.port = port;
    this.storage = makeTempFolder('homebridge');
    const [a, b, c, d, e] = randomBytes(5);
    this.username = [0x0e, a!, b!, c!, d!, e!].map(hexByte).join(':');
    this.pin = `${100 + (a! % 800)}-${10 + (b! % 80)}-${100 + (c! % 800)}`;
  }

  /** One with a port and a storage of its own that does not run yet. */
  static async make(options: HomebridgeOptions): Promise<Homebridge> {
    return new Homebridge(options, await freePort());
  }

  /** The present or the last run. */
  get child(): Child {
    if (!this.#child) throw new Error('Homebridge was not started');
    return this.#child;
  }

  get lines(): Child['lines'] {
    return this.child.lines;
  }

  /** What this run has logged, for whoever looks into a failure. */
  get log(): string {
    return this.lines
      .since(0)
      .map((line) => line.text)
      .join('\n');
  }

  /** Takes effect at the next start. */
  configure(platforms: readonly JsonObject[]): void {
    this.#platforms = platforms;
  }

  /** Starts it on the storage that it had, and waits until it serves HAP. */
  async start(): Promise<void> {
    this.#writeConfig();
    this.#child = new Child({
      name: `Homebridge ${this.version}`,
      args: [
        PROGRAM[this.version],
        '-U',
        this.storage,
        '-P',
        this.#options.plugin,
        '--strict-plugin-resolution',
        '--debug',
        '--no-timestamp',
        '--no-qrcode',
      ],
      cwd: this.storage,
    });
    const ready = this.#child.lines.waitFor(
      'the bridge to run',
      (line) => /is running on port \d+/.test(line.text),
      {
        within: 30_000,
      },
    );
    await ready.catch(async (error: unknown) => {
      await this.kill();
      throw error;
    });
  }

  /** A clean stop; fails if the log of the run holds what it must not, or if something held the process up. */
  async stop(signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM'): Promise<void> {
    const exit = await this.child.stop(signal, 10_000);
    this.#checkExit(exit);
    this.checkLog();
  }

  /** As a power cut does it: nothing is saved. */
  async kill(): Promise<void> {
    await this.child.stop('SIGKILL');
    this.checkLog();
  }

  /** Ends it if it runs, and removes its storage. A clean end of 1.x takes 5 s and shows nothing: it is killed. */
  async dispose(): Promise<void> {
    try {
      if (this.#child?.running) await (this.version === '1.11.4' ? this.kill() : this.stop());
    } finally {
      removeTempFolder(this.storage);
    }
  }

  /** The address behind the QR code, `X-HM://…`; only while nobody has paired. */
  async setupUri(): Promise<string> {
    const message = await this.child.messages.waitFor(
      'the setup address',
      (status) => setupUriOf(status) !== undefined,
      { within: PATIENCE },
    );
    return setupUriOf(message)!;
  }

  /** Throws when this run logged a crash, or one of the secrets. */
  checkLog(): void {
    const lines = this.lines.since(0).map((line) => line.text);
    const crash = lines.findIndex((line) => CRASH.test(line));
    if (crash >= 0) {
      const around = lines.slice(Math.max(0, crash - 3), crash + 10);
      throw new Error(`Homebridge ${this.version} logged what it must not:\n${around.join('\n')}`);
    }
    for (const secret of this.#options.secrets ?? []) {
      const leak = lines.find((line) => line.toLowerCase().includes(secret.toLowerCase()));
      if (leak !== undefined) throw new Error('a secret is in the log of Homebridge');
    }
  }

  /**
   * Homebridge 2 ends when nothing is left to do, and forces its end after 5 s with code 143: then a timer or
   * a socket of ours was left. 1.x always needs those 5 s.
   */
  #checkExit(exit: Exit): void {
    if (exit.code === 0 || (this.version === '1.11.4' && (exit.code === 143 || exit.code === 130))) return;
    throw new Error(
      `Homebridge ${this.version} did not end by itself: code ${exit.code}, signal ${exit.signal}`,
    );
  }

  #writeConfig(): void {
    const config = {
      bridge: {
        name: this.#options.name ?? `Gatehouse Test ${this.username.slice(-5).replace(':', '')}`,
        username: this.username,
        port: this.port,
        pin: this.pin,
        advertiser: 'ciao',
        // Its listener would keep Homebridge 1.x from ending.
        disableIpc: true,
        ...(this.#options.lan ? {} : { bind: ['127.0.0.1'] }),
      },
      accessories: [],
      platforms: this.#platforms,
    };
    mkdirSync(this.storage, { recursive: true });
    writeFileSync(join(this.storage, 'config.json'), JSON.stringify(config, undefined, 2));
  }
}

function hexByte(value: number): string {
  return value.toString(16).padStart(2, '0').toUpperCase();
}

function setupUriOf(message: unknown): string | undefined {
  if (!isObject(message) || !isObject(message['data'])) return undefined;
  const uri = message['data']['setupUri'];
  return typeof uri === 'string' ? uri : undefined;
}
