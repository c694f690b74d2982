import { isObject, own } from '../base/json.ts';
import { isTicks } from '../wire/actions.ts';

/** Where an event stands in its boot: both numbers grow from event to event, and start anew at a restart. */
export interface EventMark {
  readonly cnt: number;
  readonly t100ms: number;
}

/** What is kept of one boot of the device, between two of its restarts. */
export interface BootMemory {
  /** Wall time at which its clock stood at 0, as near as could be told. Absent where it was never known. */
  readonly bootAt?: number;
  /** The last event that was passed on. */
  readonly last?: EventMark;
  /** `t100ms` of its Restart event, if that was passed on. */
  readonly restart?: number;
}

/**
 * What must outlive the plugin, so that an event that the device sends again is known. Monotonic time does
 * not outlive the process, hence the wall time.
 */
export interface DeviceMemory extends BootMemory {
  /** The boot before: its events can still come after the restart. */
  readonly previous?: BootMemory;
}

/** A wall clock that is corrected by less than this is no reason to write to the disk. */
const BOOT_SHIFT = 10_000;

/** Reads what {@link DeviceMemory} was written as. @returns undefined when it is not one. */
export function parseDeviceMemory(value: unknown): DeviceMemory | undefined {
  const memory = parseBoot(value);
  if (!memory || !isObject(value)) return undefined;
  const previous = own(value, 'previous');
  if (previous === undefined) return memory;
  const parsed = parseBoot(previous);
  return parsed && { ...memory, previous: parsed };
}

/** Whether `next` says more than what is on disk already. */
export function isNewMemory(known: DeviceMemory | undefined, next: DeviceMemory): boolean {
  if (!known || !sameMarks(known, next)) return true;
  if (!sameMarks(known.previous ?? {}, next.previous ?? {})) return true;
  if (known.bootAt === undefined || next.bootAt === undefined) return known.bootAt !== next.bootAt;
  return Math.abs(known.bootAt - next.bootAt) > BOOT_SHIFT;
}

function sameMarks(a: BootMemory, b: BootMemory): boolean {
  return a.restart === b.restart && a.last?.cnt === b.last?.cnt && a.last?.t100ms === b.last?.t100ms;
}

function parseBoot(value: unknown): BootMemory | undefined {
  if (!isObject(value)) return undefined;
  const bootAt = own(value, 'bootAt');
  const last = own(value, 'last');
  const restart = own(value, 'restart');
  if (bootAt !== undefined && !(typeof bootAt === 'number' && Number.isFinite(bootAt))) return undefined;
  if (restart !== undefined && !isTicks(restart)) return undefined;
  const mark = last === undefined ? undefined : parseMark(last);
  if (last !== undefined && !mark) return undefined;
  return {
    ...(bootAt !== undefined && { bootAt }),
    ...(mark && { last: mark }),
    ...(restart !== undefined && { restart }),
  };
}

function parseMark(value: unknown): EventMark | undefined {
  if (!isObject(value)) return undefined;
  const cnt = own(value, 'cnt');
  const t100ms = own(value, 't100ms');
  return isTicks(cnt) && isTicks(t100ms) ? { cnt, t100ms } : undefined;
}
