import type { PlatformAccessory } from 'homebridge';
import * as v from 'valibot';

/** What Homebridge keeps with the accessory of a supported computer. No keys: its cache is sent around. */
export interface SupportedComputerContext {
  /** As the config called it. */
  readonly name: string;
  /** If the config told one: by it the accessory is found again after the computer was given another name. */
  readonly remotecontrolId?: string | undefined;
}

const CONTEXT = v.object({
  supportOf: v.object({ name: v.string(), remotecontrolId: v.optional(v.string()) }),
});

/** The computer that an accessory stands for; undefined for the accessories of gates. */
export function computerOf({ context }: PlatformAccessory): SupportedComputerContext | undefined {
  const read = v.safeParse(CONTEXT, context);
  return read.success ? read.output.supportOf : undefined;
}

/** Puts the computer into the context. @returns whether that is news, and has to be saved. */
export function writeComputer(accessory: PlatformAccessory, computer: SupportedComputerContext): boolean {
  const { name, remotecontrolId } = computer;
  const next = { supportOf: { name, ...(remotecontrolId !== undefined && { remotecontrolId }) } };
  if (JSON.stringify(accessory.context) === JSON.stringify(next)) return false;
  accessory.context = next;
  return true;
}

/**
 * The accessory of each computer, among those that Homebridge had in its cache: by the name, or else by the
 * RemotecontrolID of one whose name nobody has any more.
 */
export function matchComputers<Accessory extends PlatformAccessory>(
  computers: readonly SupportedComputerContext[],
  cached: readonly Accessory[],
): ReadonlyMap<string, Accessory> {
  const found = new Map<string, Accessory>();
  const isFree = (accessory: Accessory): boolean => ![...found.values()].includes(accessory);
  for (const { name } of computers) {
    const own = cached.find((accessory) => isFree(accessory) && sameName(computerOf(accessory)?.name, name));
    if (own) found.set(name, own);
  }
  for (const { name, remotecontrolId } of computers) {
    if (found.has(name) || remotecontrolId === undefined) continue;
    const renamed = cached.find(
      (accessory) => isFree(accessory) && computerOf(accessory)?.remotecontrolId === remotecontrolId,
    );
    if (renamed) found.set(name, renamed);
  }
  return found;
}

function sameName(one: string | undefined, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}
