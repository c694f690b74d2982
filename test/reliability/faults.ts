import { FAULT_NAMES, faultSummary, type FaultName, type FaultOptions } from '../../src/simulator/index.ts';
import type { Rig } from './rig.ts';

/** One row of the matrix: something that goes wrong. */
export interface Fault {
  readonly name: string;
  readonly summary: string;
  readonly strike: (rig: Rig) => void;
  /** Ends it; undefined for what happens at once. */
  readonly heal?: (rig: Rig) => void;
  /** How long after its end, and with the gate at rest, the truth may be missing. In milliseconds. */
  readonly within: number;
}

type Special = Partial<Pick<Fault, 'within'>> & { readonly options?: FaultOptions };

/** An outage of a minute makes waits of 12 s, and an attempt takes 12 s at most. */
const ORDINARY = 25_000;
/** Nothing but the keep-alive finds out. */
const NEXT_KEEP_ALIVE = 65_000;
/** What only a person can mend is tried every 5 minutes. */
const EVERY_FIVE_MINUTES = 302_000;

/** These happen in the moment in which they are switched on. */
const AT_ONCE: ReadonlySet<FaultName> = new Set([
  'reset-now',
  'clock-restart',
  'event-burst',
  'garbage-frames',
]);

const SPECIAL: Readonly<Partial<Record<FaultName, Special>>> = {
  // 5, 10, 20 and 40 s between the attempts.
  'authentication-error': { within: 42_000 },
  // Three challenges that cannot be right look like a wrong key.
  'wrong-mac': { within: EVERY_FIVE_MINUTES },
  'corrupted-byte': { within: EVERY_FIVE_MINUTES },
  'lost-state-change': { within: NEXT_KEEP_ALIVE },
};

function ofSimulator(name: FaultName, { options, within = ORDINARY }: Special = {}): Fault {
  return {
    name,
    summary: faultSummary(name),
    strike: ({ simulated }) => simulated.faults.enable(name, options),
    ...(!AT_ONCE.has(name) && { heal: ({ simulated }: Rig) => simulated.faults.disable(name) }),
    within,
  };
}

/** What happens to a device, or between it and us, beside the faults of the simulator. */
const OTHERS: readonly Fault[] = [
  {
    name: 'power-cut',
    summary: 'the power goes and comes back: TCP reset, no answer while it starts, a Restart event',
    strike: ({ simulated }) => simulated.powerCycle(),
    within: ORDINARY,
  },
  {
    name: 'restart',
    summary: 'somebody restarts the device: connections are closed, a Restart event',
    strike: ({ simulated }) => {
      simulated.closeConnections();
      simulated.powerCycle();
    },
    within: ORDINARY,
  },
  {
    name: 'connections-closed',
    summary: 'the device closes its connections in good order, once',
    strike: ({ simulated }) => simulated.closeConnections(),
    within: ORDINARY,
  },
  {
    name: 'not-listening',
    summary: 'connections are reset, and nothing listens',
    strike: ({ simulated }) => {
      simulated.drop();
      void simulated.stopListening();
    },
    heal: ({ simulated }) => void simulated.listen(),
    within: ORDINARY,
  },
  {
    name: 'half-open',
    summary: 'the link is down and nobody is told: no FIN, no reset',
    strike: ({ network }) => network.setLink(false),
    heal: ({ network }) => network.setLink(true),
    within: ORDINARY,
  },
  {
    name: 'power-cut-half-open',
    summary: 'the power goes while the link is down: nobody is told that the connection is gone',
    strike: ({ network, simulated }) => {
      network.setLink(false);
      simulated.powerCycle();
    },
    heal: ({ network }) => network.setLink(true),
    within: ORDINARY,
  },
  {
    name: 'late-by-1-s',
    summary: 'every answer comes a second late',
    strike: ({ simulated }) => simulated.faults.enable('late-answers', { delay: 1000 }),
    heal: ({ simulated }) => simulated.faults.disable('late-answers'),
    within: ORDINARY,
  },
  {
    name: 'relay-busy',
    summary: 'commands are rejected with ERR_RELAY_BUSY',
    strike: ({ simulated }) => simulated.faults.enable('rejected-commands', { errorCode: 'ERR_RELAY_BUSY' }),
    heal: ({ simulated }) => simulated.faults.disable('rejected-commands'),
    within: ORDINARY,
  },
];

/** The rows of the matrix. A fault that is added to the simulator is one of them by itself. */
export const FAULTS: readonly Fault[] = [
  ...FAULT_NAMES.map((name) => ofSimulator(name, SPECIAL[name])),
  ...OTHERS,
];
