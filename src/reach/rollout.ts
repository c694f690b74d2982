import { randomUUID } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { CreatedDeviceKey, ReachClient } from './client.ts';
import type { ComputerConfig } from './config.ts';
import { decryptDeviceKey, deviceKeyToPem } from './device-key.ts';
import { ReachError } from './errors.ts';
import type { RolloutData } from './rollout-data.ts';
import type { StepHook } from './support-state.ts';
import type { KeyRecord, RecordIn } from './vault-records.ts';
import type { Vault } from './vault.ts';

export interface RolloutOptions {
  readonly computer: ComputerConfig;
  readonly tenantId: string;
  readonly vault: Vault;
  readonly client: Pick<ReachClient, 'createDeviceKey'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly step: StepHook;
  /** Why the result is not wanted any more; asked again at each step. */
  readonly calledOff: () => ReachError | undefined;
  /** Aborted when this process ends its work. */
  readonly signal: AbortSignal;
}

/** How a rollout ended whose call was answered. */
export type RolloutResult =
  | { readonly kind: 'registered'; readonly record: RecordIn<'registered'> }
  /** There is a key, and it must go: nobody waits for it, or it cannot be used, or it cannot be kept. */
  | {
      readonly kind: 'to be revoked';
      readonly record: RecordIn<'revoking'>;
      /** Whether it is on disk as such. */
      readonly stored: boolean;
      readonly reason: ReachError;
    };

/** What is true of every record of this rollout. */
type Common = Pick<KeyRecord, 'id' | 'computer' | 'tenantId' | 'remotecontrolId' | 'permissions'>;

/**
 * Carries out one rollout: the intent on disk, createdevicekey, the key on disk, in this order, so that
 * whatever moment the process dies at, the vault knows of every key that the target may have.
 * @throws ReachError when no key was made, or when one may have been made that is lost. The latter stays in
 * the vault as possibly orphaned.
 */
export async function rollOut(data: RolloutData, options: RolloutOptions): Promise<RolloutResult> {
  const { computer, vault, client, clock, step, calledOff, signal } = options;
  const common: Common = {
    id: randomUUID(),
    computer: computer.name,
    tenantId: options.tenantId,
    remotecontrolId: data.remotecontrolId,
    permissions: computer.permissions,
  };
  throwIfCalledOff(calledOff);
  await vault.put({ ...common, state: 'rolling-out', since: clock.now() });
  await step('rollout intent stored');

  let created: CreatedDeviceKey;
  try {
    throwIfCalledOff(calledOff);
    const { tenantId, remotecontrolId, permissions } = common;
    created = await client.createDeviceKey(
      { tenantId, remotecontrolId, permissions, requestId: data.requestId },
      { signal },
    );
  } catch (error) {
    await withoutKey(error, common, options);
    throw error;
  }
  await step('createdevicekey answered');
  return keep(created, data, common, options);
}

function throwIfCalledOff(calledOff: () => ReachError | undefined): void {
  const reason = calledOff();
  if (reason) throw reason;
}

/** The call was not made, was refused, or has an outcome that nobody knows. */
async function withoutKey(error: unknown, common: Common, options: RolloutOptions): Promise<void> {
  const { vault, log } = options;
  const called = error !== options.calledOff();
  const outcome = error instanceof ReachError && called ? error.outcome : 'not sent';
  try {
    if (outcome === 'unknown') {
      await orphan(common, undefined, 'the answer to createdevicekey was lost', options);
    } else {
      await vault.remove(common.id);
    }
  } catch (failure) {
    // The intent stays on disk; the next start takes it for a possible orphan, which errs on the safe side.
    log.error(`${common.computer}: ${messageOf(failure)}`);
  }
}

