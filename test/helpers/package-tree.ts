import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './plugin-folder.ts';

export interface PackedFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

export interface Pack {
  readonly filename: string;
  readonly files: readonly PackedFile[];
}

/** What `npm pack` makes of a folder with the plugin, built. */
export async function pack(folder: string, ...options: readonly string[]): Promise<Pack> {
  const args = ['pack', '--json', '--ignore-scripts', ...options];
  const { stdout } = await promisify(execFile)('npm', args, { cwd: folder });
  return Object.values(JSON.parse(stdout) as Pack[] | Record<string, Pack>)[0]!;
}

/**
 * Bytes of homebridge-remootio's own files, at the least: README.md (3,082), config.schema.json (3,164),
 * remootio-accessory.ts (15,701) and platform.ts (5,124), as they stand in its public repository
 * (ronniepettersson/homebridge-remootio). What it publishes of the last two is compiled, with declarations and
 * source maps, so more than this. The package itself is not always to be had, and is not measured.
 */
export const PEER_OWN_BYTES = 27_071;

/** The library that homebridge-remootio runs on; its own is a copy of it with the same dependencies. */
export const PEER_LIBRARY = 'remootio-api-client';

/** Bytes of homebridge-remootio with its dependencies, at the least. */
export function peerBytes(): number {
  return treeOf(PEER_LIBRARY).reduce((sum, folder) => sum + sizeOf(folder), PEER_OWN_BYTES);
}

/** Only the Homebridge UI reads it: the page, what answers it, and the form that it begins with. */
export function isSettingsPage(path: string): boolean {
  return path.startsWith('dist/ui/') || path === 'config.schema.json';
}

/** The folders of a package and of all that it needs, itself first. */
export function treeOf(name: string, installedIn = ROOT): readonly string[] {
  const folders = new Set<string>();
  const visit = (from: string, wanted: string): void => {
    const folder = installed(from, wanted);
    if (folders.has(folder)) return;
    folders.add(folder);
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      readonly dependencies?: Readonly<Record<string, string>>;
    };
    for (const dependency of Object.keys(manifest.dependencies ?? {})) visit(folder, dependency);
  };
  visit(installedIn, name);
  return [...folders];
}

/** Bytes of a package's files, without the packages that are installed inside. */
export function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !relative(folder, path).startsWith('node_modules'))
    .reduce((sum, path) => sum + statSync(path).size, 0);
}

/** As Node.js looks for it. */
function installed(from: string, name: string): string {
  const folder = join(from, 'node_modules', name);
  if (existsSync(folder)) return folder;
  if (dirname(from) === from) throw new Error(`${name} is not installed`);
  return installed(dirname(from), name);
}
