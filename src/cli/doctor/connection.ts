import type { DeviceStatus } from '../../channel/protocol.ts';
import { describeClose } from '../../session/close-reason.ts';
import { STEPS, type FailedStep } from './steps.ts';
import type { Examination } from './examine-device.ts';
import { failed, ok, skipped, type Finding } from './finding.ts';

/** A step of the connection: how it is tried, and what it looks like when it works. */
interface Step {
  readonly tried: (examination: Examination) => string;
  readonly well: (examination: Examination) => string;
}

const CONNECTION_STEPS: Readonly<Record<Exclude<FailedStep, 'name-resolution' | 'slot'>, Step>> = {
  port: {
    tried: ({ target }) => `connected to ${target.host}, port ${target.port}`,
    well: () => 'something listens there',
  },
  upgrade: {
    tried: () => 'asked for a websocket',
    well: () => 'granted',
  },
  hello: {
    tried: () => 'said HELLO',
    well: ({ last }) => helloOf(last.hello ?? {}),
  },
  keys: {
    tried: () => 'authenticated with both keys',
    well: () => 'both keys are right',
  },
};

/** Port, upgrade, HELLO and keys, from what a session with the device has shown. */
export function checkConnection(examination: Examination): readonly Finding[] {
  const { failedAt } = examination;
  const end = failedAt === undefined ? STEPS.length : STEPS.indexOf(failedAt);
  return Object.entries(CONNECTION_STEPS).map(([check, step]) => {
    const place = STEPS.indexOf(check as FailedStep);
    if (place > end) return skipped(check, 'not tried, since the step before failed');
    if (place < end) return ok(check, step.tried(examination), step.well(examination));
    return failedStepFinding(check, step.tried(examination), examination);
  });
}

/** The same where the running plugin has the connection. */
export function connectionOfPlugin(status: DeviceStatus): readonly Finding[] {
  const tried = 'asked the running plugin';
  const session = 'it has an authenticated session';
  return [
    ok('port', tried, session),
    ok('upgrade', tried, session),
    ok('hello', tried, helloOf(status)),
    ok('keys', tried, 'both keys are right'),
  ];
}

function failedStepFinding(check: string, tried: string, examination: Examination): Finding {
  const { attempts, diagnosis, last, swappedKeys } = examination;
  const often = attempts > 1 ? `${tried}, ${attempts} times` : tried;
  if (swappedKeys) {
    return failed(
      check,
      often,
      'the two keys are in each other’s place',
      'Swap API Secret Key and API Auth Key.',
    );
  }
  const found = diagnosis?.message ?? `${describeClose(last.reason)}.`;
  return failed(
    check,
    often,
    found,
    diagnosis?.remedy ?? 'Try again; if it lasts, turn the device off and on.',
  );
}

function helloOf(device: {
  readonly apiVersion?: number | undefined;
  readonly remootioVersion?: string | undefined;
  readonly serialNumber?: string | undefined;
}): string {
  const { apiVersion, remootioVersion, serialNumber } = device;
  const facts = [
    remootioVersion ?? 'a Remootio',
    apiVersion === undefined ? undefined : `API version ${apiVersion}`,
    serialNumber === undefined ? undefined : `serial number ${serialNumber}`,
  ];
  return facts.filter((fact) => fact !== undefined).join(', ');
}
