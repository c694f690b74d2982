import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { messageOf, systemCode } from '../base/errors.ts';
import { runReachBackend } from '../simulator/reach/process.ts';
import { untilInterrupted } from './action.ts';
import { CliError } from './cli-error.ts';
import { terminalOf } from './terminal.ts';
import { UsageError } from './usage-error.ts';
import { whole } from './whole-number.ts';

interface SimulateFlags {
  readonly port: number;
  readonly tenant: string;
  readonly computer: readonly string[];
  readonly rolloutFolder?: string;
  readonly rolloutFormat: 'json' | 'key=value';
  readonly keyFormat: 'pkcs1' | 'pkcs8';
  readonly unregisterPath: 'current' | '2018' | 'both';
  readonly tokenFile?: string;
}

const TOKEN_VARIABLE = 'GATEHOUSE_SCRIPT_TOKEN';
/** Of a simulation, hence no secret. */
const USUAL_TOKEN = 'simulated-script-token';

export function define(command: Command): void {
  const choice = (flags: string, what: string, values: readonly string[]) =>
    command.createOption(flags, what).choices(values).default(values[0]);
  command
    .description(
      'Runs a REACH backend with simulated computers behind it, on this machine alone. Everything that happens' +
        ' is one JSON object a line on standard output; the first one tells where it listens.',
    )
    .option('--port <number>', 'port to listen on, 0 for any that is free', whole(0, 65_535), 8090)
    .option('--tenant <id>', 'the tenant that the script token belongs to', 't0001')
    .option('--computer <ids...>', 'RemotecontrolIDs of the computers', ['r124124124'])
    .option(
      '--rollout-folder <folder>',
      'where each computer writes its rollout file, <RemotecontrolID>.rollout',
    )
    .addOption(choice('--rollout-format <format>', 'how it is written', ['json', 'key=value']))
    .addOption(choice('--key-format <format>', 'how private keys are written', ['pkcs1', 'pkcs8']))
    .addOption(choice('--unregister-path <revision>', 'whose path it knows', ['current', '2018', 'both']))
    .option('--token-file <file>', 'a file with the script token that it accepts')
    .addHelpText('after', HELP)
    .action(async (flags: SimulateFlags) => {
      const { out } = terminalOf(command);
      const token = await readToken(flags.tokenFile);
      await untilInterrupted((signal) => simulate(flags, token, out, signal));
    });
}

async function simulate(
  flags: SimulateFlags,
  token: string,
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { computer, keyFormat, port, rolloutFolder, rolloutFormat, tenant, unregisterPath } = flags;
  const wrong = computer.find((id) => !/^r[A-Za-z0-9-]+$/.test(id));
  if (wrong !== undefined)
    throw new UsageError('--computer takes RemotecontrolIDs, which begin with the letter r.');
  try {
    await runReachBackend({
      tokens: [{ token, tenantId: tenant }],
      targets: computer.map((remotecontrolId) => ({
        remotecontrolId,
        keyFormat,
        rolloutFormat,
        ...(rolloutFolder !== undefined && {
          rolloutFile: join(rolloutFolder, `${remotecontrolId}.rollout`),
        }),
      })),
      unregisterPath,
      port,
      print,
      signal,
    });
  } catch (error) {
    if (systemCode(error) !== 'EADDRINUSE') throw error;
    throw new UsageError(`Port ${port} is in use: choose another with --port.`);
  }
}

async function readToken(path: string | undefined): Promise<string> {
  if (path === undefined) return process.env[TOKEN_VARIABLE]?.trim() ?? USUAL_TOKEN;
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    throw new CliError('BAD_CONFIG', `--token-file cannot be read (${messageOf(error)}).`, { cause: error });
  }
}

const HELP = `
The script token is that of --token-file, else of the environment (${TOKEN_VARIABLE}), else "${USUAL_TOKEN}".

Calls for tests, JSON over HTTP:
  POST /simulator/verify-link    {"link": "teamviewerapi://…"}: does the computer let it in?
  GET  /simulator/state          which device keys the computers have
  POST /simulator/rollout-data   {"remotecontrol_id": "r124124124"}: what its rollout file holds
  POST /simulator/computer       {"remotecontrol_id": "r124124124", "online": false}
  POST /simulator/faults         {"kind": "status", "status": 429, "retryAfter": "2", "call": "unregister", "times": 1}
  DELETE /simulator/faults
  POST /simulator/case-style     {"style": "PascalCase"}
`;
