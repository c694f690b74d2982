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
