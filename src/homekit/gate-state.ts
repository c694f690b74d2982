import * as v from 'valibot';
import { parseDeviceMemory, type DeviceMemory } from '../device/device-memory.ts';
import type { AutoCloseMemory } from '../door/auto-close.ts';
import type { LeftOpenMemory } from '../door/left-open.ts';
import type { Hold, HoldMemory } from '../door/output-hold.ts';
import type { DoorMemory } from '../door/types.ts';
import type { SensorPresence } from './sensor-presence.ts';

/** What is on disk of one accessory. */
export interface GateState {
  /** The device's name and address in the config, by which the accessory is found again. */
  readonly name: string;
  readonly address: string;
  readonly serialNumber?: string;
  readonly remootioVersion?: string;
  readonly sensor?: SensorPresence;
  readonly door?: DoorMemory;
  /** The door of the second output. */
  readonly secondaryDoor?: DoorMemory;
  readonly device?: DeviceMemory;
  readonly hold?: HoldMemory;
  readonly leftOpen?: LeftOpenMemory;
  readonly autoClose?: AutoCloseMemory;
}

const time = v.pipe(v.number(), v.finite());

const DOOR: v.GenericSchema<unknown, DoorMemory> = v.object({
  target: v.picklist([0, 1]),
  current: v.picklist([0, 1, 2, 3]),
  obstruction: v.boolean(),
  learnedCloseTime: v.exactOptional(v.pipe(v.number(), v.finite(), v.minValue(0))),
});

const HOLD: v.GenericSchema<unknown, Hold> = v.object({
  since: time,
  until: v.exactOptional(time),
  outputs: v.array(v.picklist([1, 2])),
});

const IDENTITY = v.object({
  name: v.string(),
  address: v.string(),
  serialNumber: v.exactOptional(v.string()),
  remootioVersion: v.exactOptional(v.string()),
});

/** What may be lost without the rest, each by itself. */
const PARTS = {
  sensor: v.picklist(['present', 'absent']),
  door: DOOR,
  secondaryDoor: DOOR,
  hold: v.object({ gate: v.exactOptional(HOLD), secondary: v.exactOptional(HOLD) }),
  leftOpen: v.object({ openSince: v.exactOptional(time), leftOpen: v.boolean() }),
  autoClose: v.object({ since: v.exactOptional(time), attempted: v.boolean() }),
} as const satisfies Partial<Record<keyof GateState, v.GenericSchema>>;

/** Reads what stands in a file. What belongs to the device and the door may be lost without the identity. */
export function parseState(value: unknown): GateState | undefined {
  const identity = v.safeParse(IDENTITY, value);
  if (!identity.success) return undefined;
  const given = value as Readonly<Record<string, unknown>>;
  const parts = Object.entries(PARTS).flatMap(([key, schema]) => {
    const part = v.safeParse(schema, given[key]);
    return part.success ? [[key, part.output] as const] : [];
  });
  const device = parseDeviceMemory(given['device']);
  return { ...identity.output, ...Object.fromEntries(parts), ...(device && { device }) };
}
