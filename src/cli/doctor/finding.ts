/** What one check of the doctor says. */
export interface Finding {
  /** Stable, for programs. */
  readonly check: string;
  readonly outcome: 'ok' | 'warning' | 'failed' | 'skipped';
  /** What was tried. */
  readonly tried: string;
  /** What came back. */
  readonly found: string;
  /** What to do, where there is anything. */
  readonly todo?: string | undefined;
}

/** What the checks of one subject found: one device, or this computer. */
export interface Section {
  readonly title: string;
  readonly findings: readonly Finding[];
}

export function ok(check: string, tried: string, found: string): Finding {
  return { check, outcome: 'ok', tried, found };
}

export function warning(check: string, tried: string, found: string, todo: string): Finding {
  return { check, outcome: 'warning', tried, found, todo };
}

export function failed(check: string, tried: string, found: string, todo: string): Finding {
  return { check, outcome: 'failed', tried, found, todo };
}

export function skipped(check: string, why: string): Finding {
  return { check, outcome: 'skipped', tried: 'nothing', found: why };
}
