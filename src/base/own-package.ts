import { existsSync, readFileSync } from 'node:fs';
import { isObject, own, parseJson, type JsonObject } from './json.ts';

/**
 * The folder of this package, as a URL that ends in a slash: the nearest above this code with a manifest.
 * Sources, and the files that a build makes of them, lie at different depths.
 */
export const OWN_PACKAGE: URL = folderOf(new URL('./', import.meta.url));

/** What stands in a manifest; undefined where there is none that can be read. */
export function readManifest(folder: URL): JsonObject | undefined {
  try {
    const file = parseJson(readFileSync(new URL('package.json', folder), 'utf8'));
    return isObject(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

/** The version that a manifest states. */
export function versionIn(manifest: JsonObject | undefined): string | undefined {
  const version = manifest && own(manifest, 'version');
  return typeof version === 'string' ? version : undefined;
}

/** The version of this plugin, as its manifest has it. */
export function ownVersion(): string {
  return versionIn(readManifest(OWN_PACKAGE)) ?? 'unknown';
}

function folderOf(folder: URL): URL {
  if (existsSync(new URL('package.json', folder))) return folder;
  const parent = new URL('../', folder);
  return parent.href === folder.href ? folder : folderOf(parent);
}
