import { expect, inject, it } from 'vitest';
import { measures } from './measures/index.ts';
import { Child } from '../helpers/child.ts';

/** The first words of the rows that a run must print, whatever it measures. */
const ROWS = [
  'seal + open of a typical frame',
  'QUERY round trips on one session',
  'connect to authenticated',
  'HomeKit write to the frame on the device',
  'StateChange to the door in Home, door alone',
  'StateChange to the door in Home, with the contact sensor',
  'one device drops: back and authenticated',
  '3 devices: spawn of Homebridge to all authenticated',
  '3 devices: all dropped to all back',
  '3 devices: private memory of Homebridge',
  '2 devices: idle Homebridge',
  '50 sessions in one process: time to all authenticated',
  '50 sessions in one process: memory',
  '50 sessions in one process: queries',
  '50 sessions in one process: events through to a listener',
  'outage of 8 s, nothing listens',
  'outage of 60 s, nothing answers',
  'outage of 10 min, announced by mDNS',
  'start of the command line',
];

it('the bench works: every measure, in its short form', { timeout: 180_000 }, async () => {
  const bench = new Child({
    name: 'bench',
    args: [new URL('./run.ts', import.meta.url).pathname, '--short'],
    env: { GATEHOUSE_PLUGIN: inject('plugin') },
  });
  const { code } = await bench.exited;
  const lines = bench.lines.since(0);
  const printed = lines.filter(({ from }) => from === 'stdout').map(({ text }) => text);
  expect(code, lines.map(({ text }) => text).join('\n')).toBe(0);
  for (const row of ROWS) {
    expect(
      printed.some((line) => line.startsWith(`| ${row}`)),
      row,
    ).toBe(true);
  }
  const done = lines.filter(({ text }) => /^measured in \d+ s: /.test(text));
  expect(done).toHaveLength(measures.length);
  // Every measure has at least one figure of our own.
  expect(printed.filter((line) => line.includes('| gatehouse')).length).toBeGreaterThanOrEqual(ROWS.length);
});
