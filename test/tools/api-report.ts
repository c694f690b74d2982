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

/** The public surface of an entry point, as API Extractor sees it in the declarations of a build. */
export function apiReport(entryPoint: EntryPoint, dist: string): ApiReport {
  const { Extractor, ExtractorConfig, ExtractorLogLevel, ExtractorMessageCategory } = load(
    '@microsoft/api-extractor',
  ) as typeof ApiExtractor;
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-api-'));
  const main = join(dist, ENTRY_POINTS[entryPoint]);
  const fileName = `${entryPoint}.api.md`;
  const problems: string[] = [];
  try {
    const off = { logLevel: ExtractorLogLevel.None };
    const extractorConfig = ExtractorConfig.prepare({
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
            },
            files: [main],
          },
        },
        apiReport: {
          enabled: true,
          reportFileName: fileName,
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
    mkdirSync(join(folder, 'temp'));
    Extractor.invoke(extractorConfig, {
      localBuild: true,
      messageCallback: (message) => {
        message.handled = true;
        const ours =
          message.category !== ExtractorMessageCategory.Console &&
          message.logLevel !== ExtractorLogLevel.None;
        const known = NOT_EXPORTED.some((name) => message.text.startsWith(`The symbol "${name}" needs`));
        if (ours && !known) problems.push(message.text);
      },
    });
    return { text: readFileSync(join(folder, fileName), 'utf8').replaceAll('\r\n', '\n'), problems };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `node test/tools/api-report.ts` after a build: takes the surface as it is for the one that is meant. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(REPORTS, { recursive: true });
  for (const entryPoint of Object.keys(ENTRY_POINTS) as EntryPoint[]) {
    const { text, problems } = apiReport(entryPoint, resolve(root, process.argv[2] ?? 'dist'));
    writeFileSync(join(REPORTS, `${entryPoint}.api.md`), text);
    for (const problem of problems) console.warn(`${entryPoint}: ${problem}`);
  }
}
