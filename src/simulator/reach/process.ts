import { systemClock, type Clock } from '../../base/clock.ts';
import { ReachBackend, type ReachBackendOptions } from './backend.ts';

export interface ReachBackendProcessOptions extends ReachBackendOptions {
  /** 0 for any that is free. */
  readonly port?: number;
  /** Takes one JSON object a line. No line holds a token, a key or a link. */
  readonly print: (line: string) => void;
  /** Ends the backend. */
  readonly signal: AbortSignal;
  readonly clock?: Clock;
}

/**
 * A simulated REACH backend as a program: everything that happens is a line, `{"event":"listening",…}` first.
 * It is driven over HTTP, by the calls below `/simulator/`. Resolves when the signal is aborted.
 * @throws the system's error when the port cannot be had.
 */
export async function runReachBackend(options: ReachBackendProcessOptions): Promise<void> {
  const { print, signal, port = 0, clock = systemClock } = options;
  const backend = new ReachBackend(options);
  const say = (line: object): void => print(JSON.stringify({ ...line, time: clock.now() }));
  backend.happened.on(say);
  const apiBase = await backend.start(port);
  const computers = [...backend.targets.values()].map(({ settings }) => ({
    remotecontrolId: settings.remotecontrolId,
    ...(settings.rolloutFile === undefined ? {} : { rolloutFile: settings.rolloutFile }),
  }));
  say({ event: 'listening', apiBase, computers });
  try {
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
  } finally {
    await backend.stop();
  }
}
