import { ITEM, type Path, type SettingSchema } from './form-model.ts';

/** A part of a config: whatever JSON can hold. */
export type Values = Record<string, unknown>;

/** The value of a setting. @param indices the place in each list on the way. */
export function valueAt(root: unknown, path: Path, indices: readonly number[]): unknown {
  const left = [...indices];
  let value = root;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    const key = part === ITEM ? String(left.shift() ?? 0) : part;
    value = Object.hasOwn(value, key) ? (value as Values)[key] : undefined;
  }
  return value;
}

/** A setting that is a text; empty where it is not there or something else. */
export function textOf(values: Values, key: string): string {
  const value = values[key];
  return typeof value === 'string' ? value : '';
}

/** Sets a setting, and makes what it stands in; undefined takes it out. */
export function setValueAt(root: Values, path: Path, indices: readonly number[], value: unknown): void {
  const left = [...indices];
  let place: Values = root;
  for (const [index, part] of path.slice(0, -1).entries()) {
    const key = part === ITEM ? String(left.shift() ?? 0) : part;
    const known = place[key];
    const next = typeof known === 'object' && known !== null ? known : path[index + 1] === ITEM ? [] : {};
    place[key] = next;
    place = next as Values;
  }
  const key = path.at(-1) ?? '';
  place[key] = value;
  if (value === undefined) dropEmpty(root, path, indices);
}

/** Takes out what is undefined, and the objects that hold nothing any more; an empty item stays in its list. */
function dropEmpty(root: Values, path: Path, indices: readonly number[]): void {
  const parentPath = path.slice(0, -1);
  const parent = parentPath.length === 0 ? root : valueAt(root, parentPath, indices);
  if (typeof parent !== 'object' || parent === null) return;
  Reflect.deleteProperty(parent, path.at(-1) ?? '');
  const isItem = parentPath.at(-1) === ITEM;
  if (parentPath.length > 0 && !isItem && Object.keys(parent).length === 0)
    dropEmpty(root, parentPath, indices);
}

/** What was typed into an input, as the config has it; undefined where there is nothing to say. */
export function typedValue(schema: SettingSchema, text: string): unknown {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  if (schema.type === 'array') {
    return trimmed
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  }
  if (schema.type === 'number' || schema.type === 'integer') {
    const number = Number(trimmed.replace(',', '.'));
    return Number.isFinite(number) ? number : trimmed;
  }
  return trimmed;
}

/** What is wrong with the value of a setting: which sentence, and what is put into it. */
export interface ValueProblem {
  readonly code:
    'missing' | 'number' | 'whole' | 'least' | 'most' | 'long' | 'key-digits' | 'key-length' | 'pattern';
  readonly facts: Readonly<Record<string, string | number>>;
}

/** @returns undefined when nothing is wrong; the plugin itself has the last word. */
export function valueProblem(
  schema: SettingSchema,
  value: unknown,
  { required, secret }: { readonly required: boolean; readonly secret: boolean },
): ValueProblem | undefined {
  if (value === undefined || value === null || value === '') return required ? problem('missing') : undefined;
  if (schema.type === 'number' || schema.type === 'integer') return numberProblem(schema, value);
  if (typeof value !== 'string') return undefined;
  if (schema.maxLength !== undefined && value.length > schema.maxLength)
    return problem('long', { most: schema.maxLength });
  if (schema.pattern === undefined || new RegExp(schema.pattern, 'u').test(value)) return undefined;
  return secret ? keyProblem(value) : problem('pattern');
}

function numberProblem(schema: SettingSchema, value: unknown): ValueProblem | undefined {
  if (typeof value !== 'number') return problem('number');
  if (schema.type === 'integer' && !Number.isInteger(value)) return problem('whole');
  if (schema.minimum !== undefined && value < schema.minimum)
    return problem('least', { least: schema.minimum });
  if (schema.maximum !== undefined && value > schema.maximum)
    return problem('most', { most: schema.maximum });
  return undefined;
}

function keyProblem(text: string): ValueProblem {
  const digits = text.replace(/\s+/g, '');
  return /[^0-9a-f]/i.test(digits) ? problem('key-digits') : problem('key-length', { digits: digits.length });
}

function problem(code: ValueProblem['code'], facts: ValueProblem['facts'] = {}): ValueProblem {
  return { code, facts };
}
