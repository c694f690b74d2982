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
const PACKED = ['package.json', 'config.schema.json'];

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

/** Compiles the sources as `npm run build` does, but into the folder. */
export async function compileInto(folder: string): Promise<void> {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const compiler = new Child({
    name: 'tsc',
    args: [tsc, '-p', join(ROOT, 'tsconfig.build.json'), '--outDir', join(folder, 'dist')],
    cwd: ROOT,
  });
  const { code } = await compiler.exited;
  if (code === 0) return;
  const said = compiler.lines.since(0).map((line) => line.text);
  throw new Error(`the plugin does not compile:\n${said.join('\n')}`);
}
