import { describe, expect, it } from 'vitest';
import { OFFLINE_GRACE } from '../../src/door/state.ts';
import { ANSWER_LIMIT } from '../../src/session/request-queue.ts';
import { KEEP_ALIVE_AFTER } from '../../src/session/watchdog.ts';
import { Rig } from './rig.ts';

const SECOND = 1000;

/** When the rig told that the device is offline. */
function wentOfflineAt(rig: Rig): number | undefined {
  return rig.traces.find((trace) => trace.kind === 'health' && trace.state === 'offline')?.at;
}

describe('a device that vanishes without a word', () => {
  it.each([0, 1, 30, 59, 3600])(
    'after %d s of peace: found by the watchdog, offline after the grace, recovered when it is back',
    async (peace) => {
      const rig = await new Rig().start();
      await rig.pass(peace * SECOND);
      const vanishedAt = rig.clock.monotonic();
      rig.network.setLink(false);

      expect(await rig.until(() => !rig.online, KEEP_ALIVE_AFTER + ANSWER_LIMIT, 10)).toBe(true);
      const foundAt = wentOfflineAt(rig)!;
      expect(foundAt - vanishedAt).toBeLessThanOrEqual(KEEP_ALIVE_AFTER + ANSWER_LIMIT);
      rig.simulated.moveByRemoteControl();

      await rig.pass(foundAt + OFFLINE_GRACE - 1 - rig.clock.monotonic());
      expect(rig.shown).toBe('T1 C1');
      await rig.pass(1);
      expect(rig.shown).toBe('T1 C1 ?');

      rig.network.setLink(true);
      expect(await rig.until(() => rig.isWell, 30 * SECOND)).toBe(true);
      expect(rig.shown).toBe('T0 C0');
      expect(rig.lines).toEqual([
        expect.stringMatching(/^WARN Not connected: 127\.0\.0\.1 does not answer/),
        'INFO Connected again.',
      ]);
      expect(rig.problems).toEqual([]);
      expect(await rig.stop()).toBe(0);
    },
  );

  it('is found within 5 s when Home is opened, and a write does not wait for that', async () => {
    const rig = await new Rig().start();
    await rig.pass(20 * SECOND);
    rig.network.setLink(false);
    rig.plugin.door.read();
    await rig.pass(SECOND);
    const write = rig.write(0);
    await rig.pass(ANSWER_LIMIT);
    expect(rig.online).toBe(false);
    expect(write).toMatchObject({ outcome: 'no answer', took: 2500 });
    rig.network.setLink(true);
    await rig.pass(600 * SECOND);
    expect(rig.commandsSince(0)).toEqual([]);
    expect(rig.isWell).toBe(true);
    expect(await rig.stop()).toBe(0);
  });

  it('is found when it is back before that and knows nothing of the connection', async () => {
    const rig = await new Rig().start();
    rig.network.setLink(false);
    rig.simulated.powerCycle();
    await rig.pass(10 * SECOND);
    rig.network.setLink(true);
    expect(await rig.until(() => !rig.online, KEEP_ALIVE_AFTER, 10)).toBe(true);
    expect(await rig.until(() => rig.isWell, SECOND)).toBe(true);
    expect(await rig.stop()).toBe(0);
  });
});
