import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NODES } from './helpers/nodes.ts';
import {
  isSettingsPage,
  pack,
  PEER_LIBRARY,
  peerBytes,
  treeOf,
  type PackedFile,
} from './helpers/package-tree.ts';
import { ROOT } from './helpers/plugin-folder.ts';
import { makeTempFolder, removeTempFolder } from './helpers/temp-folder.ts';

const run = promisify(execFile);

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly keywords: readonly string[];
  readonly engines: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;

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
  let user: string;
  let packed: readonly PackedFile[];

  beforeAll(async () => {
    folder = makeTempFolder('package');
    user = join(folder, 'user');
    mkdirSync(user);
    const { filename, files } = await pack(ROOT, '--pack-destination', folder);
    packed = files;
    const install = ['install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
    await run('npm', [...install, join(folder, filename)], { cwd: user });
  }, 120_000);
  afterAll(() => removeTempFolder(folder));

  it('holds what runs, what describes it, and nothing else', () => {
    const known = ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'config.schema.json'];
    const expected = [...known, 'dist/THIRD-PARTY-LICENSES.txt', ...reached(startingPoints())];
    expect(packed.map(({ path }) => path).toSorted()).toEqual([...new Set(expected)].toSorted());
  });

  it('says whose work is in it', () => {
    const text = readFileSync(join(ROOT, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
    for (const name of ['@homebridge/plugin-ui-utils', 'commander', 'multicast-dns', 'valibot', 'ws']) {
      expect(text).toContain(`${name} ${installedVersion(name)}\n`);
    }
    expect(text.match(/Permission is hereby granted/g)!.length).toBe(text.split(/^-{80}$/m).length);
  });

  it('needs no other package, and no native code', () => {
    expect(manifest['dependencies'] ?? {}).toEqual({});
    expect(treeOf(manifest.name, user)).toHaveLength(1);
    expect(packed.filter(({ path }) => /\.node$|binding\.gyp$/.test(path))).toEqual([]);
  });

  it('is smaller than homebridge-remootio with its dependencies, the settings page set aside', () => {
    const own = packed.filter(({ path }) => !isSettingsPage(path)).reduce((sum, { size }) => sum + size, 0);
    // The library, crypto-js and ws.
    expect(treeOf(PEER_LIBRARY)).toHaveLength(3);
    expect(own).toBeGreaterThan(100_000);
    expect(own).toBeLessThan(peerBytes());
  });

  it.each(NODES)('can be imported by its names in Node.js $major', async ({ path }) => {
    const names = Object.keys(manifest.exports).filter((key) => !key.endsWith('.json'));
    const specifiers = names.map((name) => name.replace('.', manifest.name));
    const script = `const kinds = [];
      for (const name of ${JSON.stringify(specifiers)}) kinds.push(Object.keys(await import(name)).length > 0);
      kinds.push(typeof (await import('${manifest.name}')).default);
      console.log(kinds.join());`;
    const { stdout } = await run(path, ['--input-type=module', '--eval', script], { cwd: user });
    expect(stdout.trim()).toBe([...names.map(() => true), 'function'].join());
  });

  it.each(NODES)('brings a command that says its version in Node.js $major', async ({ path }) => {
    const { stdout } = await run(path, [join(user, 'node_modules/.bin/gatehouse'), '--version']);
    expect(stdout.trim()).toBe(manifest.version);
  });

  it('brings a command that can be called by its name', async () => {
    const { stdout } = await run(join(user, 'node_modules/.bin/gatehouse'), ['help', 'open']);
    expect(stdout).toContain('gatehouse open');
  });
});

/** What Homebridge, its UI, an `import` or a shell begins with. */
function startingPoints(): string[] {
  const exported = Object.values(manifest.exports).flatMap((entry) =>
    typeof entry === 'string' ? [] : [entry.types, entry.default],
  );
  const page = ['dist/ui/server.js', 'dist/ui/public/index.html'];
  return [...exported, ...Object.values(manifest.bin), ...page].map((path) => join(path));
}

/** These files and all that they import, load or refer to. */
function reached(paths: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (path: string): void => {
    if (found.has(path)) return;
    found.add(path);
    const text = readFileSync(join(ROOT, path), 'utf8');
    const specifiers = path.endsWith('.html')
      ? text.matchAll(/(?:src|href)="([^":#]+)"/g)
      : text.matchAll(/(?:from|import)\s*\(?\s*["'`](\.{1,2}\/[^"'`]+)["'`]/g);
    for (const [, specifier] of specifiers) {
      const target = join(dirname(path), specifier!);
      visit(path.endsWith('.d.ts') ? target.replace(/\.[jt]s$/, '.d.ts') : target);
    }
  };
  paths.forEach(visit);
  return found;
}

function installedVersion(name: string): string {
  const file = readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(file) as Manifest).version;
}
