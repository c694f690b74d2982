import { afterEach, describe, expect, test } from 'vitest';
import { AutoClose, type AutoCloseMemory } from '../../src/door/auto-close.ts';
import { OutputHold } from '../../src/door/output-hold.ts';
import { settle } from '../helpers/fake-clock.ts';
import { OWNER } from './fake-device.ts';
import { Stage, type StageOptions } from './stage.ts';

const MINUTE = 60_000;
const WARNING = 30_000;

/** A gate with auto-close after ten minutes and a warning of half a minute. */
class Scene extends Stage {
  readonly hold: OutputHold;
  /** "warning", "closing", …, in order. */
  readonly steps: string[] = [];
  memory: AutoCloseMemory | undefined;
  flushes = 0;
  /** What happens while the disk is written. */
  onFlush: () => void = () => undefined;
  autoClose!: AutoClose;

  constructor(options: StageOptions = {}, memory?: AutoCloseMemory) {
    super({ ...options, device: { position: 'open', ...options.device } });
    this.memory = memory;
    const { clock, device } = this;
    this.hold = new OutputHold({ device, clock, memory: undefined, remember: () => undefined });
    this.launch();
    scenes.push(this);
  }

  /** As after a restart of the plugin. */
  launch(after = 10 * MINUTE): void {
    const { clock, device, door, hold, log, memory } = this;
    this.autoClose = new AutoClose({
      clock,
      device,
      door,
      hold,
      log,
      memory,
      after,
      warning: WARNING,
      remember: (now) => (this.memory = now),
      flush: () => {
        this.flushes++;
        this.onFlush();
        return Promise.resolve();
      },
    });
    this.autoClose.step.on(({ kind }) => this.steps.push(kind));
  }

  plain(
    type: 'StateChange' | 'ManualButtonPushed' | 'Restart',
    age: number,
    state = this.device.sensor,
  ): void {
    this.device.happen({ type, cnt: 0, t100ms: 0, state }, age);
  }

  stop(): void {
    this.autoClose.stop();
    this.hold.stop();
    this.door.stop();
  }
}

const scenes: Scene[] = [];

afterEach(() => {
  for (const scene of scenes.splice(0)) {
    scene.stop();
    // Whatever happened, no other command than CLOSE has ever gone out by itself.
    expect(scene.device.sent.filter((sent) => sent !== 'CLOSE' && sent !== 'OPEN')).toEqual([]);
  }
});

test('warns, then closes, and says so before', async () => {
  const scene = new Scene();
  await scene.pass(10 * MINUTE - WARNING - 1);
  expect(scene.steps).toEqual([]);
  await scene.pass(1);
  expect(scene.steps).toEqual(['warning']);
  expect(scene.log.at('info')).toContain('has been open for 9.5 min: closes by itself in 30 s');
  await scene.pass(WARNING - 1);
  expect(scene.device.sent).toEqual([]);
  await scene.pass(1);
  expect(scene.device.sent).toEqual(['CLOSE']);
  expect(scene.steps).toEqual(['warning', 'closing']);
  expect(scene.log.at('info')).toContain('closes by itself after 10 min');
  await scene.pass(MINUTE);
  expect(scene.shown).toBe('T1 C1');
  expect(scene.memory).toEqual({ attempted: false });
});

test('the next opening is another one', async () => {
  const scene = new Scene();
  await scene.pass(11 * MINUTE);
  scene.device.operate();
  await scene.pass(11 * MINUTE);
  expect(scene.device.sent).toEqual(['CLOSE', 'CLOSE']);
});

test('the attempt is on disk before it is made', async () => {
  const scene = new Scene();
  scene.onFlush = () => {
    expect(scene.memory?.attempted).toBe(true);
    expect(scene.device.sent).toEqual([]);
  };
  await scene.pass(11 * MINUTE);
  expect([scene.flushes, scene.device.sent]).toEqual([1, ['CLOSE']]);
});

