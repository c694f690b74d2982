import type { PastSession } from '../../session/close-reason.ts';

/** The step at which an attempt failed; undefined when it did not. */
export type FailedStep = 'name-resolution' | 'port' | 'upgrade' | 'hello' | 'keys' | 'slot';

export const STEPS: readonly FailedStep[] = ['name-resolution', 'port', 'upgrade', 'hello', 'keys', 'slot'];

export function failedStep({ reason, reached }: PastSession): FailedStep | undefined {
  switch (reason.code) {
    case 'stopped':
      return undefined;
    case 'host-not-found':
      return 'name-resolution';
    case 'unreachable':
    case 'refused':
    case 'connect-timeout':
      return 'port';
    case 'upgrade-timeout':
    case 'upgrade-refused':
    case 'upgrade-dropped':
    case 'upgrade-invalid':
      return 'upgrade';
    case 'wrong-device':
      return 'hello';
    default:
  }
  switch (reached) {
    case 'connecting':
      return 'upgrade';
    case 'hello':
      return 'hello';
    case 'challenge':
    case 'verifying':
      return 'keys';
    case 'ready':
      return 'slot';
  }
}
