/**
 * Runs in a mount namespace of its own, where it may fill a disk or make it read-only: the platform starts on
 * such a disk, runs, and is shut down when the trouble is over. Prints a {@link Report} as JSON.
 */
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import type { DoorMemory } from '../../src/door/types.ts';
import { deviceJson } from '../config/helpers.ts';
import { HOMEBRIDGES } from '../homekit/bridges.ts';
import { PlatformBench } from '../homekit/platform-bench.ts';
import { letItWrite } from './let-it-write.ts';

export interface Report {
  readonly running: readonly string[];
  /** Lines about the file of each device, while the disk was in trouble. */
  readonly warnings: Readonly<Record<string, number>>;
  /** What Home reads of each device, all of which were opened meanwhile. */
  readonly shown: Readonly<Record<string, unknown>>;
  /** State files after it. */
  readonly files: number;
  /** What Garage remembers then. */
  readonly after: DoorMemory | undefined;
}

const DISK = '/mnt';
const BALLAST = `${DISK}/ballast`;
const CHANGES = 20;

function mount(options: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', DISK]);
}

const TROUBLE: Readonly<Record<string, { readonly begin: () => void; readonly end: () => void }>> = {
  full: {
    begin() {
      try {
        writeFileSync(BALLAST, Buffer.alloc(1024 * 1024));
      } catch {
        // That was the purpose.
      }
    },
    end: () => rmSync(BALLAST),
  },
  'read-only': { begin: () => mount('remount,ro'), end: () => mount('remount,rw') },
};

async function run(name: string): Promise<Report> {
  const trouble = TROUBLE[name]!;
  mount('size=256k');
  process.env['TMPDIR'] = DISK;
  const bench = new PlatformBench(HOMEBRIDGES[0]!);
  const garage = deviceJson();
  const gate = deviceJson({ name: 'Gate', host: '192.168.1.51' });
  const names = ['Garage', 'Gate'];
  // Gate is new on a disk that cannot be written, Garage is known.
  await bench.launch(garage);
  await bench.shutdown();
  trouble.begin();
  await bench.launch(garage, gate);
  const { running } = bench.maker;
  for (let change = 0; change < CHANGES; change++) {
    for (const each of names) {
      const current = change % 2 === 0 ? 0 : 1;
      const { door } = bench.maker.gate(each);
      door!.remember.emit({ target: current, current, obstruction: false });
      door!.rest(current);
    }
    await letItWrite();
  }
  const warnings = Object.fromEntries(names.map((each) => [each, linesAbout(bench, each)]));
  for (const each of names) bench.maker.gate(each).door!.rest(0);
  const shown = { Garage: await bench.readCurrent('Garage'), Gate: await bench.readCurrent('Gate') };
  trouble.end();
  for (const each of names) {
    bench.maker.gate(each).door!.remember.emit({ target: 0, current: 0, obstruction: false });
  }
  await bench.shutdown();
  const files = bench.stateFiles().length;
  await bench.launch(garage, gate);
  const after = bench.maker.gate('Garage').doorOptions!.memory;
  await bench.shutdown();
  return { running, warnings, shown, files, after };
}

function linesAbout(bench: PlatformBench, name: string): number {
  const file = `${bench.accessory(name).UUID}.json`;
  return bench.run.log.at('warn').filter((line) => line.includes(file)).length;
}

console.log(JSON.stringify(await run(process.argv[2]!)));
