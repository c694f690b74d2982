import { randomBytes, randomInt } from 'node:crypto';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type JsonObject } from '../../src/base/json.ts';
import { Child, type Line } from '../helpers/child.ts';
import { freePort } from '../helpers/free-port.ts';
import { ROOT } from '../helpers/plugin-folder.ts';
import { PATIENCE, Tape, type Mark } from '../helpers/tape.ts';
import { makeTempFolder, removeTempFolder } from '../helpers/temp-folder.ts';

export const USER = { username: 'ann', password: 'a password for tests' };

/** Nothing of what the UI would look up in the registry is needed, and a closed port says no at once. */
const NO_INTERNET = 'http://127.0.0.1:9';

export interface HomebridgeUiOptions {
  /** The folder of the built plugin, its page included. */
  readonly plugin: string;
  /** Where the page looks for devices, see `mdns.ts`. */
  readonly mdns: string;
  /** What is in the config from the beginning. */
  readonly platforms: readonly JsonObject[];
}

/** A real Homebridge with its UI, in a throw-away storage folder, with this plugin installed beside them. */
export class HomebridgeUi {
  readonly storage = makeTempFolder('ui');
  // Of its own: the UI shows every bridge in the network that has its code.
  readonly pin = [...digits(3), '-', ...digits(2), '-', ...digits(3)].join('');
  readonly username = ['0E', ...randomBytes(5).toString('hex').toUpperCase().match(/../g)!].join(':');
  /** Of HAP. */
  readonly port: number;
  readonly origin: string;
  readonly #uiPort: number;
  /** What it says, over all its runs. */
  readonly lines = new Tape<Line>('the Homebridge UI', ({ text }) => text);
  readonly #modules = makeTempFolder('ui-modules');
  readonly #options: HomebridgeUiOptions;
  #child: Child | undefined;
  #disposed = false;
  #token: string | undefined;

  private constructor(options: HomebridgeUiOptions, port: number, uiPort: number) {
    this.#options = options;
    this.port = port;
    this.#uiPort = uiPort;
    this.origin = `http://127.0.0.1:${uiPort}`;
  }

  /** Starts it, and makes its first user. */
  static async start(options: HomebridgeUiOptions): Promise<HomebridgeUi> {
    const ui = new HomebridgeUi(options, await freePort(), await freePort());
    try {
      await ui.#start();
      return ui;
    } catch (error) {
      await ui.dispose();
      throw error;
    }
  }

  get log(): string {
    return this.lines
      .since(0)
      .map(({ text }) => text)
      .join('\n');
  }

  get configPath(): string {
    return join(this.storage, 'config.json');
  }

  /** config.json as it is on disk. */
  config(): JsonObject {
    return JSON.parse(readFileSync(this.configPath, 'utf8')) as JsonObject;
  }

  /** Puts these platforms beside the UI's own; what runs is not told. */
  configure(...platforms: readonly JsonObject[]): void {
    const config = {
      bridge: {
        name: 'Gatehouse Test',
        username: this.username,
        port: this.port,
        pin: this.pin,
        advertiser: 'ciao',
        bind: ['127.0.0.1'],
      },
      // From which the UI takes one for the child bridge: below what the system gives to outgoing connections.
      ports: { start: 12_000, end: 19_999 },
      accessories: [],
      platforms: [
        {
          platform: 'config',
          name: 'Config',
          port: this.#uiPort,
          host: '127.0.0.1',
          auth: 'form',
          theme: 'auto',
        },
        ...platforms,
      ],
    };
    writeFileSync(this.configPath, JSON.stringify(config, undefined, 4));
  }

  /** As somebody does in the settings of the UI. */
  async chooseLanguage(lang: string): Promise<void> {
    await this.#api('PATCH', '/api/config-editor/ui', { lang });
  }

  /** Restarts Homebridge, not its UI, and waits until it serves HAP. */
  async restartHomebridge(): Promise<void> {
    const mark = this.lines.mark();
    await this.#api('PUT', '/api/server/restart');
    await this.running(mark);
  }

  /** Homebridge has come up since then. */
  async running(since: Mark): Promise<void> {
    const isRunning = (text: string): boolean => /is running on port \d+/.test(text);
    await this.lines.waitFor('Homebridge to run', ({ text }) => isRunning(text), { since, within: 30_000 });
  }

  /** The plugin's part of the config on disk. */
  platform(): JsonObject | undefined {
    const platforms = this.config()['platforms'];
    return (Array.isArray(platforms) ? platforms : [])
      .filter(isObject)
      .find(({ platform }) => platform === 'Gatehouse');
  }

  /** What the UI has made for the plugin to run in. */
  childBridge(): { readonly username: string; readonly port: number } {
    const bridge = this.platform()?.['_bridge'];
    if (!isObject(bridge)) throw new Error('the plugin has no child bridge');
    return { username: String(bridge['username']), port: Number(bridge['port']) };
  }

  /** The child bridge serves HAP since then. */
  async childBridgeRunning(since: Mark): Promise<void> {
    const { port } = this.childBridge();
    const isRunning = (text: string): boolean => text.includes(`is running on port ${port}`);
    await this.lines.waitFor('the child bridge to run', ({ text }) => isRunning(text), {
      since,
      within: 30_000,
    });
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.#child?.stop('SIGTERM', 8000);
    for (const folder of [this.storage, this.#modules]) removeTempFolder(folder);
  }

  async #start(): Promise<void> {
    this.configure(...this.#options.platforms);
    const modules = join(this.#modules, 'node_modules');
    mkdirSync(modules);
    for (const name of ['homebridge', 'homebridge-config-ui-x']) {
      symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
    }
    symlinkSync(this.#options.plugin, join(modules, 'homebridge-gatehouse'));
    this.#launch(modules);
    // The UI says that it listens a moment before it does; Homebridge is started when it has begun.
    await this.running(0);
    await this.#createUser();
  }

  /** As a service manager does, which starts it again when it ends: so does a restart from the UI. */
  #launch(modules: string): void {
    const child = new Child({
      name: 'the Homebridge UI',
      args: [
        join(modules, 'homebridge-config-ui-x/dist/bin/hb-service.js'),
        'run',
        ...['-U', this.storage, '-P', modules],
        ...['--strict-plugin-resolution', '--allow-root', '--stdout'],
      ],
      cwd: this.storage,
      env: {
        HTTP_PROXY: NO_INTERNET,
        HTTPS_PROXY: NO_INTERNET,
        NO_PROXY: '127.0.0.1,localhost',
        GATEHOUSE_MDNS: this.#options.mdns,
      },
    });
    this.#child = child;
    child.lines.listen((line) => this.lines.push(line));
    void child.exited.then(() => {
      if (!this.#disposed) this.#launch(modules);
    });
  }

  async #createUser(): Promise<void> {
    const wizard = await this.#api('GET', '/api/setup-wizard/get-setup-wizard-token');
    this.#token = String(wizard['access_token']);
    await this.#api('POST', '/api/setup-wizard/create-first-user', { ...USER, name: 'Ann', admin: true });
    const login = await this.#api('POST', '/api/auth/login', USER);
    this.#token = String(login['access_token']);
  }

  async #api(method: string, path: string, body?: JsonObject): Promise<JsonObject> {
    const answer = await fetch(`${this.origin}${path}`, {
      method,
      headers: {
        ...(this.#token !== undefined && { authorization: `Bearer ${this.#token}` }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json().catch(() => ({}))) as JsonObject;
  }
}

function digits(count: number): readonly number[] {
  return Array.from({ length: count }, () => randomInt(10));
}
