import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import ts from 'typescript';

/** What the declarations may mention besides each other: the user of the package has no other packages. */
const MAY_MENTION = /^(node:|homebridge$)/;

/**
 * Writes the declarations that a user of these entry points needs, and no others, to the places where the
 * modules lie. Types are not checked: that is what `npm run typecheck` is for.
 */
export function buildTypes(configFile: string, entryPoints: readonly string[], target: string): void {
  const { options } = readConfig(configFile);
  const program = ts.createProgram([...entryPoints], {
    ...options,
    outDir: target,
    emitDeclarationOnly: true,
    noCheck: true,
  });
  const written = new Map<string, string>();
  const { diagnostics } = program.emit(undefined, (path, text) => written.set(resolve(path), text));
  if (diagnostics.length > 0) throw new Error(ts.formatDiagnostics(diagnostics, HOST));
  const sources = resolve(options.rootDir ?? '.');
  const needed = reachable(
    entryPoints.map((path) => declarationOf(path).replace(sources, target)),
    written,
  );
  for (const [path, text] of needed) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

function readConfig(file: string): ts.ParsedCommandLine {
  const { config } = ts.readConfigFile(file, (path) => ts.sys.readFile(path)) as { config: unknown };
  return ts.parseJsonConfigFileContent(config, ts.sys, dirname(file));
}

function reachable(paths: readonly string[], all: ReadonlyMap<string, string>): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (path: string): void => {
    if (found.has(path)) return;
    const text = all.get(path);
    if (text === undefined) throw new Error(`there are no declarations for ${path}`);
    found.set(path, text);
    for (const { fileName } of ts.preProcessFile(text).importedFiles) {
      if (fileName.startsWith('.')) visit(declarationOf(resolve(dirname(path), fileName)));
      else if (!MAY_MENTION.test(fileName)) throw new Error(`${path} mentions ${fileName}`);
    }
  };
  paths.forEach(visit);
  return found;
}

function declarationOf(path: string): string {
  return path.replace(/\.[jt]s$/, '.d.ts');
}

const HOST: ts.FormatDiagnosticsHost = {
  getCanonicalFileName: (name) => name,
  getCurrentDirectory: () => process.cwd(),
  getNewLine: () => '\n',
};
