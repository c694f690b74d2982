import * as v from 'valibot';
import { isObject } from '../base/json.ts';
import { amount, flag } from './field.ts';
import { present } from './rows.ts';
import { suggest } from './suggest.ts';

/** Whether a journal is kept, and how much of it. */
export interface JournalConfig {
  readonly enabled: boolean;
  readonly maxMegabytes: number;
  readonly maxDays: number;
}

/** Some 25 000 entries, and a year with the days around it. */
export const JOURNAL_DEFAULTS: JournalConfig = { enabled: true, maxMegabytes: 5, maxDays: 400 };

const FIELDS = {
  enabled: flag(),
  maxMegabytes: amount(0.1, 1000, 'megabyte'),
  maxDays: amount(1, 3650, 'day'),
} as const satisfies Record<keyof JournalConfig, v.GenericSchema<unknown, unknown>>;

export const JOURNAL_KEYS = Object.keys(FIELDS) as readonly (keyof JournalConfig)[];

export interface ParsedJournal {
  readonly config: JournalConfig;
  /** What is wrong with it; what is wrong has its default, since a gate must not depend on a journal. */
  readonly problems: readonly string[];
}

/** Reads `journal`, which is left out, `false`, or its settings. Never throws. */
export function parseJournalConfig(value: unknown): ParsedJournal {
  if (value === undefined || value === null || value === true)
    return { config: JOURNAL_DEFAULTS, problems: [] };
  if (value === false) return { config: { ...JOURNAL_DEFAULTS, enabled: false }, problems: [] };
  if (!isObject(value)) {
    return {
      config: JOURNAL_DEFAULTS,
      problems: ['journal is neither false nor settings; it is kept as usual'],
    };
  }
  const problems = Object.keys(value).flatMap((key) => unknownKey(key));
  const config: Record<string, unknown> = { ...JOURNAL_DEFAULTS };
  for (const key of JOURNAL_KEYS) {
    const given = present(value, key);
    if (given === undefined) continue;
    const result = v.safeParse(FIELDS[key], given, { abortEarly: true });
    if (result.success) config[key] = result.output;
    else
      problems.push(`journal.${key} ${result.issues[0].message}; ${String(JOURNAL_DEFAULTS[key])} is used`);
  }
  // Every key has the output of its own schema, or its default.
  return { config: config as unknown as JournalConfig, problems };
}

/** The key itself is not quoted: it may be anything. */
function unknownKey(key: string): readonly string[] {
  if (Object.hasOwn(FIELDS, key)) return [];
  const meant = suggest(key, JOURNAL_KEYS);
  const remedy = meant === undefined ? 'remove it' : `did you mean ${meant}?`;
  return [`journal has a setting that it does not know, which has no effect; ${remedy}`];
}
