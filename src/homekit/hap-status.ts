import type { HAP } from 'homebridge';
import type { DoorWriteFailure } from '../door/types.ts';

/** SERVICE_COMMUNICATION_FAILURE: "No Response" in Apple Home. */
const COMMUNICATION_FAILURE = -70402;

/** HAP's status for each way in which a write can fail. */
const WRITE_STATUS = {
  'read only': -70401,
  offline: COMMUNICATION_FAILURE,
  failed: COMMUNICATION_FAILURE,
  busy: -70403,
  'no answer': -70408,
  'not now': -70412,
} as const satisfies Record<DoorWriteFailure, number>;

/** What a handler throws to make a write fail. */
export function writeError(hap: HAP, failure: DoorWriteFailure): Error {
  return statusError(hap, WRITE_STATUS[failure]);
}

/** What a handler throws to make a read show "No Response". */
export function readError(hap: HAP): Error {
  return statusError(hap, COMMUNICATION_FAILURE);
}

/** What a handler throws to fail with one of HAP's statuses. */
export function statusError(hap: HAP, status: number): Error {
  // HAPStatus is a const enum of another package, which this compiler setting cannot reach.
  // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment
  return new hap.HapStatusError(status);
}
