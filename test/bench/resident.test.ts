import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { privateBytes, processorTime } from './resident.ts';

it.runIf(existsSync('/proc/self/smaps_rollup'))('tells what a process has and has computed', () => {
  expect(privateBytes(process.pid)).toBeGreaterThan(5e6);
  const before = processorTime(process.pid)!;
  const until = performance.now() + 50;
  while (performance.now() < until) privateBytes(process.pid);
  expect(processorTime(process.pid)! - before).toBeGreaterThan(5);
});

it('does not tell where the system does not', () => {
  expect(privateBytes(-1)).toBeUndefined();
  expect(processorTime(-1)).toBeUndefined();
});
