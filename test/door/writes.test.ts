import { describe, expect, test } from 'vitest';
import { CommandError, type CommandErrorCode } from '../../src/device/errors.ts';
import { DoorWriteError, writeErrorOf } from '../../src/door/errors.ts';
import { CLOSED, OPEN, type DoorWriteFailure } from '../../src/door/types.ts';
import { Stage } from './stage.ts';

describe('a write that equals the resting state', () => {
  test.each([
    ['open', OPEN],
    ['closed', CLOSED],
  ] as const)('sends nothing when %s was reported in this session', async (position, target) => {
    const stage = new Stage({ device: { position } });
    expect(await stage.write(target)).toBe('success');
    expect(stage.device.sent).toEqual([]);
    expect(stage.told).toEqual([]);
  });

  describe('when the last word of the device is more than 10 s old', () => {
    const aged = async (position: 'open' | 'closed' = 'closed'): Promise<Stage> => {
      const stage = new Stage({ device: { position } });
      await stage.pass(10_001);
      return stage;
    };

    test.each([
      ['open', OPEN],
      ['closed', CLOSED],
    ] as const)('asks first, and sends no command if it still is %s', async (position, target) => {
      const stage = await aged(position);
      expect(await stage.write(target)).toBe('success');
      expect(stage.device.queries).toBe(1);
      expect(stage.device.sent).toEqual([]);
      expect(await stage.write(target)).toBe('success');
      expect(stage.device.queries).toBe(1);
    });

    test('sends the command if it is not as shown', async () => {
      const stage = await aged();
      stage.device.losesEdges = true;
      stage.device.logging = false;
      stage.device.operate();
      await stage.pass(10_001);
      expect(stage.shown).toBe('T1 C1');
      expect(await stage.write(CLOSED)).toBe('success');
      expect(stage.device.sent).toEqual(['CLOSE']);
    });

    test('fails if there is no answer, as when the link is dead and nobody knows it yet', async () => {
      const stage = await aged();
      stage.device.mute = true;
      expect(await stage.write(CLOSED)).toBe('no answer');
      expect(stage.device.sent).toEqual([]);
      expect(stage.shown).toBe('T1 C1');
    });

    test('gives way to a write of the other target', async () => {
      const stage = await aged();
      const close = stage.begin(CLOSED);
      const open = stage.begin(OPEN);
      await stage.pass(1);
      expect([close.outcome, open.outcome]).toEqual(['success', 'success']);
      expect(stage.device.sent).toEqual(['OPEN']);
    });

    test('gives way also where it is not as shown', async () => {
      const stage = await aged();
      stage.device.losesEdges = true;
      stage.device.logging = false;
      stage.device.operate();
      await stage.pass(10_001);
      const close = stage.begin(CLOSED);
      const open = stage.begin(OPEN);
      await stage.pass(1);
      expect([close.outcome, open.outcome]).toEqual(['busy', 'success']);
      expect(stage.device.sent).toEqual([]);
    });
  });

  test.each([
    ['open', OPEN, 'OPEN'],
    ['closed', CLOSED, 'CLOSE'],
  ] as const)('goes out when %s is only remembered', async (position, target, command) => {
    const memory = { target, current: target, obstruction: false };
    const stage = new Stage({ device: { position, online: false }, memory });
    stage.device.goOffline(true);
    const write = stage.begin(target);
    stage.device.goOnline();
    await stage.pass(1);
    expect(write.outcome).toBe('success');
    expect(stage.device.sent).toEqual([command]);
    expect(stage.device.gate.pulses).toBe(0);
  });

  test('goes out when the state was assumed and not reported', async () => {
    const stage = new Stage();
    stage.device.gate.jammed = true;
    await stage.write(OPEN);
    stage.device.mute = true;
    await stage.pass(12_500);
    expect(stage.shown).toBe('T0 C0');
    await stage.write(OPEN);
    expect(stage.device.sent).toEqual(['OPEN', 'OPEN']);
  });

  test('goes out when the device says closed, but the door is taken as open', async () => {
    const stage = new Stage();
    stage.device.gate.jammed = true;
    await stage.write(OPEN);
    stage.device.mute = true;
    await stage.pass(12_500);
    expect(await stage.write(CLOSED)).toBe('success');
    expect(stage.device.sent).toEqual(['OPEN', 'CLOSE']);
    expect(stage.shown).toBe('T1 C1');
  });

  test('goes out after the sensor was flipped, until it has spoken again', async () => {
    const stage = new Stage();
    stage.device.mute = true;
    stage.device.plain('SensorFlipped');
    expect(await stage.write(CLOSED)).toBe('success');
    expect(stage.device.sent).toEqual(['CLOSE']);
  });
});

