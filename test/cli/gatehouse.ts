import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { run } from '../../src/cli/program.ts';
import { SimulatedDevice, type SimulatedDeviceOptions } from '../../src/simulator/index.ts';
import { Child } from '../helpers/child.ts';
import { makeTempFolder, removeTempFolder } from '../helpers/temp-folder.ts';

export const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** How a run of the command line ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
  /** Each line of standard output as JSON. */
  readonly json: readonly Json[];
}

export type Json = Readonly<Record<string, unknown>>;

/** Runs the command line in this process. */
export async function gatehouse(...args: readonly string[]): Promise<Ended> {
  const out: string[] = [];
  const error: string[] = [];
  const code = await run(args, { out: (text) => out.push(text), error: (text) => error.push(text) });
  return ended(code, out.join(''), error.join(''));
}

/** Runs it as a program. */
export async function gatehouseProgram(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const child = new Child({ name: `gatehouse ${args[0] ?? ''}`, args: [MAIN, ...args], env });
  const { code } = await child.exited;
  const lines = child.lines.since(0);
  const of = (from: 'stdout' | 'stderr'): string =>
    lines
      .filter((line) => line.from === from)
      .map(({ text }) => `${text}\n`)
      .join('');
  return ended(code, of('stdout'), of('stderr'));
}

function ended(code: number | null, out: string, error: string): Ended {
  // Nothing is coloured or redrawn where nobody watches.

  expect(out + error).not.toMatch(/[\u001b\r]/);
  return {
    code,
    out,
    error,
    get json() {
      return out
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Json);
    },
  };
}

/** A Homebridge storage with simulated devices in its config. */
export class Home {
  readonly storage = makeTempFolder('cli');
  readonly devices = new Map<string, SimulatedDevice>();

  /** @param config what stands in the config of each device beside its address and keys */
  static async build(
    devices: Readonly<Record<string, SimulatedDeviceOptions & { readonly config?: Json }>>,
    more: readonly Json[] = [],
  ): Promise<Home> {
    const home = new Home();
    const configs: Json[] = [];
    for (const [name, { config, ...settings }] of Object.entries(devices)) {
      const device = new SimulatedDevice({ travelTime: 300, relayTime: 20, ...settings });
      await device.start();
      home.devices.set(name, device);
      configs.push({ ...home.addressOf(name), name, ...config });
    }
    home.write({ platforms: [...more, { platform: 'Gatehouse', devices: configs }] });
    return home;
  }

  device(name: string): SimulatedDevice {
    return this.devices.get(name)!;
  }

  addressOf(name: string): Json {
    const { host, port, secretKey, authKey } = this.device(name);
    return { host, port, apiSecretKey: secretKey, apiAuthKey: authKey };
  }

  /** Every key that must never be seen. */
  get keys(): readonly string[] {
    return [...this.devices.values()].flatMap(({ secretKey, authKey }) => [secretKey, authKey]);
  }

  write(config: Json): void {
    this.writeFile('config.json', JSON.stringify(config, undefined, 4));
  }

  /** A file in the storage; its folder is made. @returns its path */
  writeFile(name: string, content: string): string {
    const path = join(this.storage, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  }

  /** Flags that say where this is. */
  get here(): readonly string[] {
    return ['--storage', this.storage];
  }

  async demolish(): Promise<void> {
    await Promise.all([...this.devices.values()].map((device) => device.stop()));
    removeTempFolder(this.storage);
  }
}
