import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as ApiExtractor from '@microsoft/api-extractor';

// Loaded when it is needed: it brings a compiler of its own.
const load = createRequire(import.meta.url);
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Where the reports lie that a change of the public surface has to change. */
export const REPORTS = join(root, 'docs/api');

/** The library's entry points, by the names of their reports. */
export const ENTRY_POINTS = {
  client: 'client.d.ts',
  simulator: 'simulator/index.d.ts',
  reach: 'reach/index.d.ts',
} as const;
export type EntryPoint = keyof typeof ENTRY_POINTS;

/** Types that public ones are computed from, and what only our own tests hand over. */
const NOT_EXPORTED = [
  'ACTION_TYPES',
  'ANSWER_FIELDS',
  'BEHAVIOURS',
  'KEY_USE_EVENT_TYPES',
  'PLAIN_EVENT_TYPES',
  'ServerFactory',
];

export interface ApiReport {
  readonly text: string;
  /** What is wrong with the surface; nothing, as long as all is well. */
  readonly problems: readonly string[];
}

/** The public surface of each entry point, as API Extractor sees it in the declarations of a build. */
export function apiReports(dist: string): ReadonlyMap<EntryPoint, ApiReport> {
  const { CompilerState, Extractor } = load('@microsoft/api-extractor') as typeof ApiExtractor;
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-api-'));
  mkdirSync(join(folder, 'temp'));
  try {
    const configs = new Map(
      (Object.keys(ENTRY_POINTS) as EntryPoint[]).map((name) => [name, configOf(name, dist, folder)]),
    );
    // One program for all: to read the declarations of Node is most of the work.
    const compilerState = CompilerState.create([...configs.values()][0]!, {
      additionalEntryPoints: Object.values(ENTRY_POINTS).map((file) => join(dist, file)),
    });
    return new Map(
      [...configs].map(([name, config]) => {
        const problems: string[] = [];
        Extractor.invoke(config, {
          localBuild: true,
          compilerState,
          messageCallback: (message) => {
            message.handled = true;
            if (isProblem(message)) problems.push(message.text);
          },
        });
        return [
          name,
          { text: readFileSync(join(folder, `${name}.api.md`), 'utf8').replaceAll('\r\n', '\n'), problems },
        ];
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function configOf(name: EntryPoint, dist: string, folder: string): ApiExtractor.ExtractorConfig {
  const { ExtractorConfig, ExtractorLogLevel } = load('@microsoft/api-extractor') as typeof ApiExtractor;
  const off = { logLevel: ExtractorLogLevel.None };
  const main = join(dist, ENTRY_POINTS[name]);
  return ExtractorConfig.prepare({
    configObjectFullPath: join(folder, 'api-extractor.json'),
    packageJsonFullPath: join(root, 'package.json'),
    configObject: {
      projectFolder: join(dist, '..'),
      mainEntryPointFilePath: main,
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: 'ES2023',
            module: 'NodeNext',
            lib: ['ES2023', 'ESNext.Disposable'],
            types: ['node'],
            typeRoots: [join(root, 'node_modules/@types')],
            strict: true,
            skipLibCheck: true,
          },
          files: [main],
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: `${name}.api.md`,
        reportFolder: folder,
        reportTempFolder: join(folder, 'temp'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        extractorMessageReporting: {
          default: { logLevel: ExtractorLogLevel.Warning },
          // Everything that is exported is public; what is plain from its name needs no words; and links are
          // TypeDoc's to follow.
          'ae-missing-release-tag': off,
          'ae-undocumented': off,
          'ae-unresolved-link': off,
        },
        tsdocMessageReporting: { default: off },
      },
    },
  });
}

function isProblem({ category, logLevel, text }: ApiExtractor.ExtractorMessage): boolean {
  const { ExtractorLogLevel, ExtractorMessageCategory } = load(
    '@microsoft/api-extractor',
  ) as typeof ApiExtractor;
  if (category === ExtractorMessageCategory.Console || logLevel === ExtractorLogLevel.None) return false;
  return !NOT_EXPORTED.some((name) => text.startsWith(`The symbol "${name}" needs`));
}

/** `node test/tools/api-report.ts` after a build: takes the surface as it is for the one that is meant. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(REPORTS, { recursive: true });
  for (const [entryPoint, { text, problems }] of apiReports(resolve(root, process.argv[2] ?? 'dist'))) {
    writeFileSync(join(REPORTS, `${entryPoint}.api.md`), text);
    for (const problem of problems) console.warn(`${entryPoint}: ${problem}`);
  }
}
