import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly keywords: readonly string[];
  readonly engines: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;

describe('the manifest, as the Homebridge pre-check wants it', () => {
  it.each([
    'displayName',
    'description',
    'author',
    'license',
    'homepage',
    'repository',
    'bugs',
    'main',
    'types',
  ])('has %s', (key) => expect(manifest[key]).toBeTruthy());

  it('can be found, and says what it runs on', () => {
    expect(manifest.name).toMatch(/^homebridge-/);
    expect(manifest.keywords).toContain('homebridge-plugin');
    expect(manifest.engines).toEqual({
      node: '^22.12.0 || ^24.0.0 || ^26.0.0',
      homebridge: '^1.8.0 || ^2.0.0',
    });
  });
});

describe('the package', { timeout: 120_000 }, () => {
  let folder: string;
  let packed: string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-package-'));
    mkdirSync(join(folder, 'user'));
    const { stdout } = await run(
      'npm',
      ['pack', '--json', '--ignore-scripts', '--pack-destination', folder],
      { cwd: root },
    );
    const answer = JSON.parse(stdout) as Pack[] | Record<string, Pack>;
    const pack = Object.values(answer)[0]!;
    packed = pack.files.map((file) => file.path);
    const install = [
      'install',
      '--ignore-scripts',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      join(folder, pack.filename),
    ];
    await run('npm', install, { cwd: join(folder, 'user') });
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('holds what runs and nothing else', () => {
    const strangers = packed.filter(
      (path) =>
        !/^dist\/.+\.(js|d\.ts|html|css|json|svg)$/.test(path) &&
        !['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'config.schema.json'].includes(path),
    );
    expect(strangers).toEqual([]);
    expect(packed).toContain('dist/index.js');
    expect(packed).toContain('config.schema.json');
    expect(packed).toContain('LICENSE');
  });

  it('installs no native code', () => {
    const script = `import { readdirSync } from 'node:fs';
      console.log(readdirSync('node_modules', { recursive: true }).filter((name) => name.endsWith('.node') || name.endsWith('binding.gyp')).length);`;
    return expect(node(script)).resolves.toBe('0');
  });

  it('can be imported by its names', async () => {
    for (const name of Object.keys(manifest.exports).filter((key) => !key.endsWith('.json'))) {
      const specifier = name.replace('.', manifest.name);
      expect(await node(`console.log(typeof (await import('${specifier}')))`)).toBe('object');
    }
    expect(await node(`console.log(typeof (await import('${manifest.name}')).default)`)).toBe('function');
  });

  it('brings a command that says its version', async () => {
    const { stdout } = await run(join(folder, 'user', 'node_modules', '.bin', 'gatehouse'), ['--version']);
    expect(stdout.trim()).toBe(manifest.version);
  });

  async function node(script: string): Promise<string> {
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: join(folder, 'user'),
    });
    return stdout.trim();
  }
});

interface Pack {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}
