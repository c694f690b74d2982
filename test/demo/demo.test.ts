import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, inject, test } from 'vitest';
import { Child } from '../helpers/child.ts';

const DEMO = fileURLToPath(new URL('demo.ts', import.meta.url));

function startDemo(...options: string[]): Child {
  return new Child({
    name: 'the demo',
    args: [DEMO, ...options],
    env: { GATEHOUSE_PLUGIN: inject('plugin') },
  });
}

/** The storage folder of its Homebridge, as it says. */
async function storageOf(demo: Child): Promise<string> {
  const line = await demo.lines.waitFor('the storage', ({ text }) => /^ +Storage/.test(text));
  return line.text.trim().split(/\s+/)[1]!;
}

test('--once drives both gates, says that all went well, and leaves nothing behind', async () => {
  const demo = startDemo('--once');
  const storage = await storageOf(demo);
  expect(await demo.exited).toEqual({ code: 0, signal: null });
  expect(existsSync(storage)).toBe(false);
  const text = demo.lines
    .since(0)
    .map((line) => line.text)
    .join('\n');
  expect(text).toContain('Everything went as it should');
  // What happens in the same millisecond, in two processes, is told in any order.
  expect(text).toMatch(
    /opened from Home\n +\d+ ms {2}Home.*\n( +\d+ ms {2}.*\n)*? +\d+ ms {2}wire {2}OPEN, accepted/,
  );
  // Colours are for terminals.
  expect(text).not.toContain('\u001b');
}, 60_000);

test('Ctrl-C in the middle of the drive ends everything', async () => {
  const demo = startDemo();
  const storage = await storageOf(demo);
  await demo.lines.waitFor('the first command', ({ text }) => text.includes('OPEN, accepted'));
  expect(await demo.stop('SIGINT')).toEqual({ code: 130, signal: null });
  expect(existsSync(storage)).toBe(false);
});

test('an option that it does not have', async () => {
  const demo = startDemo('--loud');
  expect(await demo.exited).toEqual({ code: 2, signal: null });
});
