import { describe, expect, test } from 'vitest';
import { Stage, type Outcome, type StageOptions } from './stage.ts';

/** One case of the behaviour table. */
export interface Row {
  readonly name: string;
  readonly logging?: 'on' | 'off';
  readonly stage?: StageOptions;
  /** Resolves with the outcome of the write in question, where there is one. */
  readonly play: (stage: Stage) => Promise<unknown>;
  readonly told: readonly string[];
  readonly outcome?: Outcome;
  readonly warnings?: number;
  readonly sent?: readonly string[];
}

/** Plays each row with logging on and off; a row with `logging` that way only. */
export function playRows(rows: readonly Row[]): void {
  for (const logging of ['on', 'off'] as const) {
    describe(`logging ${logging}`, () => {
      test.each(rows.filter((row) => (row.logging ?? logging) === logging))('$name', async (row) => {
        const stage = new Stage({
          ...row.stage,
          device: { ...row.stage?.device, logging: logging === 'on' },
        });
        const outcome = await row.play(stage);
        expect(stage.told).toEqual(row.told);
        if (row.outcome) expect(outcome).toBe(row.outcome);
        if (row.sent) expect(stage.device.sent).toEqual(row.sent);
        if (row.warnings !== undefined) expect(stage.log.at('warn')).toHaveLength(row.warnings);
        stage.door.stop();
      });
    });
  }
}
