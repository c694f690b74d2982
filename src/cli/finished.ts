import type { ExitCode } from './exit-codes.ts';

/** Ends the program with an exit code; whatever there is to say has been said. */
export class Finished extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode) {
    super(`exit code ${exitCode}`);
    this.exitCode = exitCode;
  }
}
