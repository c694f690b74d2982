import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build, type OutputChunk, type Plugin } from 'rolldown';

/** Names stay, so that a stack trace in somebody's log can be read. */
const KEEP_NAMES = { function: true, class: true };

/** `ws` looks for these when it is loaded; native code is nothing to happen upon. */
const WITHOUT_NATIVE_CODE = {
  'process.env.WS_NO_BUFFER_UTIL': '"1"',
  'process.env.WS_NO_UTF_8_VALIDATE': '"1"',
};

/**
 * What is shared, in as few files as make sense, since each takes its time to load: what everybody uses, `--help`
 * included; the client; and what the plugin, the command line and the settings page have in common.
 */
const SHARED = [
  { name: 'base', test: /[\\/]src[\\/]base[\\/](?!(atomic|json)-file)/ },
  { name: 'ws', test: /[\\/]node_modules[\\/]ws[\\/]/ },
  { name: 'client', test: /[\\/]src[\\/](wire|session|device)[\\/]/ },
  {
    name: 'common',
    test: /[\\/]src[\\/]((channel|config|discovery|journal)[\\/]|reach[\\/](config|errors|remote-calls|vault-file))/,
  },
];

/**
 * Bundles what Node.js runs, with the parts of the libraries that are used: one module for each entry point,
 * by its name, and what several share, or load only when it is wanted, in chunks/.
 * @param entryPoints their source files by their names
 */
export async function buildModules(
  entryPoints: Readonly<Record<string, string>>,
  target: string,
): Promise<void> {
  const { output } = await build({
    input: { ...entryPoints },
    platform: 'node',
    external: ['homebridge'],
    logLevel: 'warn',
    plugins: [builtinsAsAsked, tlsWhenUsed],
    transform: { define: WITHOUT_NATIVE_CODE },
    output: {
      dir: target,
      entryFileNames: '[name].js',
      chunkFileNames: 'chunks/[name].js',
      codeSplitting: {
        // A group takes along what its modules import, except what a group of higher priority has.
        groups: [
          ...SHARED.map((group, index) => ({ ...group, priority: SHARED.length - index })),
          { debugName: 'libraries', name: (path) => packageOf(path)?.name ?? null },
        ],
      },
      comments: false,
      minify: {
        compress: { keepNames: KEEP_NAMES },
        mangle: { keepNames: KEEP_NAMES },
        codegen: { removeWhitespace: true },
      },
    },
  });
  const chunks = output.filter((file) => file.type === 'chunk');
  for (const { fileName, code } of chunks)
    if (code.startsWith('#!')) chmodSync(join(target, fileName), 0o755);
  writeFileSync(join(target, 'THIRD-PARTY-LICENSES.txt'), licences(chunks));
}

/**
 * An `import` of a module of Node.js reads every one of its exports, and with them loads what nobody asked for:
 * streams of files, WebCrypto, with `node:http` the whole of `fetch`.
 */
const builtinsAsAsked: Plugin = {
  name: 'builtins-as-asked',
  renderChunk: (code) =>
    code.replace(
      /^import (\{[^}]*\}|\w+) from "(node:[^"]+)";$/gm,
      (_, names: string, builtin: string) =>
        `const ${names.replaceAll(' as ', ': ')} = globalThis.process.getBuiltinModule("${builtin}");`,
    ),
};

/** `ws` loads these at once, which takes as long as it does itself, for `wss:`, which no device speaks. */
const WHEN_USED = /^(https|tls)$/;
const WHEN_USED_MODULE = 'when-used:';

const tlsWhenUsed: Plugin = {
  name: 'tls-when-used',
  resolveId: (builtin, importer) =>
    WHEN_USED.test(builtin) && importer !== undefined && packageOf(importer)?.name === 'ws'
      ? { id: WHEN_USED_MODULE + builtin }
      : null,
  load: (id) =>
    id.startsWith(WHEN_USED_MODULE)
      ? `module.exports = new Proxy({}, {
           get: (_, name) => process.getBuiltinModule('${id.slice(WHEN_USED_MODULE.length)}')[name],
         });`
      : null,
};

/** Of every package that has code in the bundle. */
function licences(chunks: readonly OutputChunk[]): string {
  const modules = chunks.flatMap(({ modules }) => Object.entries(modules));
  const folders = modules.map(([path, { renderedLength }]) =>
    renderedLength > 0 ? packageOf(path)?.folder : undefined,
  );
  return [...new Set(folders)]
    .filter((folder) => folder !== undefined)
    .toSorted()
    .map(licence)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function licence(folder: string): string {
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
  };
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${name} is in the bundle and has no licence`);
  return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
}

/** The library that a module is of; undefined for our own. */
function packageOf(path: string): { readonly name: string; readonly folder: string } | undefined {
  const [, before, name] = /^(.*[\\/]node_modules[\\/])((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(path) ?? [];
  if (before === undefined || name === undefined) return undefined;
  return { name: basename(name), folder: join(before, name) };
}