async function keep(
  created: CreatedDeviceKey,
  data: RolloutData,
  common: Common,
  options: RolloutOptions,
): Promise<RolloutResult> {
  const { computer, vault, clock, step, calledOff } = options;
  const { deviceKeyId, decommissionToken } = created;
  if (deviceKeyId === undefined || decommissionToken === undefined) {
    await orphan(common, deviceKeyId, 'the answer to createdevicekey was incomplete', options, data);
    throw created.incomplete ?? new ReachError('BAD_ANSWER', 'The answer to createdevicekey is incomplete.');
  }
  const handles = { deviceKeyId, decommissionToken };
  const decrypted = readKey(created, data);
  const unwanted = calledOff() ?? (decrypted instanceof ReachError ? decrypted : undefined);
  if (unwanted || decrypted instanceof ReachError) {
    return discard(common, handles, unwanted ?? decrypted, data, options);
  }
  const since = clock.now();
  const record: RecordIn<'registered'> = {
    ...common,
    ...handles,
    state: 'registered',
    since,
    deviceKey: decrypted,
    ...(computer.revokeAfter === undefined ? {} : { until: since + computer.revokeAfter }),
  };
  try {
    await store(record, data, vault);
  } catch (error) {
    const reason = new ReachError(
      'VAULT_NOT_WRITTEN',
      `The device key could not be kept, so it is unregistered at once. ${messageOf(error)}`,
      { cause: error },
    );
    return { kind: 'to be revoked', record: revoking(common, handles, clock), stored: false, reason };
  }
  await step('device key stored');
  return { kind: 'registered', record };
}

/** @returns the key as it is kept, or why it cannot be used. */
function readKey(created: CreatedDeviceKey, data: RolloutData): string | ReachError {
  if (created.deviceKey === undefined) {
    return created.incomplete ?? new ReachError('BAD_ANSWER', 'The answer holds no device key.');
  }
  try {
    return deviceKeyToPem(decryptDeviceKey(created.deviceKey, data.rolloutKey));
  } catch (error) {
    return error instanceof ReachError ? error : new ReachError('KEY_NOT_READABLE', messageOf(error));
  }
}

interface Handles {
  readonly deviceKeyId: string;
  readonly decommissionToken: string;
}

async function discard(
  common: Common,
  handles: Handles,
  reason: unknown,
  data: RolloutData,
  options: RolloutOptions,
): Promise<RolloutResult> {
  const record = revoking(common, handles, options.clock);
  const why = reason instanceof ReachError ? reason : new ReachError('KEY_NOT_READABLE', messageOf(reason));
  const stored = await store(record, data, options.vault).then(
    () => true,
    (error: unknown) => {
      options.log.error(`${common.computer}: ${messageOf(error)}`);
      return false;
    },
  );
  return { kind: 'to be revoked', record, stored, reason: why };
}

function revoking(common: Common, handles: Handles, clock: Clock): RecordIn<'revoking'> {
  return { ...common, ...handles, state: 'revoking', since: clock.now(), maybeGone: false };
}

async function orphan(
  common: Common,
  deviceKeyId: string | undefined,
  why: string,
  { vault, log, clock }: RolloutOptions,
  data?: RolloutData,
): Promise<void> {
  log.warn(orphanWarning(common.computer, why));
  const known = deviceKeyId === undefined ? {} : { deviceKeyId };
  await store({ ...common, state: 'possibly-orphaned', since: clock.now(), why, ...known }, data, vault);
}

/**
 * Stores what has become of a rollout.
 * @param answered the rollout data, once its request was answered: it has served. Where no answer came, the
 * client may never have had the request; if it had, it has written new data, and refuses the old.
 */
function store(record: KeyRecord, answered: RolloutData | undefined, vault: Vault): Promise<void> {
  return vault.update(({ keys, usedRequests }) => ({
    keys: [...keys.filter((key) => key.id !== record.id), record],
    usedRequests: answered ? { ...usedRequests, [record.computer]: answered.requestId } : usedRequests,
  }));
}

/** What is said of a possible orphan, when it comes to be and at each start. */
export function orphanWarning(computer: string, why: string): string {
  return (
    `${computer}: a device key may be left on the computer (${why}). Nobody can use it, since its private half ` +
    'is lost, and nobody can unregister it.'
  );
}
