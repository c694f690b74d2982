import type { PlatformAccessory } from 'homebridge';
import * as v from 'valibot';
import { isObject, own } from '../base/json.ts';
import type { KnownAccessory } from './identity.ts';

/** What Homebridge keeps with an accessory. No keys: its cache is a file that people send around. */
export interface GateContext {
  readonly name: string;
  readonly address: string;
  readonly serialNumber?: string | undefined;
  readonly remootioVersion?: string | undefined;
}

const CONTEXT = v.object({
  name: v.string(),
  address: v.string(),
  serialNumber: v.optional(v.string()),
  remootioVersion: v.optional(v.string()),
});

/** The context of an accessory that belongs to the one of a gate. */
export function satelliteContext(owner: string): { readonly satelliteOf: string } {
  return { satelliteOf: owner };
}

/** The UUID of the accessory that this one belongs to; undefined for a gate's own. */
export function satelliteOf({ context }: PlatformAccessory): string | undefined {
  const owner: unknown = isObject(context) ? own(context, 'satelliteOf') : undefined;
  return typeof owner === 'string' ? owner : undefined;
}

/** What a cached accessory may be recognised by: its context, or its name where that is of no use. */
export function knownFrom(accessory: PlatformAccessory): KnownAccessory {
  const context = v.safeParse(CONTEXT, accessory.context);
  const { name, address, serialNumber } = context.success
    ? context.output
    : { name: accessory.displayName, address: '', serialNumber: undefined };
  return { uuid: accessory.UUID, name, address, serialNumber, onBridge: true };
}

/** Puts the context into an accessory. @returns whether anything in it is new, and has to be saved. */
export function writeContext(accessory: PlatformAccessory, context: GateContext): boolean {
  const next = Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined));
  if (JSON.stringify(accessory.context) === JSON.stringify(next)) return false;
  accessory.context = next;
  return true;
}
