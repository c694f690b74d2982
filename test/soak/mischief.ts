import { CLOSED, OPEN } from '../../src/door/types.ts';
import { FAULT_NAMES, type FaultName } from '../../src/simulator/index.ts';
import type { Resident } from './resident.ts';

/** Something that people, the network or the device do; each as often as its weight says. */
export interface Mischief {
  readonly name: string;
  readonly weight: number;
  /** `Home`: what our own Home does. `people`: what others do with the gate. Nothing of these breaks anything. */
  readonly by: 'Home' | 'people' | 'fate';
  /** Only where the link can be cut. */
  readonly needsLink?: true;
  readonly act: (resident: Resident) => unknown;
}

const KEY = { keyNr: 5, keyType: 'unique key', via: 'bluetooth' } as const;

export const MISCHIEF: readonly Mischief[] = [
  {
    name: 'write',
    weight: 26,
    by: 'Home',
    act: (resident) => resident.write(resident.chance.pick([OPEN, CLOSED])),
  },
  {
    name: 'write twice',
    weight: 4,
    by: 'Home',
    act: async (resident) => {
      const target = resident.chance.pick([OPEN, CLOSED] as const);
      resident.write(target);
      await resident.wait(resident.chance.between(0, 300));
      resident.write(target);
    },
  },
  {
    name: 'five alternating writes',
    weight: 3,
    by: 'Home',
    act: async (resident) => {
      const first = resident.chance.pick([0, 1]);
      for (let number = first; number < first + 5; number++) {
        resident.write(number % 2 === 0 ? OPEN : CLOSED);
        await resident.wait(200);
      }
    },
  },
  { name: 'open Home', weight: 8, by: 'Home', act: ({ plugin }) => plugin.door.read() },
  { name: 'operate with a key', weight: 10, by: 'people', act: ({ simulated }) => simulated.operate(KEY) },
  {
    name: 'move by remote control',
    weight: 6,
    by: 'people',
    act: ({ simulated }) => simulated.moveByRemoteControl(),
  },
  { name: 'push the button', weight: 4, by: 'people', act: ({ simulated }) => simulated.pushManualButton() },
  { name: 'ring', weight: 4, by: 'people', act: ({ simulated }) => simulated.pushDoorbell() },
  {
    name: 'obstruct or jam',
    weight: 2,
    by: 'fate',
    act: ({ simulated, chance }) => {
      simulated.obstruct(chance.next() < 0.5);
      simulated.jam(chance.next() < 0.2);
    },
  },
  {
    name: 'fault',
    weight: 14,
    by: 'fate',
    act: (resident) => resident.fault(resident.chance.pick<FaultName>(FAULT_NAMES)),
  },
  { name: 'no more faults', weight: 8, by: 'fate', act: ({ simulated }) => simulated.faults.disableAll() },
  { name: 'drop', weight: 3, by: 'fate', act: ({ simulated }) => simulated.drop() },
  { name: 'close connections', weight: 2, by: 'fate', act: ({ simulated }) => simulated.closeConnections() },
  { name: 'power cycle', weight: 2, by: 'fate', act: ({ simulated }) => simulated.powerCycle() },
  {
    name: 'not listening',
    weight: 2,
    by: 'fate',
    act: async (resident) => {
      await resident.simulated.stopListening();
      resident.simulated.drop();
      resident.later(resident.chance.between(500, 12_000), () => resident.listen());
    },
  },
  { name: 'restart of the plugin', weight: 1, by: 'fate', act: (resident) => resident.restartPlugin() },
  {
    name: 'link down',
    weight: 3,
    by: 'fate',
    needsLink: true,
    act: (resident) => {
      resident.place.setLink?.(false);
      if (resident.chance.next() < 0.3) resident.simulated.powerCycle();
      resident.later(resident.chance.between(500, 40_000), () => resident.place.setLink?.(true));
    },
  },
];