describe('read only', () => {
  test('nothing is sent, and the target is pushed back in a later turn', async () => {
    const stage = new Stage({ config: { readOnly: true } });
    const write = stage.begin(OPEN);
    await Promise.resolve();
    expect(stage.told).toEqual([]);
    await stage.pass(1);
    expect(write.outcome).toBe('read only');
    expect(stage.told).toEqual(['T1 C1']);
    expect(stage.device.sent).toEqual([]);
  });
});

describe('offline', () => {
  test('fails at once', async () => {
    const stage = new Stage();
    stage.device.goOffline();
    expect(await stage.write(OPEN)).toBe('offline');
    expect(stage.told).toEqual(['T1 C1']);
    stage.device.goOnline();
    await stage.pass(60_000);
    expect(stage.device.sent).toEqual([]);
  });

  test('waits for a reconnect that is under way, 2 s at most', async () => {
    const stage = new Stage();
    stage.device.goOffline(true);
    const write = stage.begin(OPEN);
    await stage.pass(1_999);
    expect(write.outcome).toBe('pending');
    await stage.pass(1);
    expect(write.outcome).toBe('offline');
    stage.device.goOnline();
    await stage.pass(60_000);
    expect(stage.device.sent).toEqual([]);
  });

  test('is carried out when the reconnect comes in time', async () => {
    const stage = new Stage();
    stage.device.goOffline(true);
    const write = stage.begin(OPEN);
    await stage.pass(1_500);
    stage.device.goOnline();
    await stage.pass(1);
    expect(write.outcome).toBe('success');
    expect(stage.shown).toBe('T0 C2');
  });

  test('of two wishes during a reconnect only the last one is sent', async () => {
    const stage = new Stage({ device: { position: 'open' } });
    stage.device.goOffline(true);
    const first = stage.begin(CLOSED);
    await stage.pass(500);
    const second = stage.begin(OPEN);
    await stage.pass(500);
    expect(first.outcome).toBe('busy');
    stage.device.goOnline();
    await stage.pass(1);
    expect(second.outcome).toBe('success');
    expect(stage.device.sent).toEqual(['OPEN']);
    expect(stage.device.gate.pulses).toBe(0);
  });

  test('and in the same turn too', async () => {
    const stage = new Stage();
    stage.device.goOffline(true);
    const writes = [stage.begin(OPEN), stage.begin(CLOSED), stage.begin(OPEN)];
    await stage.pass(1);
    stage.device.goOnline();
    await stage.pass(1);
    expect(writes.map((write) => write.outcome)).toEqual(['busy', 'busy', 'success']);
    expect(stage.device.sent).toEqual(['OPEN']);
  });
});

describe('while a command is unanswered', () => {
  test('the same target joins it, each write with a time of its own', async () => {
    const stage = new Stage();
    stage.device.scripts.push({ delay: 4_000 });
    const first = stage.begin(OPEN);
    await stage.pass(2_000);
    const second = stage.begin(OPEN);
    await stage.pass(1_000);
    expect([first.outcome, second.outcome]).toEqual(['no answer', 'pending']);
    await stage.pass(1_000);
    expect(second.outcome).toBe('success');
    expect(stage.device.sent).toEqual(['OPEN']);
  });

  test('another target waits for its turn, and is carried out as things stand then', async () => {
    const stage = new Stage();
    stage.device.scripts.push({ delay: 1_000 });
    const opening = stage.begin(OPEN);
    await stage.pass(100);
    const closing = stage.begin(CLOSED);
    await stage.pass(899);
    expect(stage.device.sent).toEqual(['OPEN']);
    await stage.pass(2);
    expect([opening.outcome, closing.outcome]).toEqual(['success', 'success']);
    expect(stage.device.sent).toEqual(['OPEN', 'CLOSE']);
    expect(stage.shown).toBe('T1 C3');
  });

  test('those that wait together have the time of the last of them', async () => {
    const stage = new Stage();
    stage.device.scripts.push({ delay: 1_000 });
    stage.begin(OPEN);
    await stage.pass(100);
    stage.begin(CLOSED);
    await stage.pass(800);
    const last = stage.clock.monotonic();
    stage.begin(CLOSED);
    await stage.pass(101);
    expect(stage.device.deadlines.at(-1)).toBe(last + 2_500);
  });

  test('another target fails as busy when its time is over before its turn', async () => {
    const stage = new Stage();
    stage.device.scripts.push({ delay: 4_000 });
    stage.begin(OPEN);
    await stage.pass(100);
    const closing = stage.begin(CLOSED);
    await stage.pass(2_500);
    expect(closing.outcome).toBe('busy');
    await stage.pass(60_000);
    expect(stage.device.sent).toEqual(['OPEN']);
  });

  test('what may have been carried out is not sent again for a write that waited', async () => {
    const stage = new Stage();
    stage.device.scripts.push({ fail: 'CONNECTION_LOST', after: 1_000 });
    const writes = [OPEN, CLOSED, OPEN].map((target) => stage.begin(target as 0 | 1));
    await stage.pass(1_001);
    expect(writes.map((write) => write.outcome)).toEqual(['no answer', 'busy', 'no answer']);
    expect(stage.device.sent).toEqual(['OPEN']);
  });

  test('but one that wants the contrary is carried out', async () => {
    const stage = new Stage();
    stage.device.scripts.push({ fail: 'CONNECTION_LOST', after: 600, pulsed: true });
    stage.begin(OPEN);
    const closing = stage.begin(CLOSED);
    await stage.pass(601);
    expect(closing.outcome).toBe('success');
    expect(stage.device.sent).toEqual(['OPEN', 'CLOSE']);
  });
});