describe('tries once for each opening', () => {
  test('though something was in its way', async () => {
    const scene = new Scene();
    scene.device.gate.blocked = true;
    await scene.pass(60 * MINUTE);
    expect(scene.device.sent).toEqual(['CLOSE']);
    expect(scene.shown).toBe('T0 C0 O');
  });

  test('though the device refused', async () => {
    const scene = new Scene();
    scene.device.scripts.push({ fail: 'RELAY_BUSY' });
    await scene.pass(60 * MINUTE);
    expect(scene.device.sent).toEqual(['CLOSE']);
    expect(scene.steps).toEqual(['warning', 'closing', 'failed']);
    expect(scene.log.at('warn')).toEqual([
      'could not close by itself: CLOSE: RELAY_BUSY. It is not tried again before the next opening.',
    ]);
  });

  test('though the plugin was restarted in between', async () => {
    const scene = new Scene();
    scene.device.gate.jammed = true;
    await scene.pass(20 * MINUTE);
    scene.autoClose.stop();
    scene.launch();
    await scene.pass(60 * MINUTE);
    expect(scene.device.sent).toEqual(['CLOSE']);
  });

  test('though somebody operated it and left it open again', async () => {
    const scene = new Scene();
    scene.device.gate.jammed = true;
    await scene.pass(20 * MINUTE);
    scene.device.relayTrigger(OWNER);
    await scene.pass(60 * MINUTE);
    expect(scene.device.sent).toEqual(['CLOSE']);
  });
});

describe('the whole warning comes', () => {
  test('after a restart, though the time was up long ago', async () => {
    const scene = new Scene({}, { since: 0, attempted: false });
    await scene.pass(0);
    expect(scene.steps).toEqual(['warning']);
    await scene.pass(WARNING - 1);
    expect(scene.device.sent).toEqual([]);
    await scene.pass(1);
    expect(scene.device.sent).toEqual(['CLOSE']);
  });

  test('again after a reconnect in the middle of it', async () => {
    const scene = new Scene();
    await scene.pass(10 * MINUTE - 1_000);
    scene.device.goOffline();
    expect(scene.steps).toEqual(['warning', 'called off']);
    await scene.pass(5_000);
    expect(scene.device.sent).toEqual([]);
    scene.device.goOnline();
    await scene.pass(WARNING - 1);
    expect(scene.steps).toEqual(['warning', 'called off', 'warning']);
    expect(scene.device.sent).toEqual([]);
    await scene.pass(1);
    expect(scene.device.sent).toEqual(['CLOSE']);
  });

  test('and the time goes on over a restart', async () => {
    const scene = new Scene();
    await scene.pass(8 * MINUTE);
    scene.autoClose.stop();
    await scene.pass(MINUTE);
    scene.launch();
    await scene.pass(MINUTE - 1);
    expect(scene.device.sent).toEqual([]);
    await scene.pass(1);
    expect(scene.device.sent).toEqual(['CLOSE']);
  });

  test('in full where it is longer than the time', async () => {
    const scene = new Scene();
    scene.autoClose.stop();
    scene.memory = undefined;
    scene.launch(10_000);
    await scene.pass(WARNING - 1);
    expect(scene.device.sent).toEqual([]);
    await scene.pass(1);
    expect(scene.device.sent).toEqual(['CLOSE']);
  });
});

describe('is called off, and the time begins anew,', () => {
  test.each<[string, (scene: Scene) => void]>([
    ['by a relay trigger that did not move it', (scene) => scene.device.relayTrigger(OWNER)],
    ['by the button on the wall', (scene) => scene.plain('ManualButtonPushed', 0)],
  ])('%s', async (_, disturb) => {
    const scene = new Scene();
    await scene.pass(10 * MINUTE - 1_000);
    scene.device.gate.jammed = true;
    disturb(scene);
    await scene.pass(2_000);
    expect(scene.steps).toEqual(['warning', 'called off']);
    scene.device.gate.jammed = false;
    const before = scene.device.sent.length;
    await scene.pass(9 * MINUTE);
    expect(scene.device.sent.length).toBe(before);
    await scene.pass(2 * MINUTE);
    expect(scene.device.sent.length).toBe(before + 1);
  });

  test('by what was done to it while the device was away', async () => {
    const scene = new Scene();
    await scene.pass(5 * MINUTE);
    scene.device.relayTrigger(OWNER, 2 * MINUTE);
    await scene.pass(7 * MINUTE);
    expect(scene.device.sent).toEqual([]);
    await scene.pass(1 * MINUTE);
    expect(scene.device.sent).toEqual(['CLOSE']);
  });

  test('by a closing that nobody heard of', async () => {
    const scene = new Scene({}, { since: 0, attempted: true });
    scene.plain('StateChange', 3 * MINUTE, 'closed');
    scene.plain('StateChange', 2 * MINUTE, 'open');
    await scene.pass(10 * MINUTE);
    expect(scene.device.sent).toEqual(['CLOSE']);
  });
});

