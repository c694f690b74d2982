import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isSettingsPage, pack, PEER_LIBRARY, peerBytes, treeOf } from '../../helpers/package-tree.ts';
import { builtDist, builtPlugin } from '../built.ts';
import { alternate, fixed, quoted, ratio, type Contender, type Sample } from '../compare.ts';
import type { BenchOptions, Measure, Result } from '../measure.ts';
import { startOf } from '../start-of.ts';

/** homebridge-remootio 1.3.6 by its package-lock.json: the copy of the library, crypto-js and ws. */
const PEER_DEPENDENCIES = 3;

const OURS = 'gatehouse';
const PEER = `homebridge-remootio, at the least, ${PEER_LIBRARY}, crypto-js, ws`;

export const packageSize: Measure = {
  name: 'package',
  async run({ short }: BenchOptions): Promise<Result[]> {
    return [await size(), dependencies(), await importTime(short ? 3 : 41)];
  },
};

async function size(): Promise<Result> {
  const { files } = await pack(await builtPlugin(), '--dry-run');
  const kilobytes = (bytes: number): number => bytes / 1000;
  const total = (chosen: typeof files): number => kilobytes(chosen.reduce((sum, file) => sum + file.size, 0));
  const own = fixed(OURS, total(files.filter(({ path }) => !isSettingsPage(path))));
  const peer = fixed(PEER, kilobytes(peerBytes()));
  return {
    measure: 'package: unpacked, with dependencies',
    unit: 'kB',
    samples: [own, fixed('gatehouse with its settings page', total(files)), peer],
    ours: OURS,
    goals: [atMost(own, peer)],
    note:
      'What the Homebridge UI alone reads is set aside: dist/ui and config.schema.json. On the other side, ' +
      'homebridge-remootio itself counts with 27 kB, the sources in its repository; what it publishes of them, ' +
      'compiled, is more.',
  };
}

function dependencies(): Result {
  const manifest = createRequire(import.meta.url)('../../../package.json') as {
    readonly dependencies?: Readonly<Record<string, string>>;
  };
  const names = Object.keys(manifest.dependencies ?? {});
  const own = fixed(OURS, new Set(names.flatMap((name) => treeOf(name))).size);
  const peer = quoted('homebridge-remootio', PEER_DEPENDENCIES);
  return {
    measure: 'package: dependencies that are installed with it',
    unit: 'packages',
    samples: [own, peer],
    ours: OURS,
    goals: [atMost(own, peer)],
    note: 'What is used of libraries is part of the package; dist/THIRD-PARTY-LICENSES.txt names them.',
  };
}

async function importTime(repeats: number): Promise<Result> {
  const library = createRequire(import.meta.url).resolve(PEER_LIBRARY);
  const samples = await alternate(
    [
      importOf('node -e 0', undefined),
      importOf(`import of ${OURS}`, join(await builtDist(), 'index.js')),
      importOf(`import of ${PEER_LIBRARY}`, library),
    ],
    repeats,
  );
  const [, own, peer] = samples;
  return {
    measure: 'package: import in a new process, from its start to its end',
    unit: 'ms',
    samples,
    ours: own!.name,
    goals: [atMost(own!, peer!)],
  };
}

function atMost(own: Sample, peer: Sample): Result['goals'][number] {
  return { against: peer.name, sense: 'at most', ratio: 1, reached: ratio(own, peer) };
}

function importOf(name: string, path: string | undefined): Contender {
  const script = path === undefined ? '0' : `await import(${JSON.stringify(pathToFileURL(path).href)})`;
  return startOf(name, ['--input-type=module', '--eval', script]);
}
