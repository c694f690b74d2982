import { isObject, own, type JsonObject } from '../base/json.ts';

/** A value of a row; the settings page leaves an empty text or null where somebody cleared an input. */
export function present(row: JsonObject, key: string): unknown {
  const value = own(row, key);
  return value === null || value === '' ? undefined : value;
}

/** Whether nobody has filled in this row of a list. The settings page leaves such. */
export function isBlankRow(row: unknown): boolean {
  return row === null || (isObject(row) && Object.keys(row).every((key) => present(row, key) === undefined));
}
