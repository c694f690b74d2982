import * as v from 'valibot';
import type { DeviceView, DoorView, Problem } from './protocol.ts';

/** What a plugin of another version may say is left out, so that the page can rely on the rest. */
const problem: v.GenericSchema<unknown, Problem> = v.object({
  code: v.string(),
  message: v.string(),
  remedy: v.string(),
});

const door: v.GenericSchema<unknown, DoorView> = v.object({
  current: v.picklist(['open', 'closed', 'opening', 'closing']),
  obstruction: v.fallback(v.boolean(), false),
  unavailable: v.fallback(v.boolean(), false),
  reason: v.fallback(v.string(), ''),
});

const device = v.object({
  id: v.string(),
  name: v.string(),
  state: v.picklist(['stopped', 'connecting', 'online', 'offline']),
  offlineFor: v.fallback(v.optional(v.number()), undefined),
  sensor: v.fallback(v.optional(v.string()), undefined),
  door: v.fallback(v.optional(door), undefined),
  readOnly: v.fallback(v.boolean(), false),
  logging: v.fallback(v.picklist(['on', 'off', 'unknown']), 'unknown'),
  serialNumber: v.fallback(v.optional(v.string()), undefined),
  apiVersion: v.fallback(v.optional(v.number()), undefined),
  remootioVersion: v.fallback(v.optional(v.string()), undefined),
  problem: v.fallback(v.optional(problem), undefined),
});

/** A device as the plugin tells of it, for the page. @returns undefined when it cannot be understood. */
export function deviceView(value: unknown): DeviceView | undefined {
  const read = v.safeParse(device, value);
  return read.success ? withoutUndefined(read.output) : undefined;
}

/** JSON has no undefined, and `exactOptionalPropertyTypes` tells it from a key that is not there. */
export function withoutUndefined<Value extends object>(value: Value): WithoutUndefined<Value> {
  return Object.fromEntries(
    Object.entries(value).filter(([, part]) => part !== undefined),
  ) as WithoutUndefined<Value>;
}

type WithoutUndefined<Value> = {
  [Key in keyof Value as undefined extends Value[Key] ? never : Key]: Value[Key];
} & {
  [Key in keyof Value as undefined extends Value[Key] ? Key : never]?: Exclude<Value[Key], undefined>;
};
