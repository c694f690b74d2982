import { readFileSync, writeFileSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SimulatedDevice } from '../../src/simulator/index.ts';
import { ReachBackend } from '../../src/simulator/reach/index.ts';
import { NODES } from '../helpers/nodes.ts';
import { ROOT } from '../helpers/plugin-folder.ts';
import { removeTempFolder } from '../helpers/temp-folder.ts';
import { builtPlugin } from './built-plugin.ts';
import { apiReports, ENTRY_POINTS, REPORTS } from '../tools/api-report.ts';

const run = promisify(execFile);

let folder: string;

beforeAll(async () => {
  folder = await builtPlugin();
}, 120_000);
afterAll(() => removeTempFolder(folder));

describe('the public surface', { timeout: 60_000 }, () => {
  it('is as docs/api says; `npm run api` takes a change that is meant', () => {
    for (const [entryPoint, { text, problems }] of apiReports(join(folder, 'dist'))) {
      expect(problems).toEqual([]);
      expect(text).toBe(readFileSync(join(REPORTS, `${entryPoint}.api.md`), 'utf8'));
    }
  });

  it('is what the package exports', () => {
    const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      exports: Record<string, { types: string; default: string }>;
    };
    for (const [name, types] of Object.entries(ENTRY_POINTS)) {
      expect(exports[`./${name}`]).toEqual({
        types: `./dist/${types}`,
        default: `./dist/${types.replace('.d.ts', '.js')}`,
      });
    }
  });

  it('is documented without a warning', async () => {
    // TypeDoc and this test must not share a compiler: each changes its global state.
    const typedoc = join(ROOT, 'node_modules/typedoc/bin/typedoc');
    const { stderr } = await run(process.execPath, [typedoc, '--emit', 'none', '--logLevel', 'Warn'], {
      cwd: ROOT,
    });
    expect(stderr).toBe('');
  });

  it('can be used by a program in TypeScript', async () => {
    const path = join(folder, 'consumer.ts');
    writeFileSync(
      path,
      `import { RemootioDevice, type Notice } from 'homebridge-gatehouse/client';
       import { SimulatedDevice } from 'homebridge-gatehouse/simulator';
       import { ReachClient } from 'homebridge-gatehouse/reach';
       export const unused = [SimulatedDevice, ReachClient];
       export async function open(gate: RemootioDevice): Promise<boolean> {
         const notices: AsyncGenerator<Notice> = gate.notices();
         for await (const { type, value } of notices) if (type === 'sensor') value.state satisfies string;
         // @ts-expect-error there is no such command
         await gate.dance();
         return (await gate.open({ holdMinutes: 1 })).relayTriggered;
       }`,
    );
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const strict = ['--strict', '--exactOptionalPropertyTypes', '--target', 'ES2023', '--module', 'NodeNext'];
    await run(process.execPath, [tsc, '--noEmit', '--skipLibCheck', ...strict, '--types', 'node', path], {
      cwd: folder,
    });
  });
});

describe('the examples of docs/library.md', { timeout: 60_000 }, () => {
  const examples = new Map(
    [...readFileSync(join(ROOT, 'docs/library.md'), 'utf8').matchAll(/```js title=(\S+)\n(.*?)```/gs)].map(
      ([, name, code]) => [name!, code!],
    ),
  );
  const devices: SimulatedDevice[] = [];
  const backends: ReachBackend[] = [];

  afterEach(async () => {
    await Promise.all([...devices.splice(0), ...backends.splice(0)].map((each) => each.stop()));
  });

  async function simulated(): Promise<SimulatedDevice> {
    const device = new SimulatedDevice({ travelTime: 300, relayTime: 1 });
    devices.push(device);
    await device.start();
    return device;
  }

  /** What an example prints. It must end by itself, and with exit code 0. */
  async function printed(
    name: string,
    { node = process.execPath, device, env }: { node?: string; device?: SimulatedDevice; env?: object },
  ): Promise<string> {
    const path = join(folder, name);
    writeFileSync(path, examples.get(name)!);
    const gate = device && {
      GATE_HOST: device.host,
      GATE_PORT: String(device.port),
      GATEHOUSE_SECRET_KEY: device.secretKey,
      GATEHOUSE_AUTH_KEY: device.authKey,
    };
    const { stdout, stderr } = await run(node, [path], { env: { ...gate, ...env }, timeout: 30_000 });
    expect(stderr).toBe('');
    return stdout;
  }

  it('opens a gate in 15 lines', () => {
    expect(examples.get('open-gate.mjs')!.trim().split('\n')).toHaveLength(15);
  });

  it.each(NODES)('opens a gate on Node.js $major', async ({ major, path }) => {
    const { stdout } = await run(path, ['--version']);
    expect(stdout).toMatch(new RegExp(`^v${major}\\.`));
    const device = await simulated();
    expect(await printed('open-gate.mjs', { node: path, device })).toBe('The gate opens.\n');
    await new Promise<void>((resolve) => {
      if (device.state.sensor === 'open') resolve();
      else device.happenings.on(({ event }) => event === 'sensor' && resolve());
    });
    expect(await printed('open-gate.mjs', { node: path, device })).toBe('The gate is open already.\n');
    expect(device.state.connections).toBe(0);
  });

  it('hears what happens', async () => {
    const device = await simulated();
    device.operate({ keyNr: 5 });
    const off = device.happenings.on(({ event }) => {
      if (event !== 'authenticated') return;
      off();
      device.operate({ keyNr: 7 });
    });
    const lines = (await printed('watch.mjs', { device, env: { SECONDS: '1' } })).split('\n');
    expect(lines).toContain('sensor: open');
    expect(lines).toContain('RelayTrigger by key 5');
    expect(lines).toContain('RelayTrigger by key 7');
  });

  it('tests without a gate', async () => {
    expect(await printed('simulate.mjs', {})).toBe('as it should be\n');
  });

  it('talks to REACH', async () => {
    const backend = new ReachBackend({ tokens: [{ token: 'secret-token', tenantId: '17' }], targets: [] });
    backends.push(backend);
    const env = { REACH_API_BASE: await backend.start(), SIGNING_KEY_SHA256: 'ab'.repeat(32) };
    expect(await printed('reach.mjs', { env: { ...env, REACH_TOKEN: 'secret-token' } })).toMatch(
      /^registered as \S+\n$/,
    );
    const refused = await printed('reach.mjs', { env: { ...env, REACH_TOKEN: 'another-token' } });
    expect(refused).toMatch(/^UNAUTHORIZED: /);
    expect(refused).not.toContain('another-token');
  });

  it('are all of them here', () => {
    expect([...examples.keys()]).toEqual(['open-gate.mjs', 'watch.mjs', 'simulate.mjs', 'reach.mjs']);
  });
});
