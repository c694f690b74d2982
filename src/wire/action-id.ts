/** Ids are truncated to 31 bits by this modulus, so that the largest id is 0x7FFFFFFE and 0 follows it. */
export const ACTION_ID_MODULUS = 0x7fffffff;

/**
 * The id that the next action must carry (v1 specification, "AUTH frame", step 3). The action chapters print
 * `lastActionId % 0x7FFFFFFF` and mean this.
 */
export function nextActionId(lastActionId: number): number {
  return (lastActionId + 1) % ACTION_ID_MODULUS;
}

/** Whether the device can have meant this as an id at all. */
export function isActionId(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= ACTION_ID_MODULUS;
}
