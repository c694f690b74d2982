import type { ReachClient } from './client.ts';
import { completeLink, masterSecret, newTenantNonce } from './control-link.ts';
import { deviceKeyFromPem } from './device-key.ts';
import { ReachError } from './errors.ts';
import type { RecordIn } from './vault-records.ts';

/**
 * The control type for a link: the wanted one, or the first that was asked for at the rollout.
 * @throws ReachError INVALID for one that was not, since the target would refuse it.
 */
export function grantedControlType(record: RecordIn<'registered'>, wanted: string | undefined): string {
  const type = wanted ?? record.permissions[0] ?? '';
  if (record.permissions.includes(type)) return type;
  const granted = record.permissions.join(', ');
  throw new ReachError(
    'INVALID',
    `Support of ${record.computer} was granted for ${granted}, not for ${type}.`,
  );
}

/** Has the target make a device secret, with a nonce of its own, and makes the link of it. */
export async function makeLink(
  record: RecordIn<'registered'>,
  controlType: string,
  client: Pick<ReachClient, 'requestControl'>,
  signal: AbortSignal,
): Promise<string> {
  const { tenantId, remotecontrolId, deviceKeyId } = record;
  const deviceKey = deviceKeyFromPem(record.deviceKey);
  const tenantNonce = newTenantNonce();
  const answer = await client.requestControl(
    { tenantId, remotecontrolId, deviceKeyId, controlType, tenantNonce },
    { signal },
  );
  const secret = masterSecret({ ...answer, deviceKey, tenantNonce, tenantId, remotecontrolId });
  return completeLink(answer.linkTemplate, secret);
}
