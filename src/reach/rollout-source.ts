import type { Clock } from '../base/clock.ts';
import type { ComputerConfig } from './config.ts';
import { ReachError } from './errors.ts';
import { runRolloutCommand } from './rollout-command.ts';
import { decodeText, parseRolloutText, type RolloutData } from './rollout-data.ts';
import { readRolloutFile } from './rollout-file.ts';

export interface RolloutSourceOptions {
  readonly clock: Clock;
  /** Whether a request with this GUID was made before. */
  readonly used: (requestId: string) => boolean;
  /** Environment variables that a rollout command must not see. */
  readonly withhold: readonly string[];
  readonly signal?: AbortSignal;
}

/** How long the client may take to rewrite its file after a request; it is a matter of moments. */
const REWRITE_PATIENCE = 10_000;

/**
 * Fresh rollout data for the computer, wherever its config says that it comes from.
 * @param given data that came with the call, instead of what is configured.
 * @throws ReachError NO_ROLLOUT_DATA or ROLLOUT_DATA_USED
 */
export async function obtainRolloutData(
  computer: ComputerConfig,
  given: RolloutData | undefined,
  options: RolloutSourceOptions,
): Promise<RolloutData> {
  const data = given ?? (await fetchRolloutData(computer, options));
  if (computer.remotecontrolId !== undefined && data.remotecontrolId !== computer.remotecontrolId) {
    throw new ReachError(
      'NO_ROLLOUT_DATA',
      `The rollout data is that of another computer than ${computer.name}: its RemotecontrolID differs from the configured one.`,
    );
  }
  if (options.used(data.requestId)) {
    throw new ReachError(
      'ROLLOUT_DATA_USED',
      `The rollout data for ${computer.name} has served its one request. ${REMEDIES[computer.source.kind]}`,
    );
  }
  return data;
}

const REMEDIES: Readonly<Record<ComputerConfig['source']['kind'], string>> = {
  file: 'Check that the TeamViewer client, which writes it anew, is running.',
  command: 'Check that the command reads it anew, and that the TeamViewer client is running.',
  typed: 'Enter the values that the TeamViewer client has written since.',
  'by hand': 'Give the values that the TeamViewer client has written since.',
};

async function fetchRolloutData(
  computer: ComputerConfig,
  { clock, used, withhold, signal }: RolloutSourceOptions,
): Promise<RolloutData> {
  const { source } = computer;
  const abort = signal ? { signal } : {};
  switch (source.kind) {
    case 'file':
      return readRolloutFile({ path: source.path, patience: REWRITE_PATIENCE, used, ...abort }, clock);
    case 'command': {
      const { command, timeout } = source;
      const output = await runRolloutCommand({ command, timeout, withhold, ...abort }, clock);
      return parseRolloutText(decodeText(output), 'the output of the rollout command');
    }
    case 'typed':
      return source.data;
    case 'by hand':
      throw new ReachError(
        'NO_ROLLOUT_DATA',
        `No way to get the rollout data of ${computer.name} is configured: set rolloutCommand or rolloutFile, or give it with the call.`,
      );
  }
}
