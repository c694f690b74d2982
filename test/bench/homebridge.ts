import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { JsonObject } from '../../src/base/json.ts';
import { freePort } from '../helpers/free-port.ts';
import { ROOT } from '../helpers/plugin-folder.ts';
import { Tape } from '../helpers/tape.ts';
import { makeTempFolder, removeTempFolder } from '../helpers/temp-folder.ts';
import { machineTime } from './bare.ts';

/** The only thing that a Homebridge of the bench has beside a user's: it ends with the process that measures. */
const DIES_WITH_US =
  'data:text/javascript,process.on("disconnect",()=>process.kill(process.pid,"SIGKILL"));process.channel?.unref()';

/** A Homebridge as it runs at home: without debug output, without a loader for sources, in a new storage. */
export class PlainHomebridge {
  readonly username: string;
  readonly pin = '031-45-154';
  readonly port: number;
  /** {@link machineTime} at which it was spawned. */
  readonly spawnedAt: number;
  readonly #storage: string;
  readonly #process: ChildProcess;
  readonly #lines = new Tape<string>('Homebridge', (line) => line);

  private constructor(port: number, plugin: string, platform: JsonObject) {
    this.port = port;
    this.username = [0x0e, ...randomBytes(5)].map(hexByte).join(':');
    this.#storage = makeTempFolder('bench-homebridge');
    this.#writeConfig(platform);
    const program = join(ROOT, 'node_modules/homebridge/bin/homebridge.js');
    const flags = ['-U', this.#storage, '-P', plugin, '--strict-plugin-resolution', '--no-qrcode'];
    this.spawnedAt = machineTime();
    this.#process = spawn(process.execPath, ['--import', DIES_WITH_US, program, ...flags], {
      cwd: this.#storage,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
    });
    for (const stream of [this.#process.stdout!, this.#process.stderr!]) {
      createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => this.#lines.push(line));
    }
    this.#process.once('exit', (code, signal) =>
      this.#lines.end(`it ended with ${signal ?? `code ${code}`}`),
    );
  }

  /** Begins to run. */
  static async spawn(plugin: string, platform: JsonObject): Promise<PlainHomebridge> {
    return new PlainHomebridge(await freePort(), plugin, platform);
  }

  /** Resolves when it serves HAP. */
  async serving(): Promise<void> {
    const isServing = (line: string): boolean => /is running on port \d+/.test(line);
    await this.#lines.waitFor('the bridge to run', isServing, { within: 60_000 });
  }

  get pid(): number {
    return this.#process.pid!;
  }

  /** Ends it without ceremony, and removes its storage. */
  async end(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = new Promise((resolve) => this.#process.once('exit', resolve));
      this.#process.kill('SIGKILL');
      await ended;
    }
    removeTempFolder(this.#storage);
  }

  #writeConfig(platform: JsonObject): void {
    const { username, port, pin } = this;
    const bridge = { name: 'Bench', username, port, pin, advertiser: 'ciao', bind: ['127.0.0.1'] };
    mkdirSync(this.#storage, { recursive: true });
    writeFileSync(
      join(this.#storage, 'config.json'),
      JSON.stringify({ bridge, accessories: [], platforms: [platform] }),
    );
  }
}

function hexByte(value: number): string {
  return value.toString(16).padStart(2, '0').toUpperCase();
}
