import { readFileSync } from 'node:fs';
import { isObject, own, parseJson } from '../base/json.ts';

/** The version of this plugin. Source and build lie equally deep below the package. */
export function pluginVersion(): string {
  const file = parseJson(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const version = isObject(file) ? own(file, 'version') : undefined;
  return typeof version === 'string' ? version : 'unknown';
}
