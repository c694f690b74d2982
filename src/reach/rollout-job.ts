import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { ReachError } from './errors.ts';

/**
 * One rollout with those who wait for it. Once nobody does, or it is revoked, it is called off: what has not
 * been sent is not sent, and a key that comes all the same is unregistered.
 */
export class RolloutJob {
  readonly #abort = new AbortController();
  readonly #done: Promise<void>;
  #waiting = 0;
  #calledOff: ReachError | undefined;

  constructor(run: (job: RolloutJob) => Promise<void>) {
    this.#done = run(this);
    // Whoever waits hears of it through `join`; nobody may.
    this.#done.catch(() => undefined);
  }

  /** Why its result is not wanted any more. */
  get calledOff(): ReachError | undefined {
    return this.#calledOff;
  }

  /** Aborted when it is called off: for the steps before the call, whose end nobody need wait for. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Resolves when it has ended, however it did. */
  async ended(): Promise<void> {
    await this.#done.catch(() => undefined);
  }

  callOff(reason: ReachError): void {
    this.#calledOff ??= reason;
    this.#abort.abort(reason);
  }

  /**
   * Waits for the end, at most until the deadline (monotonic time), and not once it is called off.
   * @throws ReachError DEADLINE, CANCELLED, or why the rollout failed.
   */
  join(deadline: number | undefined, clock: Clock): Promise<void> {
    this.#waiting++;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => settle(() => reject(this.#calledOff ?? new Error('called off')));
      const settle = (then: () => void): void => {
        limit?.cancel();
        this.signal.removeEventListener('abort', onAbort);
        then();
      };
      const limit =
        deadline === undefined
          ? undefined
          : clock.after(deadline - clock.monotonic(), () => {
              settle(() => reject(tooLate()));
              if (--this.#waiting === 0) this.callOff(tooLate());
            });
      if (this.signal.aborted) onAbort();
      else this.signal.addEventListener('abort', onAbort, { once: true });
      this.#done.then(
        () => settle(resolve),
        (error: unknown) =>
          settle(() => reject(error instanceof Error ? error : new Error(messageOf(error)))),
      );
    });
  }
}

function tooLate(): ReachError {
  return new ReachError(
    'DEADLINE',
    'The rollout took too long and was called off; a key that is made all the same is unregistered.',
    { outcome: 'unknown' },
  );
}