describe('five writes in one second: the last one that can be carried out wins', () => {
  const alternating = (first: 0 | 1): (0 | 1)[] => [0, 1, 2, 3, 4].map((n) => ((first + n) % 2) as 0 | 1);

  test.each([
    { position: 'closed', first: OPEN, delay: 0 },
    { position: 'closed', first: CLOSED, delay: 0 },
    { position: 'open', first: OPEN, delay: 0 },
    { position: 'open', first: CLOSED, delay: 0 },
    { position: 'closed', first: OPEN, delay: 150 },
    { position: 'closed', first: CLOSED, delay: 150 },
    { position: 'open', first: CLOSED, delay: 1_500 },
    { position: 'closed', first: OPEN, delay: 1_500 },
  ] as const)(
    '$position, first write $first, answered after $delay ms',
    async ({ position, first, delay }) => {
      for (const logging of [true, false]) {
        const stage = new Stage({ device: { position, logging } });
        stage.device.scripts.push({ delay }, { delay }, { delay }, { delay }, { delay });
        const writes: { outcome: string }[] = [];
        for (const target of alternating(first)) {
          writes.push(stage.begin(target));
          await stage.pass(200);
        }
        await stage.pass(3_000);
        expect(writes.map((write) => write.outcome)).not.toContain('pending');
        expect(stage.device.gate.pulses).toBeLessThanOrEqual(5);
        await stage.pass(60_000);
        const resting = stage.device.gate.contact === 'open' ? 'T0 C0' : 'T1 C1';
        expect(stage.shown).toBe(resting);
        stage.door.stop();
      }
    },
  );

  test('the sensor has not left closed: only the first is possible, and the others that want it', async () => {
    const stage = new Stage({ device: { sensorDelay: 2_000 } });
    const writes: { outcome: string }[] = [];
    for (const target of alternating(OPEN)) {
      writes.push(stage.begin(target));
      await stage.pass(200);
    }
    expect(writes.map((write) => write.outcome)).toEqual([
      'success',
      'not now',
      'success',
      'not now',
      'success',
    ]);
    expect(stage.shown).toBe('T0 C2');
    expect(stage.device.gate.pulses).toBe(1);
  });

  test('all in one turn: one command for the first, one for the last', async () => {
    const stage = new Stage({ device: { position: 'open' } });
    stage.device.scripts.push({ delay: 100 });
    const writes = alternating(CLOSED).map((target) => stage.begin(target));
    await stage.pass(101);
    expect(writes.map((write) => write.outcome)).toEqual(['success', 'busy', 'busy', 'busy', 'success']);
    expect(stage.device.sent).toEqual(['CLOSE']);
    expect(stage.shown).toBe('T1 C3');
  });

  test('the event of our first command is not taken for that of the second', async () => {
    const stage = new Stage({ device: { logging: false, sensorDelay: 2_000 } });
    await stage.write(OPEN);
    stage.device.scripts.push({ delay: 1_000 });
    const second = stage.begin(CLOSED);
    await stage.pass(10);
    stage.device.relayTrigger({ keyNr: 0, keyType: 'api key', via: 'wifi' });
    await stage.pass(1_000);
    expect(second.outcome).toBe('not now');
    expect(stage.shown).toBe('T0 C2');
    // Not uncertain: a level does not settle it.
    stage.device.say('level', 'open');
    expect(stage.shown).toBe('T0 C2');
  });
});

