/** A JSON object as it comes from outside: nothing is known of it yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** True for `{…}` alone: not for arrays, and not for `null`. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The object's own property. What came from outside may carry `__proto__` or lack a key that
 * `Object.prototype` has, so nothing is ever read through the prototype.
 */
export function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** `JSON.parse` that answers `undefined` instead of throwing. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
