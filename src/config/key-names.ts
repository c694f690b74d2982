import * as v from 'valibot';
import { isObject } from '../base/json.ts';
import { keyNumber } from './buttons.ts';
import { name } from './field.ts';
import { isBlankRow, present } from './rows.ts';
import { suggest } from './suggest.ts';

/** What the owner calls a key of the device. */
export interface KeyName {
  /** As the Remootio app shows it. */
  readonly keyNumber: number;
  readonly name: string;
}

const PARTS = { keyNumber, name } as const satisfies Record<keyof KeyName, unknown>;

export const KEY_NAME_KEYS = Object.keys(PARTS) as readonly (keyof KeyName)[];

/** More keys than any device has. */
export const MOST_KEY_NAMES = 250;

/** Reads the list of names of keys. A row that nobody has filled in is none. */
export const keyNames = () =>
  v.pipe(
    v.optional(v.array(v.unknown(), 'is not a list'), []),
    v.rawTransform<unknown[], readonly KeyName[]>(({ dataset, addIssue, NEVER }) => {
      const found: KeyName[] = [];
      for (const [index, row] of dataset.value.entries()) {
        const result = isBlankRow(row) ? undefined : parseKeyName(row, found);
        if (typeof result === 'string') {
          addIssue({ message: `(number ${index + 1}) ${result}` });
          return NEVER;
        }
        if (result) found.push(result);
      }
      if (found.length <= MOST_KEY_NAMES) return found;
      addIssue({ message: `are more than ${MOST_KEY_NAMES}` });
      return NEVER;
    }),
  );

/** @returns the name of the key, or what is wrong with it */
function parseKeyName(row: unknown, before: readonly KeyName[]): KeyName | string {
  if (!isObject(row)) return 'is not a key with a name';
  const unknown = Object.keys(row).find((key) => !Object.hasOwn(PARTS, key));
  if (unknown !== undefined) {
    // The key itself is not quoted: it may be anything.
    const meant = suggest(unknown, KEY_NAME_KEYS);
    return `has a setting that names of keys do not have${meant === undefined ? '' : `; did you mean ${meant}?`}`;
  }
  const number = v.safeParse(PARTS.keyNumber, present(row, 'keyNumber'), { abortEarly: true });
  if (!number.success) return `keyNumber ${problem(row, 'keyNumber', number.issues[0].message)}`;
  const text = v.safeParse(PARTS.name, present(row, 'name'), { abortEarly: true });
  if (!text.success) return `name ${problem(row, 'name', text.issues[0].message)}`;
  const twin = before.find((other) => other.keyNumber === number.output);
  return twin ? `gives key ${number.output} a second name` : { keyNumber: number.output, name: text.output };
}

function problem(row: Readonly<Record<string, unknown>>, key: keyof KeyName, message: string): string {
  return present(row, key) === undefined ? 'is missing' : message;
}
