import { sleep, systemClock } from '../../src/base/clock.ts';
import { messageOf } from '../../src/base/errors.ts';
import { readDocument, table, withSection, writeDocument } from '../reliability/document.ts';
import { Chance } from './chance.ts';
import { figuresOf, type SoakResult } from './figures.ts';
import { heapUsed } from './heap.ts';
import { parseSoakOptions, USAGE, type SoakOptions } from './options.ts';
import { liveInMemory, ON_SOCKETS } from './places.ts';
import { Resident } from './resident.ts';
import { Tally } from './tally.ts';

const MINUTE = 60_000;
/** The heap of a process that has just begun says nothing. */
const WARM_UP = 0.2;
/** How long the process may take to end by itself. */
const END_LIMIT = 10_000;

async function soakOnSockets(
  { devices, minutes, seed }: SoakOptions,
  tally: Tally,
): Promise<SoakResult['heap']> {
  const residents = Array.from(
    { length: devices },
    (_, index) => new Resident(`device ${index + 1}`, ON_SOCKETS, new Chance(seed * 1000 + index), tally),
  );
  await Promise.all(residents.map((resident) => resident.start()));
  const end = systemClock.monotonic() + minutes * MINUTE;
  const lives = Promise.all(residents.map((resident) => resident.live(end)));
  await sleep(systemClock, minutes * MINUTE * WARM_UP);
  const before = heapUsed();
  await lives;
  const after = heapUsed();
  await Promise.all(residents.map((resident) => resident.stop()));
  return { before, after };
}

async function soakInMemory(
  { devices, minutes, seed }: SoakOptions,
  tally: Tally,
): Promise<SoakResult['heap']> {
  await liveInMemory(seed * 1000, minutes, tally);
  const before = heapUsed();
  for (let index = 1; index < devices; index++) await liveInMemory(seed * 1000 + index, minutes, tally);
  return { before, after: heapUsed() };
}

function section({ devices, minutes, seed, fast }: SoakOptions, result: SoakResult): string {
  const command = `npm run soak -- --devices ${devices} --minutes ${minutes} --seed ${seed}${fast ? ' --fast' : ''}`;
  const cells = figuresOf(result).map((figure) => [...figure]);
  return `\`${command}\`, Node ${process.versions.node}:\n\n${table(['figure', 'value'], cells)}`;
}

async function main(args: readonly string[]): Promise<number> {
  let options: SoakOptions;
  try {
    options = parseSoakOptions(args);
  } catch (error) {
    console.error(`${messageOf(error)}\n\n${USAGE}`);
    return 2;
  }
  const tally = new Tally();
  const accident = (error: unknown): void => {
    tally.accidents.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  };
  process.on('unhandledRejection', accident).on('uncaughtException', accident);
  const heap = await (options.fast ? soakInMemory : soakOnSockets)(options, tally);
  const result = { options, tally, heap };
  for (const problem of tally.problems) console.error(problem);
  for (const [name, value] of figuresOf(result)) console.log(`${name}: ${value}`);
  if (options.write) writeDocument(await withSection(readDocument(), 'soak', section(options, result)));
  return tally.isGood ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
// Nothing may keep the process alive.
setTimeout(() => {
  console.error(`the process does not end: ${process.getActiveResourcesInfo().join(', ')}`);
  process.exit(1);
}, END_LIMIT).unref();
