import * as v from 'valibot';

/** What is known of a device key from its first moment on. */
const common = {
  /** Ours, so that a key can be named before the backend has given it an ID. */
  id: v.string(),
  computer: v.string(),
  tenantId: v.string(),
  remotecontrolId: v.string(),
  /** What was asked for, hence the control types that it is good for. */
  permissions: v.array(v.string()),
  /** Wall time of the entry into the present state. */
  since: v.number(),
};

const keyRecord = v.variant('state', [
  /** The intent: createdevicekey is about to be called, or under way. */
  v.object({ ...common, state: v.literal('rolling-out') }),
  v.object({
    ...common,
    state: v.literal('registered'),
    /** PEM, decrypted. */
    deviceKey: v.string(),
    deviceKeyId: v.string(),
    decommissionToken: v.string(),
    /** Wall time at which support was promised to end, for when its computer is no longer in the config. */
    until: v.optional(v.number()),
  }),
  /** The device key itself is gone from here already: what remains can unregister and nothing else. */
  v.object({
    ...common,
    state: v.literal('revoking'),
    deviceKeyId: v.string(),
    decommissionToken: v.string(),
    /** An unregister call may have been carried out without our having had the answer. */
    maybeGone: v.boolean(),
  }),
  /** The target may hold a key that nobody can use, since its private half is lost, and nobody unregister. */
  v.object({
    ...common,
    state: v.literal('possibly-orphaned'),
    why: v.string(),
    deviceKeyId: v.optional(v.string()),
  }),
]);

const vaultData = v.object({
  keys: v.array(keyRecord),
  /** By computer, the GUID of the last rollout data that was used: it serves one request. */
  usedRequests: v.record(v.string(), v.string()),
});

type Deep<Value> = Value extends readonly (infer Item)[]
  ? readonly Deep<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Deep<Value[Key]> }
    : Value;

export type KeyRecord = Deep<v.InferOutput<typeof keyRecord>>;
export type VaultData = Deep<v.InferOutput<typeof vaultData>>;
export type KeyState = KeyRecord['state'];
export type RecordIn<State extends KeyState> = Extract<KeyRecord, { readonly state: State }>;

export const EMPTY_VAULT: VaultData = { keys: [], usedRequests: {} };

/** @returns undefined when it is not what a vault holds. */
export function parseVaultData(value: unknown): VaultData | undefined {
  const result = v.safeParse(vaultData, value);
  return result.success ? result.output : undefined;
}
