/** What a soak counts, over all of its devices. */
export class Tally {
  /** Times at which Home was compared with the gate, faults off. */
  checks = 0;
  writes = 0;
  faults = 0;
  /** Sessions that were made. */
  sessions = 0;
  pluginRestarts = 0;
  /** Lines at info, warn and error. */
  lines = 0;
  warnings = 0;
  /** Milliseconds from the end of the faults to a session, at most. */
  longestReconnect = 0;
  /** Milliseconds from the end of the faults to the truth, at most; a gate on its way is not counted. */
  longestUntilTrue = 0;
  readonly outcomes = new Map<string, number>();
  readonly mismatches: string[] = [];
  readonly missedReconnects: string[] = [];
  readonly wrongCommands: string[] = [];
  /** Anything else that must not be. */
  readonly accidents: string[] = [];

  wrote(outcome: string): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
  }

  get isGood(): boolean {
    return this.problems.length === 0;
  }

  get problems(): readonly string[] {
    return [...this.mismatches, ...this.missedReconnects, ...this.wrongCommands, ...this.accidents];
  }
}
