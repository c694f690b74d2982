import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const source = fileURLToPath(new URL('../src', import.meta.url));

/** What each folder may import of ours, besides itself. `types` allows type imports alone. */
const MAY_IMPORT: Readonly<
  Record<string, { readonly all: readonly string[]; readonly types?: readonly string[] }>
> = {
  base: { all: [] },
  wire: { all: ['base'] },
  session: { all: ['base', 'wire'] },
  device: { all: ['base', 'wire', 'session'] },
  door: { all: ['base', 'wire', 'session', 'device'] },
  discovery: { all: ['base'] },
  journal: { all: ['base'] },
  config: { all: ['base'] },
  channel: { all: ['base'] },
  reach: { all: ['base'] },
  simulator: { all: ['base'], types: ['wire'] },
  homekit: {
    all: ['base', 'wire', 'session', 'device', 'door', 'discovery', 'journal', 'config', 'channel', 'reach'],
  },
  cli: {
    all: [
      'base',
      'wire',
      'session',
      'device',
      'door',
      'discovery',
      'journal',
      'config',
      'channel',
      'reach',
      'simulator',
    ],
  },
  ui: {
    all: ['base', 'wire', 'session', 'device', 'door', 'discovery', 'journal', 'config', 'channel', 'reach'],
  },
  // Files of src itself: the plugin's entry and the library's.
  '.': { all: ['base', 'wire', 'session', 'device', 'homekit', 'simulator', 'reach'] },
};

/** Packages that only a few may touch, and who. */
const PACKAGE_OWNERS: readonly {
  readonly name: RegExp;
  readonly owners: readonly string[];
  readonly files?: number;
}[] = [
  { name: /^homebridge$/, owners: ['homekit', '.'] },
  { name: /^ws$/, owners: ['session'], files: 1 },
  { name: /^ws$/, owners: ['simulator'], files: 1 },
];

interface Import {
  readonly file: string;
  readonly folder: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.includes(`public${sep}`))
  .map((name) => join(source, name));

function folderOf(path: string): string {
  const parts = relative(source, path).split(sep);
  return parts.length === 1 ? '.' : parts[0]!;
}

function importsOf(file: string): Import[] {
  const found: Import[] = [];
  const tree = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  const add = (specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (specifier && ts.isStringLiteralLike(specifier)) {
      found.push({
        file: relative(source, file),
        folder: folderOf(file),
        specifier: specifier.text,
        typeOnly,
      });
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

function isTypeOnly(node: ts.ImportDeclaration): boolean {
  const clause = node.importClause;
  if (!clause) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = clause.namedBindings;
  return (
    !clause.name &&
    !!bindings &&
    ts.isNamedImports(bindings) &&
    bindings.elements.every((name) => name.isTypeOnly)
  );
}

const imports = files.flatMap(importsOf);

describe('the direction of imports', () => {
  it('finds imports to look at', () => expect(imports.length).toBeGreaterThan(20));

  it('goes down only', () => {
    const wrong = imports
      .filter(({ specifier }) => specifier.startsWith('.'))
      .filter(({ file, folder, specifier, typeOnly }) => {
        const target = folderOf(resolve(dirname(join(source, file)), specifier));
        const allowed = MAY_IMPORT[folder];
        if (target === folder || allowed?.all.includes(target)) return false;
        return !(typeOnly && allowed?.types?.includes(target));
      });
    expect(wrong).toEqual([]);
  });

  it('names its files with their ending', () => {
    expect(
      imports.filter(({ specifier }) => specifier.startsWith('.') && !/\.(ts|json)$/.test(specifier)),
    ).toEqual([]);
  });

  it.each(PACKAGE_OWNERS)('keeps $name to $owners', ({ name, owners, files: most }) => {
    const users = imports.filter(({ specifier }) => name.test(specifier));
    const everyOwner = PACKAGE_OWNERS.filter((rule) => rule.name.source === name.source).flatMap(
      (rule) => rule.owners,
    );
    expect(users.filter(({ folder }) => !everyOwner.includes(folder))).toEqual([]);
    const mine = new Set(users.filter(({ folder }) => owners.includes(folder)).map(({ file }) => file));
    if (most !== undefined) expect(mine.size).toBeLessThanOrEqual(most);
  });
});

describe('time and chance', () => {
  /** Only base/clock.ts may name these; everything else is handed a Clock. */
  const FORBIDDEN =
    /\b(Date\.now|setTimeout|setInterval|Math\.random|performance\.now)\s*\(|\bnew Date\(\s*\)/;

  it('come from base/clock.ts alone', () => {
    const wrong = files
      .filter((file) => relative(source, file) !== join('base', 'clock.ts'))
      .filter((file) => FORBIDDEN.test(readFileSync(file, 'utf8')))
      .map((file) => relative(source, file));
    expect(wrong).toEqual([]);
  });
});

describe('files', () => {
  it('stay below 400 lines', () => {
    const long = files.filter((file) => readFileSync(file, 'utf8').split('\n').length > 401);
    expect(long.map((file) => relative(source, file))).toEqual([]);
  });

  it('have kebab-case names', () => {
    expect(
      files.map((file) => relative(source, file)).filter((name) => !/^[a-z0-9./\\-]+$/.test(name)),
    ).toEqual([]);
  });
});
