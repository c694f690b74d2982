/** A process with the sessions of one contender, which does with them what it is told, a JSON object a line. */
import { createInterface } from 'node:readline';
import { machineTime } from './bare.ts';
import type { Address } from './floor-session.ts';
import { contenderOf, type LibraryName, type LibrarySession } from './library-contenders.ts';
import { privateBytes } from './resident.ts';

export type ClientCommand =
  /** Opens so many sessions, `width` of them at a time. Answers with the milliseconds. */
  | { readonly do: 'connect'; readonly count: number; readonly width: number; readonly address: Address }
  /** So many QUERYs in each session, one outstanding in each. Answers with the milliseconds. */
  | { readonly do: 'query'; readonly rounds: number }
  /** From here on so many events are counted, or the sessions that become ready. Answers at once. */
  | { readonly do: 'count'; readonly what: 'events' | 'ready'; readonly upTo: number }
  /** Answers with the {@link machineTime} at which the count was complete, when it is. */
  | { readonly do: 'counted' }
  /** Answers with what this process alone has of the memory, after a collection, in bytes; 0 where unknown. */
  | { readonly do: 'memory' }
  /** Lets time pass for our sessions: they try at once only after a session that lasted. */
  | { readonly do: 'skip'; readonly time: number }
  | { readonly do: 'close' };

export interface ClientAnswer {
  readonly to: ClientCommand['do'] | 'start';
  readonly value: number;
}

const [name, dist] = process.argv.slice(2) as [LibraryName, string];
const make = await contenderOf(name, dist);
let sessions: LibrarySession[] = [];
let counting: 'events' | 'ready' | undefined;
let missing = 0;
let completeAt: number | undefined;
let onComplete: (at: number) => void = () => undefined;

function saw(what: typeof counting): void {
  if (what !== counting) return;
  missing -= 1;
  if (missing !== 0) return;
  completeAt = machineTime();
  onComplete(completeAt);
}

const heard = { ready: () => saw('ready'), event: () => saw('events') };

async function connect(count: number, width: number, address: Address): Promise<number> {
  const begun = performance.now();
  let opened = 0;
  const opener = async (): Promise<void> => {
    while (opened < count) {
      opened += 1;
      const session = make(address, heard);
      sessions.push(session);
      await session.connect();
    }
  };
  await Promise.all(Array.from({ length: width }, opener));
  return performance.now() - begun;
}

async function query(rounds: number): Promise<number> {
  const begun = performance.now();
  await Promise.all(
    sessions.map(async (session) => {
      for (let round = 0; round < rounds; round++) await session.query();
    }),
  );
  return performance.now() - begun;
}

async function memory(): Promise<number> {
  // What a closed socket still holds goes in the turns after its end.
  for (let round = 0; round < 3; round++) {
    globalThis.gc!();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return privateBytes(process.pid) ?? 0;
}

/** The library reads the time there, and nothing else of the process that matters does. */
function skip(time: number): number {
  const now = performance.now.bind(performance);
  performance.now = () => now() + time;
  return time;
}

async function obey(command: ClientCommand): Promise<number> {
  switch (command.do) {
    case 'connect':
      return connect(command.count, command.width, command.address);
    case 'query':
      return query(command.rounds);
    case 'count':
      [counting, missing, completeAt] = [command.what, command.upTo, undefined];
      return 0;
    case 'counted':
      return completeAt ?? new Promise((resolve) => (onComplete = resolve));
    case 'memory':
      return memory();
    case 'skip':
      return skip(command.time);
    case 'close':
      await Promise.all(sessions.map((session) => session.close()));
      sessions = [];
      return 0;
  }
}

const tell = (answer: ClientAnswer): void => void process.send!(answer);
createInterface({ input: process.stdin }).on('line', (line) => {
  const command = JSON.parse(line) as ClientCommand;
  void obey(command).then((value) => tell({ to: command.do, value }));
});
tell({ to: 'start', value: 0 });
