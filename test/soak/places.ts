import { systemClock } from '../../src/base/clock.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { MemoryNetwork } from '../reliability/memory-network.ts';
import { Chance } from './chance.ts';
import { Resident, type Place } from './resident.ts';
import type { Tally } from './tally.ts';

const MINUTE = 60_000;

/** Real sockets of this machine, in real time. */
export const ON_SOCKETS: Place = { clock: systemClock, announced: true };

/** A life in memory, on a clock of its own. */
export async function liveInMemory(seed: number, minutes: number, tally: Tally): Promise<void> {
  const clock = new FakeClock();
  const network = new MemoryNetwork(clock);
  const chance = new Chance(seed);
  const place: Place = {
    clock,
    openServer: network.openServer,
    openSocket: network.openSocket,
    setLink: (up) => network.setLink(up),
    announced: chance.next() < 0.5,
  };
  const resident = new Resident(`seed ${seed}`, place, chance, tally);
  await resident.start();
  await whileTimePasses(clock, resident.live(clock.monotonic() + minutes * MINUTE));
  await whileTimePasses(clock, resident.stop());
  network.dispose();
  if (clock.pending > 0) tally.accidents.push(`seed ${seed}: ${clock.pending} timers are left`);
}

async function whileTimePasses(clock: FakeClock, work: Promise<void>): Promise<void> {
  const state = { done: false };
  const finished = work.finally(() => (state.done = true));
  while (!state.done) await clock.advance(1000);
  await finished;
}
