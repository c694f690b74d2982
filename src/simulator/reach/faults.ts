import * as v from 'valibot';

export const CALLS = ['createdevicekey', 'requestcontrol', 'unregister', 'appregistrations'] as const;
export type Call = (typeof CALLS)[number];

/** How a call goes wrong. */
export const FAULTS = [
  /** Answered with a status (401, 403, 404, 429, 500, …), and not carried out. */
  'status',
  /** Carried out, and answered with a status all the same: what a 500 can mean. */
  'status after',
  /** Not carried out and never answered. */
  'timeout',
  /** Carried out and never answered. */
  'timeout after',
  /** Not carried out; the connection is closed without an answer. */
  'close',
  /** Carried out; the connection is closed without an answer. */
  'close after',
  /** Carried out; the connection is closed in the middle of the answer. */
  'cut',
  /** Carried out; the answer lacks fields. */
  'missing fields',
  /** Sends the client somewhere else. */
  'redirect',
  /** Carried out; the answer is not JSON. */
  'not json',
] as const;

const fault = v.object({
  kind: v.picklist(FAULTS),
  /** Which call; without it, any. */
  call: v.optional(v.picklist(CALLS)),
  /** Switches itself off after so many calls; without it, it lasts. */
  times: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  status: v.optional(v.pipe(v.number(), v.integer(), v.minValue(300), v.maxValue(599))),
  /** The value of the header: seconds or an HTTP date. */
  retryAfter: v.optional(v.string()),
  /** The names, in snake_case, of the fields that the answer lacks. */
  fields: v.optional(v.array(v.string())),
  location: v.optional(v.string()),
});

export type Fault = Readonly<v.InferOutput<typeof fault>>;

/** @returns undefined when it is not one. */
export function parseFault(value: unknown): Fault | undefined {
  const result = v.safeParse(fault, value);
  return result.success ? result.output : undefined;
}

/** The faults that are switched on. */
export class Faults {
  #active: { readonly fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.#active.push({ fault, left: fault.times ?? Infinity });
  }

  clear(): void {
    this.#active = [];
  }

  /** The first that concerns the call, counted as used. */
  take(call: Call): Fault | undefined {
    const entry = this.#active.find(({ fault }) => fault.call === undefined || fault.call === call);
    if (entry && --entry.left <= 0) this.#active = this.#active.filter((other) => other !== entry);
    return entry?.fault;
  }
}
