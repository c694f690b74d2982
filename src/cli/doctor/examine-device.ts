import { sleep, type Clock } from '../../base/clock.ts';
import { diagnose, WRONG_AUTH_KEY_AFTER, type Diagnosis } from '../../session/diagnosis.ts';
import type { Target } from '../../session/transport.ts';
import type { ApiKeys } from '../../wire/keys.ts';
import { trySession, type Trial } from '../../session/trial.ts';
import { failedStep, type FailedStep } from './steps.ts';

/** What sessions with one device have shown. */
export interface Examination {
  readonly target: Target;
  /** The last one, which counts. */
  readonly last: Trial;
  readonly attempts: number;
  readonly failedAt: FailedStep | undefined;
  /** In plain words, where it can be named. */
  readonly diagnosis: Diagnosis | undefined;
  /** The keys are right, and each stands in the other's place. */
  readonly swappedKeys: boolean;
}

export interface ExamineOptions {
  readonly target: Target;
  readonly keys: ApiKeys;
  readonly clock: Clock;
  readonly expectedSerial: string | undefined;
}

const LINGER = 1500;
const BETWEEN = 500;

/** Connects, more than once where one failure proves nothing. Never rejects. */
export async function examineDevice(options: ExamineOptions): Promise<Examination> {
  const { clock, target } = options;
  const history: Trial[] = [];
  let last = await trySession({ ...options, linger: LINGER });
  history.push(last);
  while (history.length < WRONG_AUTH_KEY_AFTER && provesNothing(last)) {
    await sleep(clock, BETWEEN);
    last = await trySession({ ...options, linger: LINGER });
    history.push(last);
  }
  const known = history.some(({ hello }) => hello !== undefined);
  return {
    target,
    last,
    attempts: history.length,
    failedAt: failedStep(last),
    diagnosis: diagnose(history, { target, known }),
    swappedKeys: last.reason.code === 'challenge-mac' && (await fitsSwapped(options)),
  };
}

/** A damaged frame, or a device that drops a connection now and then. */
function provesNothing({ reason }: Trial): boolean {
  return reason.code === 'challenge-mac' || reason.code === 'dropped';
}

async function fitsSwapped(options: ExamineOptions): Promise<boolean> {
  const { secretKey, authKey } = options.keys;
  const { reached } = await trySession({
    ...options,
    keys: { secretKey: authKey, authKey: secretKey },
    linger: 0,
  });
  return reached === 'ready';
}
