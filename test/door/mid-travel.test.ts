import { expect } from 'vitest';
import { CLOSED, OPEN } from '../../src/door/types.ts';
import { playRows } from './rows.ts';
import type { StageOptions } from './stage.ts';

const open: StageOptions = { device: { position: 'open' } };

playRows([
  {
    name: 'the same write again while it opens',
    play: async (stage) => {
      await stage.write(OPEN);
      await stage.pass(3_000);
      return stage.write(OPEN);
    },
    told: ['T0 C2'],
    outcome: 'success',
    sent: ['OPEN'],
  },
  {
    name: 'the same write again while it closes',
    stage: open,
    play: async (stage) => {
      await stage.write(CLOSED);
      await stage.pass(3_000);
      return stage.write(CLOSED);
    },
    told: ['T1 C3'],
    outcome: 'success',
    sent: ['CLOSE'],
  },
  {
    name: 'the same write again while somebody else opens it',
    logging: 'on',
    play: async (stage) => {
      stage.device.operate();
      await stage.pass(3_000);
      return stage.write(OPEN);
    },
    told: ['T0 C2'],
    outcome: 'success',
    sent: [],
  },
  {
    name: 'close written while opening, the sensor already open, and the pulse stops the gate',
    play: async (stage) => {
      await stage.write(OPEN);
      await stage.pass(3_000);
      const outcome = await stage.write(CLOSED);
      expect(stage.shown).toBe('T1 C3');
      await stage.pass(19_998);
      expect(stage.shown).toBe('T1 C3');
      await stage.pass(1);
      return outcome;
    },
    told: ['T0 C2', 'T1 C3', 'T0 C0'],
    outcome: 'success',
    sent: ['OPEN', 'CLOSE'],
    warnings: 0,
  },
  {
    name: 'close written while opening, the sensor already open, and the pulse reverses the gate',
    stage: { device: { pulseWhileMoving: 'reverse' } },
    play: async (stage) => {
      await stage.write(OPEN);
      await stage.pass(3_000);
      await stage.write(CLOSED);
      await stage.pass(30_000);
    },
    told: ['T0 C2', 'T1 C3', 'T1 C1'],
  },
  {
    name: 'close written while opening, the sensor still closed',
    play: async (stage) => {
      await stage.write(OPEN);
      await stage.pass(200);
      const outcome = await stage.write(CLOSED);
      expect(stage.shown).toBe('T0 C2');
      await stage.pass(30_000);
      return outcome;
    },
    told: ['T0 C2', 'T0 C2', 'T0 C0'],
    outcome: 'not now',
    sent: ['OPEN', 'CLOSE'],
  },
  {
    name: 'open written while closing: refused',
    stage: open,
    play: async (stage) => {
      await stage.write(CLOSED);
      await stage.pass(3_000);
      const outcome = await stage.write(OPEN);
      expect(stage.shown).toBe('T1 C3');
      await stage.pass(30_000);
      return outcome;
    },
    told: ['T1 C3', 'T1 C3', 'T1 C1'],
    outcome: 'not now',
    sent: ['CLOSE'],
  },
  {
    name: 'open written while closing: pulsed, and the gate reverses',
    stage: {
      device: { position: 'open', pulseWhileMoving: 'reverse' },
      config: { whileClosing: 'pulse' },
    },
    play: async (stage) => {
      await stage.write(CLOSED);
      await stage.pass(3_000);
      const outcome = await stage.write(OPEN);
      await stage.pass(30_000);
      return outcome;
    },
    told: ['T1 C3', 'T0 C2', 'T0 C0'],
    outcome: 'success',
    sent: ['CLOSE', 'TRIGGER'],
  },
  {
    name: 'open written while closing: pulsed, and the gate goes on closing',
    stage: { device: { position: 'open' }, config: { whileClosing: 'pulse' } },
    play: async (stage) => {
      await stage.write(CLOSED);
      await stage.pass(3_000);
      stage.device.gate.jammed = true;
      const outcome = await stage.write(OPEN);
      await stage.pass(30_000);
      return outcome;
    },
    told: ['T1 C3', 'T0 C2', 'T1 C1'],
    outcome: 'success',
    sent: ['CLOSE', 'TRIGGER'],
    warnings: 0,
  },
  {
    name: 'open written while closing: pulsed, the gate goes on closing, and its edge gets lost',
    stage: { device: { position: 'open' }, config: { whileClosing: 'pulse' } },
    play: async (stage) => {
      await stage.write(CLOSED);
      await stage.pass(8_000);
      stage.device.losesEdges = true;
      stage.device.gate.jammed = true;
      await stage.write(OPEN);
      await stage.pass(5_000);
      await stage.device.query();
      expect(stage.shown).toBe('T0 C2');
      await stage.pass(30_000);
    },
    told: ['T1 C3', 'T0 C2', 'T1 C1'],
    warnings: 0,
  },
  {
    name: 'a pulse without an answer while closing: the travel is uncertain',
    stage: { device: { position: 'open' }, config: { whileClosing: 'pulse' } },
    play: async (stage) => {
      await stage.write(CLOSED);
      stage.device.mute = true;
      stage.device.scripts.push({ fail: 'NO_ANSWER' });
      const outcome = await stage.write(OPEN);
      expect(stage.shown).toBe('T1 C3');
      stage.device.say('level', 'open');
      return outcome;
    },
    told: ['T1 C3', 'T1 C3', 'T0 C0'],
    outcome: 'no answer',
  },
  {
    name: 'accepted without a relay trigger at rest: it is there already',
    play: (stage) => {
      // The open edge was lost.
      stage.device.gate.contact = 'open';
      return stage.write(OPEN);
    },
    told: ['T0 C0'],
    outcome: 'success',
    sent: ['OPEN'],
  },
  {
    name: 'accepted without a relay trigger at rest, and the state is another',
    play: (stage) => {
      stage.device.scripts.push({ answer: { relayTriggered: false, state: 'closed' } });
      return stage.write(OPEN);
    },
    // Home holds what it wrote for true, so it is told again.
    told: ['T1 C1'],
    outcome: 'success',
  },
]);
