import { CLOSED, OPEN } from '../../src/door/types.ts';
import type { SimulatorEvent } from '../../src/simulator/index.ts';
import { TRAVEL, type Rig } from './rig.ts';

/** One column of the matrix: when the fault strikes. */
export interface Moment {
  readonly name: string;
  /** Where the gate stands at the start. */
  readonly gate: 'open' | 'closed';
  /** Goes there, and calls `strike` in the very turn. */
  readonly reach: (rig: Rig, strike: () => void) => Promise<void>;
  /** The gate is moved by its own remote control while the fault is on. */
  readonly isMovedMeanwhile: boolean;
}

const idle =
  (time: number): Moment['reach'] =>
  async (rig, strike) => {
    await rig.pass(time);
    strike();
  };

/** While the plugin connects anew, at the first happening that fits. */
function inHandshake(name: string, fits: (happening: SimulatorEvent) => boolean): Moment {
  return {
    name,
    gate: 'closed',
    reach: async (rig, strike) => {
      await rig.pass(20_000);
      rig.simulated.drop();
      atFirst(rig, fits, strike);
      await rig.pass(1000);
    },
    isMovedMeanwhile: true,
  };
}

const frame = (type: string) => (happening: SimulatorEvent) =>
  happening.event === 'frame' && happening.type === type;

function atFirst(rig: Rig, fits: (happening: SimulatorEvent) => boolean, strike: () => void): void {
  const off = rig.simulated.happenings.on((happening) => {
    if (!fits(happening)) return;
    off();
    strike();
  });
}

/** The columns of the matrix. */
export const MOMENTS: readonly Moment[] = [
  { name: 'idle, closed', gate: 'closed', reach: idle(20_000), isMovedMeanwhile: true },
  { name: 'idle, open', gate: 'open', reach: idle(20_000), isMovedMeanwhile: true },
  {
    name: 'connecting',
    gate: 'closed',
    reach: async (rig, strike) => {
      await rig.pass(20_000);
      rig.simulated.drop();
      const off = rig.network.asked.on(() => {
        off();
        strike();
      });
      await rig.pass(1000);
    },
    isMovedMeanwhile: true,
  },
  inHandshake('waiting for the hello', frame('HELLO')),
  inHandshake('waiting for the challenge', frame('AUTH')),
  inHandshake('waiting for the first response', frame('ENCRYPTED')),
  {
    name: 'command on its way',
    gate: 'closed',
    reach: async (rig, strike) => {
      await rig.pass(20_000);
      // The device does not have it yet: with the link down it lies in the kernel of this machine.
      strike();
      rig.write(OPEN);
    },
    isMovedMeanwhile: false,
  },
  {
    name: 'command in flight',
    gate: 'closed',
    reach: async (rig, strike) => {
      await rig.pass(20_000);
      atFirst(rig, frame('ENCRYPTED'), strike);
      rig.write(OPEN);
      await rig.pass(100);
    },
    isMovedMeanwhile: false,
  },
  {
    name: 'opening',
    gate: 'closed',
    reach: async (rig, strike) => {
      await rig.pass(20_000);
      rig.write(OPEN);
      await rig.pass(TRAVEL / 2);
      strike();
    },
    isMovedMeanwhile: false,
  },
  {
    name: 'closing',
    gate: 'open',
    reach: async (rig, strike) => {
      await rig.pass(20_000);
      rig.write(CLOSED);
      await rig.pass(TRAVEL / 2);
      strike();
    },
    isMovedMeanwhile: false,
  },
  {
    name: 'event burst',
    gate: 'closed',
    reach: async (rig, strike) => {
      await rig.pass(20_000);
      let sent = 0;
      atFirst(rig, ({ event }) => event === 'eventSent' && ++sent === 25, strike);
      rig.simulated.faults.enable('event-burst');
      await rig.pass(100);
    },
    isMovedMeanwhile: true,
  },
];
