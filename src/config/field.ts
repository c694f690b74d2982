import * as v from 'valibot';

/** One key of the config: its shape, what it is without being given, and what to do when it is wrong. */
export interface Field {
  /** Every message in it must be its own: valibot's own ones quote what they received. */
  readonly schema: v.GenericSchema<unknown, unknown>;
  readonly required: boolean;
  /** What the reader of the log can do. */
  readonly remedy: string;
}

export const field = <Schema extends v.GenericSchema<unknown, unknown>, Required extends boolean>(
  required: Required,
  schema: Schema,
  remedy: string,
) => ({ required, schema, remedy }) as const;

/** One of several words. Valibot's picklist would quote what it received. */
export const choice = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  v.picklist(words, `is none of ${words.map((word) => `"${word}"`).join(', ')}`);

/** What Apple Home and the log are to call something. */
export const name = v.pipe(
  v.string('is not a text'),
  v.trim(),
  v.nonEmpty('is empty'),
  v.maxLength(64, 'is longer than 64 characters'),
);

export const flag = () => v.optional(v.boolean('is neither true nor false'), false);

/** A number with a unit, for example from 1 to 600 seconds. */
export const amount = (least: number, most: number, unit: string) =>
  v.pipe(
    v.number('is not a number'),
    v.minValue(least, `is less than ${least} ${least === 1 ? unit : `${unit}s`}`),
    v.maxValue(most, `is more than ${most} ${unit}s`),
  );

/** Travel times in seconds: a gate that takes longer than this is not moving. */
export const travelSeconds = () => amount(1, 600, 'second');
