import { dirname } from 'node:path';
import type { TestProject } from 'vitest/node';
import { compileInto, INSTALLED_PLUGIN, makePluginFolder } from '../helpers/plugin-folder.ts';
import { removeTempFolder } from '../helpers/temp-folder.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the built plugin. */
    plugin: string;
  }
}

/** Builds the plugin once for all files: always from the present sources, and never into dist/. */
export default async function setup(project: TestProject): Promise<(() => void) | undefined> {
  if (INSTALLED_PLUGIN !== undefined) {
    project.provide('plugin', INSTALLED_PLUGIN);
    return undefined;
  }
  const folder = makePluginFolder();
  await compileInto(folder);
  project.provide('plugin', folder);
  return () => removeTempFolder(dirname(folder));
}
