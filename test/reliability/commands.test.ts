import { describe, expect, it } from 'vitest';
import { CLOSED, OPEN, type TargetDoorState } from '../../src/door/types.ts';
import type { FaultName } from '../../src/simulator/index.ts';
import { Rig, TRAVEL, type Write } from './rig.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

async function finish(rig: Rig): Promise<void> {
  expect(rig.isWell).toBe(true);
  expect([...rig.problems, ...rig.ledger.problems]).toEqual([]);
  expect(await rig.stop()).toBe(0);
}

/** Every action that reached the device since then. */
function actionsSince(rig: Rig, at: number): readonly string[] {
  return rig.traces.flatMap((trace) => (trace.kind === 'action' && trace.at >= at ? [trace.type] : []));
}

describe('a command whose outcome is unknown', () => {
  it.each<[FaultName, boolean]>([
    ['drop-after-execution', true],
    ['drop-before-execution', false],
    ['unanswered-executed', true],
    ['unanswered-not-executed', false],
  ])('by %s is never sent again, and the QUERY after the reconnect tells', async (fault, executed) => {
    const rig = await new Rig().start();
    await rig.pass(20 * SECOND);
    rig.simulated.faults.enable(fault, { times: 1 });
    const at = rig.clock.monotonic();
    const write = rig.write(OPEN);
    await rig.pass(2500);
    expect(write.outcome).toBe('no answer');
    await rig.pass(10 * MINUTE);
    expect(rig.shown).toBe(executed ? 'T0 C0' : 'T1 C1');
    expect(rig.simulated.state.position).toBe(executed ? 1 : 0);
    expect(actionsSince(rig, at).slice(0, 2)).toEqual(['OPEN', 'QUERY']);
    expect(rig.commandsSince(at)).toEqual(['OPEN']);
    await finish(rig);
  });

  it('by a link that went down is not delivered when the link is back', async () => {
    const rig = await new Rig().start();
    await rig.pass(20 * SECOND);
    rig.network.setLink(false);
    const write = rig.write(OPEN);
    await rig.pass(10 * SECOND);
    expect(write.outcome).toBe('no answer');
    rig.network.setLink(true);
    await rig.pass(10 * MINUTE);
    expect(rig.commandsSince(0)).toEqual([]);
    expect(rig.shown).toBe('T1 C1');
    await finish(rig);
  });
});

describe('a write while the device is offline', () => {
  it.each([0.1, 1, 10, 44, 46, 600, 7200])('for %d s fails fast, and nothing is sent later', async (away) => {
    const rig = await new Rig().start();
    await rig.pass(20 * SECOND);
    void rig.simulated.stopListening();
    rig.simulated.drop();
    await rig.pass(away * SECOND);
    const write = rig.write(OPEN);
    await rig.until(() => write.outcome !== 'pending', 2500, 10);
    expect(write.outcome).toBe('offline');
    // A reconnect that is under way is waited for, for 2 s at most.
    expect(write.took).toBeLessThanOrEqual(2010);

    const backAt = rig.clock.monotonic();
    void rig.simulated.listen();
    expect(await rig.until(() => rig.online, MINUTE)).toBe(true);
    await rig.pass(MINUTE);
    expect(new Set(actionsSince(rig, backAt))).toEqual(new Set(['QUERY']));
    expect(rig.simulated.state.position).toBe(0);
    await finish(rig);
  });

  it('in the very moment of a drop waits for the reconnect, and is carried out', async () => {
    const rig = await new Rig().start();
    await rig.pass(20 * SECOND);
    rig.simulated.drop();
    await rig.until(() => !rig.online, SECOND, 1);
    const write = rig.write(OPEN);
    await rig.pass(SECOND);
    expect(write.outcome).toBe('success');
    await rig.pass(TRAVEL);
    expect(rig.commandsSince(0)).toEqual(['OPEN']);
    await finish(rig);
  });
});

describe('writes that cross', () => {
  it.each<['open' | 'closed', number]>([
    ['closed', 50],
    ['closed', 200],
    ['open', 50],
    ['open', 200],
  ])('five in a second on an %s gate, %d ms apart: T and C agree in the end', async (state, gap) => {
    const rig = await new Rig({ simulator: { state } }).start();
    await rig.pass(20 * SECOND);
    const first: TargetDoorState = state === 'closed' ? OPEN : CLOSED;
    const writes: Write[] = [];
    for (let number = 0; number < 5; number++) {
      writes.push(rig.write(number % 2 === 0 ? first : first === OPEN ? CLOSED : OPEN));
      await rig.pass(gap);
    }
    await rig.pass(MINUTE);
    expect(writes.map(({ outcome }) => outcome)).not.toContain('pending');
    // The first one sets the gate going, and the last one wants the same.
    expect(writes[0]!.outcome).toBe('success');
    expect(writes[4]!.outcome).toBe('success');
    expect(rig.shown).toBe(first === OPEN ? 'T0 C0' : 'T1 C1');
    expect(
      rig.commandsSince(0).filter((command) => command === (first === OPEN ? 'OPEN' : 'CLOSE')),
    ).toHaveLength(1);
    await finish(rig);
  });

  it.each([0, 1, 100, 1000, 5000])('the same one twice, %d ms apart, is one pulse', async (gap) => {
    const rig = await new Rig().start();
    await rig.pass(20 * SECOND);
    const writes = [rig.write(OPEN)];
    if (gap > 0) await rig.pass(gap);
    writes.push(rig.write(OPEN));
    await rig.pass(MINUTE);
    expect(writes.map(({ outcome }) => outcome)).toEqual(['success', 'success']);
    expect(rig.commandsSince(0)).toEqual(['OPEN']);
    expect(rig.shown).toBe('T0 C0');
    await finish(rig);
  });

  it('of two controllers at once, one of which wants it open and the other closed', async () => {
    const rig = await new Rig({ simulator: { state: 'open' } }).start();
    await rig.pass(20 * SECOND);
    const [close, open] = [rig.write(CLOSED), rig.write(OPEN)];
    await rig.pass(MINUTE);
    // It is on its way by then, and a pulse could do anything.
    expect([close.outcome, open.outcome]).toEqual(['success', 'not now']);
    expect(rig.commandsSince(0)).toEqual(['CLOSE']);
    expect(rig.shown).toBe('T1 C1');
    await finish(rig);
  });

  it('of Home and somebody with a key at once end in the truth', async () => {
    const rig = await new Rig().start();
    await rig.pass(20 * SECOND);
    rig.simulated.operate({ keyNr: 5, keyType: 'unique key', via: 'bluetooth' });
    const write = rig.write(OPEN);
    await rig.pass(MINUTE);
    expect(['success', 'busy']).toContain(write.outcome);
    expect(rig.shown).toBe('T0 C0');
    await finish(rig);
  });
});
