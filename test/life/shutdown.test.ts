import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { parseJson } from '../../src/base/json.ts';
import { Child } from '../helpers/child.ts';

interface Report {
  readonly during: number;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** A process that nothing keeps ends in milliseconds; a wait between two attempts takes longer. */
const ENDS_WITHIN = 2_000;

it('leaves no timer, socket or listener, whatever each device is about', async () => {
  const child = new Child({
    name: 'the platform',
    args: [fileURLToPath(new URL('shutdown-moments.ts', import.meta.url))],
  });
  const line = await child.lines.waitFor('its report', ({ text }) => text.startsWith('{"during"'), {
    within: 30_000,
  });
  const { during, before, after } = parseJson(line.text) as Report;
  const limit = setTimeout(() => void child.stop('SIGKILL'), ENDS_WITHIN);
  expect(await child.exited).toEqual({ code: 0, signal: null });
  clearTimeout(limit);
  // There was something to leave behind.
  expect(during).toBeGreaterThan(10);
  expect(after.toSorted()).toEqual(before.toSorted());
  const said = child.lines.since(0).map(({ text }) => text);
  expect(said.filter((text) => /unhandled|Error:/i.test(text))).toEqual([]);
}, 40_000);
