import { expect, it } from 'vitest';
import { LONGEST_WAIT } from '../../src/session/backoff.ts';
import { Rig } from './rig.ts';

const ATTEMPTS = 10_000;
/** Connecting, upgrading and the handshake, at most. */
const ATTEMPT = 15_000;

it.each<[string, (rig: Rig) => void, (rig: Rig) => void]>([
  [
    'a device that refuses',
    ({ simulated }) => void simulated.stopListening(),
    ({ simulated }) => void simulated.listen(),
  ],
  ['a device that is gone', ({ network }) => network.setLink(false), ({ network }) => network.setLink(true)],
  [
    'a device that hangs',
    ({ simulated }) => simulated.faults.enable('silence'),
    ({ simulated }) => simulated.faults.disable('silence'),
  ],
])(
  'after 10,000 attempts at %s the next one is near, and the log is short',
  async (_, strike, heal) => {
    const rig = await new Rig().start();
    let attempts = 0;
    rig.network.asked.on(() => attempts++);
    strike(rig);
    rig.simulated.faults.enable('reset-now');
    while (attempts < ATTEMPTS) await rig.pass(600_000);

    heal(rig);
    expect(await rig.until(() => rig.isWell, LONGEST_WAIT + ATTEMPT)).toBe(true);
    expect(rig.lines.length).toBeLessThan(20);
    expect(rig.traces.filter(({ kind }) => kind === 'view').length).toBeLessThan(5);
    expect(await rig.stop()).toBe(0);
  },
  120_000,
);
