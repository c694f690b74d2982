import { describe, expect, it } from 'vitest';
import { Rig } from './rig.ts';

const SECOND = 1000;
const HOUR = 3_600_000;

const DEVICES = [
  ['after', {}],
  ['before', { eventsFirst: true }],
] as const;

/** Nobody is connected to the device: it keeps what happens. */
function goAway(rig: Rig): void {
  void rig.simulated.stopListening();
  rig.simulated.drop();
}

async function comeBack(rig: Rig): Promise<void> {
  void rig.simulated.listen();
  expect(await rig.until(() => rig.online, 60 * SECOND)).toBe(true);
  await rig.pass(SECOND);
}

async function finish(rig: Rig): Promise<void> {
  expect(rig.isWell).toBe(true);
  expect([...rig.problems, ...rig.ledger.problems]).toEqual([]);
  expect(await rig.stop()).toBe(0);
}

const heard = (rig: Rig): readonly string[] => rig.events.map(({ event }) => event.type);

describe.each(DEVICES)('what happened while nobody listened, sent %s the first response', (_, simulator) => {
  it('an hour ago: it rings no bell and moves no door, and is told with its true time', async () => {
    const rig = await new Rig({ simulator }).start();
    goAway(rig);
    await rig.pass(SECOND);
    const rangAt = rig.clock.now();
    rig.simulated.pushDoorbell();
    await rig.pass(SECOND);
    const movedAt = rig.clock.now();
    rig.simulated.operate({ keyNr: 3, keyType: 'unique key', via: 'bluetooth' });
    await rig.pass(HOUR);
    const before = rig.traces.length;
    await comeBack(rig);

    expect(heard(rig)).toEqual(['DoorbellPushed', 'RelayTrigger', 'StateChange']);
    for (const { old } of rig.events) expect(old).toBe(true);
    const times = [rangAt, movedAt, movedAt + rig.simulated.settings.sensorDelay];
    rig.events.forEach(({ at }, index) => expect(Math.abs(at! - times[index]!)).toBeLessThan(2 * SECOND));
    // It is open by now: that comes from the response, and it is at rest.
    const views = rig.traces.slice(before).flatMap((trace) => (trace.kind === 'view' ? [trace.text] : []));
    expect(views.map((text) => text.replace(' ?', ''))).not.toContain('T0 C2');
    expect(rig.shown).toBe('T0 C0');
    await finish(rig);
  });

  it('an old StateChange does not stand against what the device says now', async () => {
    const rig = await new Rig({ simulator }).start();
    goAway(rig);
    rig.simulated.moveByRemoteControl();
    await rig.pass(60 * SECOND);
    rig.simulated.moveByRemoteControl();
    await rig.pass(HOUR);
    const before = rig.traces.length;
    await comeBack(rig);
    expect(rig.events.map(({ event, old }) => [event.state, old])).toEqual([
      ['open', true],
      ['closed', true],
    ]);
    const views = rig.traces.slice(before).flatMap((trace) => (trace.kind === 'view' ? [trace.text] : []));
    expect(views).toEqual(['T1 C1']);
    await finish(rig);
  });

  it('a moment ago: it still rings', async () => {
    const rig = await new Rig({ simulator }).start();
    await rig.pass(20 * SECOND);
    goAway(rig);
    rig.simulated.pushDoorbell();
    await rig.pass(2 * SECOND);
    await comeBack(rig);
    expect(rig.events).toEqual([expect.objectContaining({ old: false })]);
    await finish(rig);
  });

  it('a restart of the plugin: nothing is told twice, though the device sends everything again', async () => {
    const rig = await new Rig({ simulator }).start();
    rig.simulated.pushDoorbell();
    await rig.pass(SECOND);
    rig.simulated.connectKey();
    await rig.pass(SECOND);
    rig.simulated.faults.enable('replayed-events');
    await rig.restartPlugin(10 * SECOND);
    rig.simulated.pushDoorbell();
    await rig.pass(SECOND);
    await rig.restartPlugin(HOUR);
    rig.simulated.drop();
    await rig.pass(SECOND);
    expect(heard(rig)).toEqual(['DoorbellPushed', 'Connected', 'DoorbellPushed']);
    expect(rig.events.every(({ old }) => !old)).toBe(true);
    await finish(rig);
  });

  it('a restart of the device is known by its Restart event, and its events count anew', async () => {
    const rig = await new Rig({ simulator }).start();
    for (let push = 0; push < 5; push++) rig.simulated.pushDoorbell();
    await rig.pass(SECOND);
    rig.simulated.powerCycle();
    await rig.pass(5 * SECOND);
    rig.simulated.pushDoorbell();
    await rig.pass(SECOND);
    expect(heard(rig).slice(5)).toEqual(['Restart', 'DoorbellPushed']);
    expect(rig.events.slice(5).map(({ event, old }) => [event.cnt, old])).toEqual([
      [0, false],
      [1, false],
    ]);
    await finish(rig);
  });

  it('a restart of the device an hour ago, with both away: old, once, and with its true time', async () => {
    const rig = await new Rig({ simulator }).start();
    rig.simulated.pushDoorbell();
    await rig.pass(SECOND);
    goAway(rig);
    const restartedAt = rig.clock.now();
    rig.simulated.powerCycle();
    // It listens again by itself, and there is nobody to connect.
    await rig.restartPlugin(HOUR);
    rig.simulated.drop();
    await rig.pass(5 * SECOND);
    expect(heard(rig)).toEqual(['DoorbellPushed', 'Restart']);
    expect(rig.events[1]!.old).toBe(true);
    expect(Math.abs(rig.events[1]!.at! - restartedAt)).toBeLessThan(3 * SECOND);
    await finish(rig);
  });
});

it('a clock of the device that begins anew without a restart is followed', async () => {
  const rig = await new Rig().start();
  for (let push = 0; push < 3; push++) rig.simulated.pushDoorbell();
  await rig.pass(20 * SECOND);
  rig.simulated.faults.enable('clock-restart');
  rig.plugin.door.read();
  await rig.pass(SECOND);
  rig.simulated.pushDoorbell();
  await rig.pass(SECOND);
  expect(rig.events.map(({ event, old }) => [event.cnt, old])).toEqual([
    [1, false],
    [2, false],
    [3, false],
    [0, false],
  ]);
  await finish(rig);
});
