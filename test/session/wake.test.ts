import { expect, it } from 'vitest';
import { SupervisorBench } from './supervisor-bench.ts';

/** Refused every half second or so, as soon after the beginning of an outage. */
async function youngOutage(): Promise<SupervisorBench> {
  const bench = new SupervisorBench();
  bench.network.failing = { code: 'refused' };
  await bench.start();
  await bench.clock.advance(8000);
  await bench.untilNextAttempt(10_000, 1);
  return bench;
}

it('an announcement early in an outage begins an attempt half a second after the last one', async () => {
  const bench = await youngOutage();
  const before = bench.attempts;
  bench.network.failing = undefined;
  bench.link.wake();
  await bench.clock.advance(499);
  expect(bench.attempts).toBe(before);
  await bench.clock.advance(1);
  expect(bench.attempts).toBe(before + 1);
  await bench.clock.advance(0);
  expect(bench.link.state).toBe('ready');
  await bench.link.stop();
});

it('a second announcement does not hurry the attempts any more', async () => {
  const bench = await youngOutage();
  await bench.clock.advance(600);
  const before = bench.attempts;
  bench.link.wake();
  await bench.clock.advance(0);
  expect(bench.attempts).toBe(before + 1);
  bench.link.wake();
  await bench.clock.advance(1000);
  expect(bench.attempts).toBe(before + 1);
  await bench.link.stop();
});
