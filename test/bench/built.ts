import { join } from 'node:path';
import { compileInto, INSTALLED_PLUGIN, makePluginFolder } from '../helpers/plugin-folder.ts';

let built: Promise<string> | undefined;

/** The folder of the plugin as it is installed, built from the present sources once in a run. */
export function builtPlugin(): Promise<string> {
  return (built ??= build());
}

/** Where its programs are. */
export async function builtDist(): Promise<string> {
  return join(await builtPlugin(), 'dist');
}

/** The folder goes with this process, see `makeTempFolder`. */
async function build(): Promise<string> {
  if (INSTALLED_PLUGIN !== undefined) return INSTALLED_PLUGIN;
  const folder = makePluginFolder();
  await compileInto(folder);
  return folder;
}
