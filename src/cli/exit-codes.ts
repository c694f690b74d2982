/** What the command line ends with. Scripts rely on these: a number, once given, keeps its meaning. */
export const EXIT_CODES = { ok: 0, failed: 1, usage: 2, offline: 3, refused: 4, unknown: 5 } as const;

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

const MEANINGS: Readonly<Record<keyof typeof EXIT_CODES, string>> = {
  ok: 'it did what was asked',
  failed: 'it did not; one line on standard error says why',
  usage: 'the command line makes no sense: unknown command, unknown option, bad value',
  offline: 'no connection to the device or to the running plugin; nothing was sent',
  refused: 'the device or the plugin said no: busy, read-only, not offered by this device',
  unknown: 'it was sent and not answered: the device may have carried it out',
};

/** For `--help`. */
export function exitCodesHelp(): string {
  const lines = Object.entries(MEANINGS).map(
    ([name, meaning]) => `  ${EXIT_CODES[name as keyof typeof EXIT_CODES]}  ${meaning}\n`,
  );
  return `\nExit codes:\n${lines.join('')}`;
}

/** By the stable codes of our own errors, so that none of the files that define them has to be loaded. */
const BY_ERROR_CODE: ReadonlyMap<string, ExitCode> = new Map([
  ['USAGE', EXIT_CODES.usage],
  ...['OFFLINE', 'EXPIRED', 'NO_PLUGIN', 'STALE', 'DISCONNECTED', 'TIMEOUT', 'NO_PERMISSION'].map(
    (code) => [code, EXIT_CODES.offline] as const,
  ),
  ...['BUSY', 'RELAY_BUSY', 'NO_SENSOR', 'REJECTED', 'NOT_SUPPORTED', 'NOT_NOW', 'READ_ONLY'].map(
    (code) => [code, EXIT_CODES.refused] as const,
  ),
  ...['NO_ANSWER', 'CONNECTION_LOST'].map((code) => [code, EXIT_CODES.unknown] as const),
]);

/** What an error ends the program with. */
export function exitCodeOf(error: unknown): ExitCode {
  if (!(error instanceof Error)) return EXIT_CODES.failed;
  const { code, outcome } = error as { readonly code?: unknown; readonly outcome?: unknown };
  if (outcome === 'unknown') return EXIT_CODES.unknown;
  return (typeof code === 'string' ? BY_ERROR_CODE.get(code) : undefined) ?? EXIT_CODES.failed;
}
