import { describe, expect, test } from 'vitest';
import { CLOSED, OPEN } from '../../src/door/types.ts';
import { OWNER } from './fake-device.ts';
import { playRows } from './rows.ts';
import { Stage, type StageOptions } from './stage.ts';

const open: StageOptions = { device: { position: 'open' } };

playRows([
  {
    name: 'opened from Home',
    play: async (stage) => {
      const outcome = await stage.write(OPEN);
      expect(stage.shown).toBe('T0 C2');
      await stage.pass(9_998);
      expect(stage.shown).toBe('T0 C2');
      await stage.pass(1);
      return outcome;
    },
    told: ['T0 C2', 'T0 C0'],
    outcome: 'success',
    sent: ['OPEN'],
  },
  {
    name: 'opened from Home, the event of our own trigger before the response',
    play: (stage) => {
      stage.device.triggerFirst = true;
      return stage.write(OPEN).then(() => stage.pass(30_000));
    },
    told: ['T0 C2', 'T0 C0'],
  },
  {
    name: 'closed from Home',
    stage: open,
    play: async (stage) => {
      const outcome = await stage.write(CLOSED);
      await stage.pass(9_998);
      expect(stage.shown).toBe('T1 C3');
      await stage.pass(1);
      return outcome;
    },
    told: ['T1 C3', 'T1 C1'],
    outcome: 'success',
    sent: ['CLOSE'],
  },
  {
    name: 'opened by anything else',
    logging: 'on',
    play: async (stage) => {
      stage.device.operate();
      expect(stage.shown).toBe('T0 C2');
      await stage.pass(9_999);
      expect(stage.shown).toBe('T0 C2');
      await stage.pass(1);
    },
    told: ['T0 C2', 'T0 C0'],
  },
  {
    name: 'opened by anything else, and it does not open',
    logging: 'on',
    play: async (stage) => {
      stage.device.gate.jammed = true;
      stage.device.operate();
      await stage.pass(9_999);
      expect(stage.shown).toBe('T0 C2');
      await stage.pass(1);
    },
    told: ['T0 C2', 'T1 C1'],
    warnings: 0,
  },
  {
    name: 'opened by anything else',
    logging: 'off',
    play: async (stage) => {
      stage.device.operate();
      await stage.pass(499);
      expect(stage.shown).toBe('T1 C1');
      await stage.pass(1);
      expect(stage.shown).toBe('T0 C2');
      await stage.pass(9_999);
      expect(stage.shown).toBe('T0 C2');
      await stage.pass(1);
    },
    told: ['T0 C2', 'T0 C0'],
  },
  {
    name: 'opened by anything else, told 4 s late: only the rest of the travel time',
    logging: 'off',
    play: async (stage) => {
      stage.device.gate.contact = 'open';
      stage.device.say('edge', 'open', 4_000);
      await stage.pass(5_999);
      expect(stage.shown).toBe('T0 C2');
      await stage.pass(1);
    },
    told: ['T0 C2', 'T0 C0'],
  },
  {
    name: 'opened by anything else, told when the travel time is over',
    logging: 'off',
    play: (stage) => {
      stage.device.gate.contact = 'open';
      stage.device.say('edge', 'open', 12_000);
      return stage.pass(0);
    },
    told: ['T0 C0'],
  },
  {
    name: 'closed by anything else',
    logging: 'on',
    stage: open,
    play: async (stage) => {
      stage.device.operate();
      expect(stage.shown).toBe('T1 C3');
      await stage.pass(10_000);
    },
    told: ['T1 C3', 'T1 C1'],
  },
  {
    name: 'closed by anything else, and it does not close',
    logging: 'on',
    stage: open,
    play: async (stage) => {
      stage.device.gate.jammed = true;
      stage.device.operate();
      await stage.pass(19_999);
      expect(stage.shown).toBe('T1 C3');
      await stage.pass(1);
    },
    told: ['T1 C3', 'T0 C0'],
    warnings: 0,
  },
  {
    name: 'closed by anything else',
    logging: 'off',
    stage: open,
    play: async (stage) => {
      stage.device.operate();
      await stage.pass(30_000);
    },
    told: ['T1 C1'],
  },
  {
    name: 'the device rejects the command',
    play: (stage) => {
      stage.device.scripts.push({ fail: 'REJECTED' });
      return stage.write(OPEN);
    },
    told: ['T1 C1'],
    outcome: 'failed',
    sent: ['OPEN'],
  },
  {
    name: 'no answer, and the answer comes later',
    play: async (stage) => {
      stage.device.scripts.push({ delay: 4_000 });
      stage.device.gate.jammed = true;
      const write = stage.begin(OPEN);
      await stage.pass(2_499);
      expect(write.outcome).toBe('pending');
      await stage.pass(1);
      expect(write.outcome).toBe('no answer');
      expect(stage.shown).toBe('T1 C1');
      await stage.pass(1_499);
      expect(stage.shown).toBe('T1 C1');
      await stage.pass(1);
      expect(stage.shown).toBe('T0 C2');
      return write.outcome;
    },
    told: ['T1 C1', 'T0 C2'],
    outcome: 'no answer',
    sent: ['OPEN'],
  },
  {
    name: 'no answer ever, and it was not carried out',
    play: async (stage) => {
      stage.device.scripts.push({ fail: 'NO_ANSWER', after: 5_000 });
      const write = stage.begin(OPEN);
      await stage.pass(30_000);
      return write.outcome;
    },
    told: ['T1 C1'],
    outcome: 'no answer',
    sent: ['OPEN'],
  },
  {
    name: 'no answer ever, and it was carried out',
    play: async (stage) => {
      stage.device.scripts.push({ fail: 'NO_ANSWER', after: 5_000, pulsed: true });
      const write = stage.begin(OPEN);
      await stage.pass(30_000);
      return write.outcome;
    },
    // The sensor tells first that it opens, then the write has been given up.
    told: ['T0 C2', 'T0 C2', 'T0 C0'],
    outcome: 'no answer',
    sent: ['OPEN'],
  },
  {
    name: 'open acknowledged, the sensor never leaves closed',
    play: async (stage) => {
      stage.device.gate.jammed = true;
      const outcome = await stage.write(OPEN);
      await stage.pass(9_998);
      expect(stage.shown).toBe('T0 C2');
      await stage.pass(1);
      return outcome;
    },
    told: ['T0 C2', 'T1 C1'],
    outcome: 'success',
    warnings: 1,
  },
  {
    name: 'close acknowledged, closed does not come in time',
    stage: open,
    play: async (stage) => {
      stage.device.gate.blocked = true;
      const outcome = await stage.write(CLOSED);
      await stage.pass(19_998);
      expect(stage.shown).toBe('T1 C3');
      await stage.pass(1);
      return outcome;
    },
    told: ['T1 C3', 'T0 C0 O'],
    outcome: 'success',
    warnings: 1,
  },
  {
    name: 'an obstruction is over with the next movement',
    stage: open,
    play: async (stage) => {
      stage.device.gate.blocked = true;
      await stage.write(CLOSED);
      await stage.pass(20_000);
      expect(stage.shown).toBe('T0 C0 O');
      stage.takeTold();
      await stage.write(CLOSED);
    },
    told: ['T1 C3'],
    warnings: 1,
  },
  {
    name: 'an obstruction is over with a late closed',
    stage: open,
    play: async (stage) => {
      stage.device.gate.blocked = true;
      await stage.write(CLOSED);
      await stage.pass(20_000);
      stage.takeTold();
      stage.device.gate.contact = 'closed';
      stage.device.say('edge', 'closed');
    },
    told: ['T1 C1'],
    warnings: 1,
  },
]);