describe('never closes', () => {
  test('what is closed', async () => {
    const scene = new Scene({ device: { position: 'closed' } });
    await scene.pass(60 * MINUTE);
    expect([scene.device.sent, scene.steps]).toEqual([[], []]);
  });

  test('what is only remembered as open', async () => {
    const scene = new Scene({
      device: { online: false },
      memory: { target: 0, current: 0, obstruction: false },
    });
    await scene.pass(60 * MINUTE);
    expect([scene.device.sent, scene.steps]).toEqual([[], []]);
  });

  test('without a status sensor, whatever is assumed', async () => {
    for (const withoutSensor of ['switch', 'assumed', 'directional'] as const) {
      const scene = new Scene({
        device: { hasSensor: false, directional: true },
        config: { withoutSensor },
        memory: { target: 0, current: 0, obstruction: false },
      });
      await scene.pass(60 * MINUTE);
      expect([scene.device.sent, scene.steps]).toEqual([[], []]);
    }
  });

  test('while an output is held, and warns anew after that', async () => {
    const scene = new Scene();
    await scene.pass(10 * MINUTE - 1_000);
    const base = { cnt: 0, t100ms: 0, state: 'open' } as const;
    scene.device.happen({ type: 'SecondaryOutputHeldActive', ...base, data: OWNER }, 0);
    await scene.pass(60 * MINUTE);
    expect(scene.steps).toEqual(['warning', 'called off']);
    scene.device.happen({ type: 'Output2Deactivated', ...base }, 0);
    await scene.pass(WARNING - 1);
    expect(scene.device.sent).toEqual([]);
    await scene.pass(1);
    expect(scene.device.sent).toEqual(['CLOSE']);
  });

  test('while the sensor is in doubt', async () => {
    const scene = new Scene();
    scene.device.mute = true;
    await scene.pass(10 * MINUTE - 1_000);
    scene.device.plain('SensorFlipped');
    await scene.pass(60 * MINUTE);
    expect(scene.device.sent).toEqual([]);
    scene.device.say('level', 'open');
    await scene.pass(WARNING);
    expect(scene.device.sent).toEqual(['CLOSE']);
  });

  test('while it moves', async () => {
    const scene = new Scene({ config: { openTime: 20 * MINUTE }, device: { position: 'closed' } });
    await scene.write(0);
    await scene.pass(15 * MINUTE);
    expect(scene.steps).toEqual([]);
  });

  test('after something was in its way', async () => {
    const scene = new Scene({
      memory: { target: 0, current: 0, obstruction: true },
    });
    expect(scene.shown).toBe('T0 C0 O');
    await scene.pass(60 * MINUTE);
    expect([scene.device.sent, scene.steps]).toEqual([[], []]);
  });

  test.each<[string, (scene: Scene) => void]>([
    ['it was operated', (scene) => scene.device.operate()],
    ['the plugin stops', (scene) => scene.stop()],
    ['the device went away', (scene) => scene.device.goOffline()],
  ])('if in the last moment %s', async (_, disturb) => {
    const scene = new Scene();
    scene.onFlush = () => disturb(scene);
    await scene.pass(10 * MINUTE);
    await settle();
    expect(scene.device.sent).toEqual([]);
  });

  test('once it was stopped', async () => {
    const scene = new Scene();
    scene.stop();
    expect(scene.clock.pending).toBe(0);
    await scene.pass(60 * MINUTE);
    expect(scene.device.sent).toEqual([]);
  });
});
