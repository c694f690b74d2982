import { cpSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Child } from './child.ts';
import { makeTempFolder } from './temp-folder.ts';

/** The root of this repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The folder of a plugin that is installed already, to be run instead of what these sources make. */
export const INSTALLED_PLUGIN = process.env['GATEHOUSE_PLUGIN'];

/** What `npm pack` puts into the package besides dist/, as far as it exists. */
const PACKED = ['package.json', 'config.schema.json', 'README.md', 'CHANGELOG.md', 'LICENSE'];

/**
 * The plugin as Homebridge finds it after an installation: a folder of its own, with what the package holds.
 * `dist` is copied from `builtIn`; without it the folder waits for {@link compileInto}.
 */
export function makePluginFolder(builtIn?: string): string {
  const folder = join(makeTempFolder('plugin'), 'homebridge-gatehouse');
  mkdirSync(folder);
  for (const file of PACKED) {
    if (existsSync(join(ROOT, file))) cpSync(join(ROOT, file), join(folder, file));
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  if (builtIn !== undefined) cpSync(builtIn, join(folder, 'dist'), { recursive: true });
  return folder;
}

/** Builds what `npm run build` does, but into the folder. */
export async function compileInto(folder: string): Promise<void> {
  const args = [join(ROOT, 'test/tools/build.ts'), join(folder, 'dist')];
  const builder = new Child({ name: 'the build', args, cwd: ROOT });
  const { code } = await builder.exited;
  if (code === 0) return;
  const said = builder.lines.since(0).map((line) => line.text);
  throw new Error(`the plugin does not build:\n${said.join('\n')}`);
}
