import { randomBytes, randomInt } from 'node:crypto';
import type { ApiVersion } from '../wire/frames.ts';

/** The relays of the device, as it numbers them. */
export type OutputNumber = 1 | 2;

/** Which output does what. In the impulse modes both directions are the same pulse. */
export interface OutputRoles {
  readonly open: readonly OutputNumber[];
  readonly close: readonly OutputNumber[];
  /** What TRIGGER_SECONDARY operates. */
  readonly free?: OutputNumber;
  /** Two directional outputs: OPEN and CLOSE need no status sensor. */
  readonly directional: boolean;
}

function impulse(outputs: readonly OutputNumber[], free?: OutputNumber): OutputRoles {
  return { open: outputs, close: outputs, directional: false, ...(free !== undefined && { free }) };
}

const OPEN_CLOSE: OutputRoles = { open: [1], close: [2], directional: true };

/** The output modes of the Remootio app, output 1 first, and a short name for the two kinds. */
export const OUTPUT_MODES = {
  impulse: impulse([1], 2),
  directional: OPEN_CLOSE,
  'impulse/free relay': impulse([1], 2),
  'free relay/impulse': impulse([2], 1),
  'impulse/impulse': impulse([1, 2]),
  'impulse/disabled': impulse([1]),
  'disabled/impulse': impulse([2]),
  'open/close': OPEN_CLOSE,
} as const satisfies Readonly<Record<string, OutputRoles>>;

export type OutputMode = keyof typeof OUTPUT_MODES;

/** What a pulse does to a gate that moves: most openers stop, many garage openers turn round. */
export type PulseWhileMoving = 'stop' | 'reverse';

/** How a simulated device is. Every time is in milliseconds. */
export interface SimulatorSettings {
  readonly apiVersion: ApiVersion;
  /** Told from API version 2 on. Begins with the 12 hex digits of the Wi-Fi MAC on a real one. */
  readonly serialNumber: string;
  /** Told from API version 2 on: "remootio-1", "remootio-2", "remootio-3". */
  readonly remootioVersion: string;
  /** 64 hex digits. */
  readonly secretKey: string;
  /** 64 hex digits. */
  readonly authKey: string;
  readonly mode: OutputMode;
  /** Whether a status sensor is installed. */
  readonly sensor: boolean;
  /** "Enable API with logging". Without, StateChange is the only event. */
  readonly logging: boolean;
  readonly state: 'open' | 'closed';
  /** From fully closed to fully open. */
  readonly openTime: number;
  /** From fully open to fully closed. */
  readonly closeTime: number;
  /** How long an opening takes until the sensor says "open". */
  readonly sensorDelay: number;
  readonly pulseWhileMoving: PulseWhileMoving;
  /** How long a pulse keeps an output busy. */
  readonly relayTime: number;
  /** How long a minute of `duration` takes; tests have shorter ones. */
  readonly minute: number;
  /** Open for so long makes a LeftOpen event; undefined makes none. */
  readonly leftOpenAfter: number | undefined;
  /** From a restart to the Restart event, with nobody listening meanwhile. */
  readonly bootTime: number;
  /** How long the device has been running when it appears: the start of `t100ms`. */
  readonly uptime: number;
  /** How many connections it keeps; the newest ones win or lose, see {@link whenTaken}. */
  readonly connections: number;
  /** What a further connection meets: `replace` closes the oldest one, `refuse` answers 503. */
  readonly whenTaken: 'replace' | 'refuse';
  /** Sends events before the response to the action that made them, or after which they are replayed. */
  readonly eventsFirst: boolean;
  /** The challenge's `initialActionId`; drawn for each session unless a test wants a certain one. */
  readonly initialActionId: number | undefined;
}

/** What may be left out is as on an ordinary device; `travelTime` stands for both directions. */
export type SimulatedDeviceOptions = Partial<SimulatorSettings> & {
  /** Sets `openTime` and `closeTime` at once. */
  readonly travelTime?: number;
};

const TRAVEL_TIME = 15_000;
const HOUR = 3_600_000;

export function completeSettings(options: SimulatedDeviceOptions): SimulatorSettings {
  const { travelTime = TRAVEL_TIME, ...given } = options;
  const openTime = given.openTime ?? travelTime;
  return {
    apiVersion: 3,
    serialNumber: newSerialNumber(),
    remootioVersion: 'remootio-2',
    secretKey: newKey(),
    authKey: newKey(),
    mode: 'impulse',
    sensor: true,
    logging: true,
    state: 'closed',
    openTime,
    closeTime: travelTime,
    sensorDelay: Math.min(1_000, openTime / 10),
    pulseWhileMoving: 'stop',
    relayTime: 500,
    minute: 60_000,
    leftOpenAfter: undefined,
    bootTime: 1_600,
    uptime: HOUR,
    connections: 1,
    whenTaken: 'replace',
    eventsFirst: false,
    initialActionId: undefined,
    ...given,
  };
}

export function newKey(): string {
  return randomBytes(32).toString('hex');
}

/** Twelve hex digits and eight letters, as on real devices. */
export function newSerialNumber(): string {
  const letters = Array.from({ length: 8 }, () => String.fromCharCode(97 + randomInt(26))).join('');
  return randomBytes(6).toString('hex') + letters;
}
