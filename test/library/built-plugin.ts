import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compileInto, makePluginFolder, ROOT } from '../helpers/plugin-folder.ts';

/** The package as it is built, in a folder of its own; built anew where `dist` is older than the sources. */
export async function builtPlugin(): Promise<string> {
  const dist = join(ROOT, 'dist');
  if (newestIn(join(ROOT, 'src')) < builtAt(dist)) return makePluginFolder(dist);
  const folder = makePluginFolder();
  await compileInto(folder);
  return folder;
}

function newestIn(folder: string): number {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Math.max(...names.map((name) => statSync(join(folder, name)).mtimeMs));
}

/** A build writes all of its files within seconds, after everything was removed. */
function builtAt(dist: string): number {
  return statSync(join(dist, 'client.js'), { throwIfNoEntry: false })?.mtimeMs ?? -Infinity;
}