describe('what is logged', () => {
  /** At level info it is the journal that says who it was. */
  const moves = ({ log }: Stage): readonly string[] => {
    expect(log.at('info')).toEqual([]);
    return log.at('debug').filter((line) => /^(open|clos)/.test(line));
  };

  test('one line for the start of a travel and one for its end, with who it was', async () => {
    const stage = new Stage();
    await stage.write(OPEN);
    await stage.pass(20_000);
    stage.device.operate({ keyNr: 5, keyType: 'unique key', via: 'wifi' });
    await stage.pass(30_000);
    stage.device.operate(OWNER);
    await stage.pass(30_000);
    expect(moves(stage)).toEqual([
      'opening from Home',
      'opened from Home',
      'closing by unique key 5 over Wi-Fi',
      'closed by unique key 5 over Wi-Fi',
      'opening by master key over Bluetooth',
      'opened by master key over Bluetooth',
    ]);
    expect(stage.door.view.reason).toBe('opened by master key over Bluetooth');
  });

  test('without logging it is at least said that it was not Home', async () => {
    const stage = new Stage({ device: { logging: false } });
    stage.device.operate({ keyNr: 1, keyType: 'guest key', via: 'none' });
    await stage.pass(20_000);
    stage.device.operate();
    await stage.pass(20_000);
    expect(moves(stage)).toEqual(['opening not from Home', 'opened not from Home', 'closed not from Home']);
  });

  test('at level info alone what no event of the device tells of: that nothing came of it', async () => {
    const stage = new Stage({ device: { position: 'open' } });
    stage.device.relayTrigger({ keyNr: 5, keyType: 'unique key', via: 'wifi' }, 0, 'open');
    await stage.pass(60_000);
    expect(stage.log.at('info')).toEqual(['did not close by unique key 5 over Wi-Fi']);
  });
});

describe('the end of a travel', () => {
  test('the device is asked once, and its word settles it although the edge was lost', async () => {
    const stage = new Stage({ device: { position: 'open' } });
    stage.device.losesEdges = true;
    await stage.write(CLOSED);
    await stage.pass(19_998);
    expect(stage.device.queries).toBe(0);
    await stage.pass(1);
    expect(stage.device.queries).toBe(1);
    expect(stage.told).toEqual(['T1 C3', 'T1 C1']);
    expect(stage.log.at('warn')).toEqual([]);
  });

  test('an opening that is not confirmed by anybody is taken as open, never as closed', async () => {
    const stage = new Stage();
    stage.device.gate.jammed = true;
    await stage.write(OPEN);
    stage.device.mute = true;
    await stage.pass(12_498);
    expect(stage.shown).toBe('T0 C2');
    await stage.pass(1);
    expect(stage.shown).toBe('T0 C0');
    stage.device.say('level', 'closed');
    expect(stage.shown).toBe('T1 C1');
  });

  test('a closing whose failure the device does not confirm is obstructed all the same', async () => {
    const stage = new Stage({ device: { position: 'open' } });
    stage.device.gate.blocked = true;
    await stage.write(CLOSED);
    stage.device.mute = true;
    await stage.pass(22_500);
    expect(stage.told).toEqual(['T1 C3', 'T0 C0 O']);
  });

  test('a closed edge while the device is being asked', async () => {
    const stage = new Stage({ device: { position: 'open' } });
    stage.device.gate.blocked = true;
    await stage.write(CLOSED);
    stage.device.mute = true;
    await stage.pass(21_000);
    stage.device.say('edge', 'closed');
    expect(stage.told).toEqual(['T1 C3', 'T1 C1']);
  });
});
