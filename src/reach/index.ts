/**
 * TeamViewer's REACH API: the client alone, `new ReachClient({ … })`, or remote support as a whole with its
 * vault, `await RemoteSupport.open({ … })`.
 */
export { systemClock, type Clock, type Timer } from '../base/clock.ts';
export { Signal, type Unsubscribe } from '../base/emitter.ts';
export { GatehouseError } from '../base/errors.ts';
export type { Log } from '../base/log.ts';
export { DEFAULT_API_BASE, type UnregisterRevision } from './api-address.ts';
export {
  ReachClient,
  type CallOptions,
  type ControlAnswer,
  type CreateDeviceKeyRequest,
  type CreatedDeviceKey,
  type ReachClientOptions,
  type RegisteredApp,
  type RequestControlRequest,
  type UnregisterRequest,
} from './client.ts';
export {
  parseRemoteSupport,
  type ComputerConfig,
  type ParsedRemoteSupport,
  type Platform,
  type RemoteSupportConfig,
  type RemoteSupportProblem,
  type RolloutSource,
  type SecretSource,
} from './config.ts';
export { completeLink, masterSecret, newTenantNonce, type ControlSecretInput } from './control-link.ts';
export { decryptDeviceKey } from './device-key.ts';
export { ReachError, type ReachErrorCode, type ReachErrorDetails, type ReachOutcome } from './errors.ts';
export { type AnswerField, type FieldNames } from './field-names.ts';
export { RemoteSupport, type RemoteSupportOptions } from './remote-support.ts';
export { parseRolloutObject, parseRolloutText, type RolloutData } from './rollout-data.ts';
export type {
  ComputerState,
  LinkMade,
  RevokeRequest,
  RolloutRequest,
  SupportPhase,
} from './support-state.ts';
export { VAULT_FILE } from './vault-file.ts';
