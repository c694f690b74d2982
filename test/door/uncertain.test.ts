import { expect } from 'vitest';
import { CLOSED, OPEN } from '../../src/door/types.ts';
import { API_KEY } from './fake-device.ts';
import { playRows } from './rows.ts';
import type { StageOptions } from './stage.ts';

const open: StageOptions = { device: { position: 'open' } };

playRows([
  {
    name: 'a relay trigger by somebody else in mid-travel, settled by the next report',
    logging: 'on',
    play: async (stage) => {
      await stage.write(OPEN);
      await stage.pass(3_000);
      stage.device.operate();
      expect(stage.shown).toBe('T0 C2');
      await stage.pass(1_000);
      await stage.device.query();
    },
    told: ['T0 C2', 'T0 C0'],
  },
  {
    name: 'a relay trigger by somebody else in mid-travel, settled at the timeout',
    logging: 'on',
    stage: open,
    play: async (stage) => {
      await stage.write(CLOSED);
      await stage.pass(3_000);
      stage.device.operate();
      await stage.pass(16_998);
      expect(stage.shown).toBe('T1 C3');
      await stage.pass(2);
    },
    told: ['T1 C3', 'T0 C0'],
    warnings: 0,
  },
  {
    name: 'a relay trigger by somebody else in mid-travel, and the device does not answer at the timeout',
    logging: 'on',
    stage: open,
    play: async (stage) => {
      await stage.write(CLOSED);
      await stage.pass(3_000);
      stage.device.operate();
      stage.device.mute = true;
      await stage.pass(20_000);
      stage.device.say('edge', 'closed');
      expect(stage.remembered.at(-1)?.learnedCloseTime).toBeUndefined();
    },
    told: ['T1 C3', 'T0 C0', 'T1 C1'],
    warnings: 0,
  },
  {
    name: 'a relay trigger by somebody else before the sensor left closed: the gate stays where it was',
    logging: 'on',
    play: async (stage) => {
      await stage.write(OPEN);
      await stage.pass(200);
      stage.device.operate();
      await stage.pass(30_000);
    },
    told: ['T0 C2', 'T1 C1'],
    warnings: 0,
  },
  {
    name: 'a second trigger with an api key is not ours',
    logging: 'on',
    play: async (stage) => {
      await stage.write(OPEN);
      await stage.pass(1_000);
      stage.device.operate(API_KEY);
      stage.device.say('level', 'open');
    },
    told: ['T0 C2', 'T0 C0'],
  },
  {
    name: 'an api key that operated it before our own action is not ours either',
    logging: 'off',
    play: async (stage) => {
      await stage.pass(5_000);
      stage.device.scripts.push({ delay: 2_000 });
      stage.begin(OPEN);
      stage.device.relayTrigger(API_KEY, 1_500);
    },
    told: ['T0 C2'],
  },
  {
    name: 'an api key that operates it 3 s after our own action is not ours either',
    logging: 'off',
    stage: open,
    play: async (stage) => {
      stage.device.gate.jammed = true;
      await stage.write(CLOSED);
      await stage.pass(3_001);
      stage.device.relayTrigger(API_KEY);
      stage.device.say('level', 'open');
    },
    told: ['T1 C3', 'T0 C0'],
  },
  {
    name: 'the sensor is flipped while the door rests',
    play: async (stage) => {
      stage.device.gate.contact = 'open';
      stage.device.plain('SensorFlipped');
      await stage.pass(0);
    },
    told: ['T0 C0'],
  },
  {
    name: 'the sensor is flipped, and tells it with an edge before the QUERY is answered',
    play: (stage) => {
      stage.device.mute = true;
      stage.device.plain('SensorFlipped');
      stage.device.say('edge', 'open');
      return stage.pass(0);
    },
    told: ['T0 C0'],
  },
  {
    name: 'the sensor is disabled, and enabled again',
    play: async (stage) => {
      stage.device.setSensor(false);
      await stage.pass(0);
      expect(stage.told).toEqual(['T1 C1 ?']);
      stage.device.gate.contact = 'open';
      stage.device.setSensor(true);
      await stage.pass(0);
    },
    told: ['T1 C1 ?', 'T0 C0'],
    warnings: 1,
  },
  {
    name: 'the sensor is disabled in the middle of a travel',
    stage: open,
    play: async (stage) => {
      await stage.write(CLOSED);
      stage.device.setSensor(false);
      await stage.pass(60_000);
    },
    told: ['T1 C3', 'T0 C0 ?'],
    warnings: 1,
  },
  {
    name: 'the relay is busy',
    play: (stage) => {
      stage.device.scripts.push({ fail: 'RELAY_BUSY' });
      return stage.write(OPEN);
    },
    told: ['T1 C1'],
    outcome: 'busy',
    sent: ['OPEN'],
  },
  {
    name: 'the relay is busy in mid-travel: the travel is uncertain',
    play: async (stage) => {
      await stage.write(OPEN);
      await stage.pass(3_000);
      stage.device.scripts.push({ fail: 'RELAY_BUSY' });
      const outcome = await stage.write(CLOSED);
      stage.device.say('level', 'open');
      return outcome;
    },
    told: ['T0 C2', 'T0 C2', 'T0 C0'],
    outcome: 'busy',
    sent: ['OPEN', 'CLOSE'],
  },
  {
    name: 'the relay is busy with our own pulse: the travel is as certain as before',
    play: async (stage) => {
      await stage.write(OPEN);
      await stage.pass(200);
      stage.device.scripts.push({ fail: 'RELAY_BUSY' });
      const outcome = await stage.write(CLOSED);
      stage.device.say('level', 'closed');
      expect(await stage.write(OPEN)).toBe('success');
      return outcome;
    },
    told: ['T0 C2', 'T0 C2'],
    outcome: 'busy',
    sent: ['OPEN', 'CLOSE'],
  },
  {
    name: 'the relay is busy at rest: nothing is doubtful, and what comes then is seen as ever',
    play: async (stage) => {
      stage.device.scripts.push({ fail: 'RELAY_BUSY' });
      await stage.write(OPEN);
      stage.device.say('edge', 'open');
    },
    told: ['T1 C1', 'T0 C2'],
  },
  {
    name: 'the device rejects a command in mid-travel: the travel goes on',
    play: async (stage) => {
      await stage.write(OPEN);
      await stage.pass(3_000);
      stage.device.scripts.push({ fail: 'REJECTED' });
      const outcome = await stage.write(CLOSED);
      stage.device.say('level', 'open');
      expect(stage.shown).toBe('T0 C2');
      return outcome;
    },
    told: ['T0 C2', 'T0 C2'],
    outcome: 'failed',
  },
  {
    name: 'the sensor comes back without an event, and an edge is its first word',
    play: async (stage) => {
      stage.device.say('level', 'no sensor');
      await stage.pass(0);
      stage.device.say('edge', 'open');
    },
    told: ['T1 C1 ?', 'T0 C0'],
  },
  {
    name: 'a closed level during an opening is ignored until the travel time',
    play: async (stage) => {
      stage.device.gate.jammed = true;
      await stage.write(OPEN);
      await stage.pass(5_000);
      await stage.device.query();
      expect(stage.shown).toBe('T0 C2');
    },
    told: ['T0 C2'],
  },
  {
    name: 'a closed edge during an opening counts at once',
    stage: { device: { pulseWhileMoving: 'reverse' } },
    play: async (stage) => {
      await stage.write(OPEN);
      await stage.pass(3_000);
      stage.device.gate.pulse();
      await stage.pass(3_010);
    },
    told: ['T0 C2', 'T1 C1'],
    warnings: 0,
  },
  {
    name: 'an open edge during a closing: it arrived unheard, and opens again',
    stage: open,
    play: async (stage) => {
      await stage.write(CLOSED);
      await stage.pass(5_000);
      stage.device.say('edge', 'open');
    },
    told: ['T1 C3', 'T0 C2'],
  },
]);
