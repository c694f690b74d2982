/**
 * Builds the package, `node test/tools/build.ts [folder]`: into dist/, which is emptied so that a file that was
 * renamed does not linger in the package, or into an empty folder.
 */
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { buildModules } from './build-modules.ts';
import { buildTypes } from './build-types.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** What users of the package import. */
const IMPORTED = ['index', 'client', 'simulator/index', 'reach/index'];
/** What is started, and imported by nobody. */
const STARTED = ['cli/main', 'ui/server'];

const [, , folder] = process.argv;
const target = folder === undefined ? join(ROOT, 'dist') : resolve(folder);
if (folder === undefined) rmSync(target, { recursive: true, force: true });

const source = (name: string): string => join(ROOT, 'src', `${name}.ts`);
const modules = buildModules(
  Object.fromEntries([...IMPORTED, ...STARTED].map((name) => [name, source(name)])),
  target,
);
const page = promisify(execFile)(process.execPath, [join(ROOT, 'test/tools/build-page.mjs'), target]);
buildTypes(join(ROOT, 'tsconfig.build.json'), IMPORTED.map(source), target);
await Promise.all([modules, page]);