describe('somebody else operates it at the same moment', () => {
  test('two pulses for one travel: where it goes is uncertain', async () => {
    const stage = new Stage();
    stage.device.scripts.push({ delay: 300 });
    const write = stage.begin(OPEN);
    await stage.pass(100);
    stage.device.operate();
    expect(stage.shown).toBe('T0 C2');
    await stage.pass(201);
    expect(write.outcome).toBe('success');
    stage.device.say('level', 'closed');
    expect(stage.shown).toBe('T1 C1');
    expect(stage.log.at('warn')).toEqual([]);
  });

  test('an answer that comes after the sensor has told of the opening is still from Home', async () => {
    const stage = new Stage({ device: { logging: false } });
    stage.device.scripts.push({ delay: 1_000 });
    stage.begin(OPEN);
    await stage.pass(20_000);
    expect(stage.told).toEqual(['T0 C2', 'T0 C0']);
    expect(stage.door.view.reason).toBe('opened from Home');
  });

  test('an open command that is ignored because it began to close meanwhile', async () => {
    const stage = new Stage({ device: { position: 'open' } });
    stage.device.plain('SensorFlipped');
    stage.device.scripts.push({ delay: 300 });
    const write = stage.begin(OPEN);
    await stage.pass(100);
    stage.device.operate();
    await stage.pass(201);
    expect(write.outcome).toBe('not now');
    expect(stage.told).toEqual(['T1 C3', 'T1 C3']);
  });
});

describe('stop', () => {
  test('answers what waits, and leaves no timer and no listener behind', async () => {
    const stage = new Stage();
    stage.device.scripts.push({ fail: 'NO_ANSWER', after: 1_000 });
    const writes = [stage.begin(OPEN), stage.begin(CLOSED)];
    await stage.pass(10);
    stage.door.stop();
    stage.door.stop();
    await stage.pass(0);
    expect(writes.map((write) => write.outcome)).toEqual(['offline', 'offline']);
    expect(await stage.write(OPEN)).toBe('offline');
    await stage.pass(2_000);
    expect(stage.clock.pending).toBe(0);
    expect(stage.device.report.size + stage.device.event.size + stage.device.healthChanged.size).toBe(0);
    stage.device.say('edge', 'open');
    stage.door.read();
    expect(stage.told).toEqual([]);
    expect(stage.device.refreshes).toEqual([]);
    expect(stage.device.sent).toEqual(['OPEN']);
  });

  test('takes back the push of a write that has just failed', async () => {
    const stage = new Stage({ config: { readOnly: true } });
    stage.begin(OPEN);
    stage.door.stop();
    await stage.pass(10);
    expect(stage.told).toEqual([]);
    expect(stage.clock.pending).toBe(0);
  });
});

describe('why a write failed', () => {
  const FAILURES: Record<CommandErrorCode, readonly [DoorWriteFailure, boolean]> = {
    OFFLINE: ['offline', true],
    BUSY: ['busy', true],
    RELAY_BUSY: ['busy', true],
    EXPIRED: ['no answer', false],
    NO_ANSWER: ['no answer', false],
    CONNECTION_LOST: ['no answer', false],
    NO_SENSOR: ['failed', false],
    REJECTED: ['failed', false],
    NOT_SUPPORTED: ['failed', false],
    INVALID: ['failed', false],
  };

  test.each(Object.entries(FAILURES))('%s', async (code, [failure, retry]) => {
    const stage = new Stage();
    stage.device.scripts.push({ fail: code as CommandErrorCode });
    expect(await stage.write(OPEN)).toBe(failure);
    expect(stage.told).toEqual(['T1 C1']);
    const error = writeErrorOf(new CommandError(code as CommandErrorCode, 'because'));
    expect(error).toBeInstanceOf(DoorWriteError);
    expect([error.retry, error.message, error.name]).toEqual([retry, 'because', 'DoorWriteError']);
  });

  test('whatever else is thrown', async () => {
    const stage = new Stage();
    stage.device.scripts.push({ crash: new TypeError('a bug') });
    expect(await stage.write(OPEN)).toBe('failed');
    // It may have been sent, so the device is asked.
    expect(stage.device.queries).toBe(1);
  });

  test('the code says the same for programs', () => {
    const codes = (['offline', 'failed', 'busy', 'no answer', 'not now', 'read only'] as const).map(
      (failure) => new DoorWriteError(failure, 'x').code,
    );
    expect(codes).toEqual(['OFFLINE', 'FAILED', 'BUSY', 'NO_ANSWER', 'NOT_NOW', 'READ_ONLY']);
  });
});
