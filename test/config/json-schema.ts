import { isObject } from '../../src/base/json.ts';

/** What config.schema.json uses of JSON schema, and a little of the settings page's own. */
export interface Schema {
  readonly title?: string;
  readonly description?: string;
  readonly type: string;
  readonly default?: unknown;
  readonly placeholder?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly oneOf?: readonly { readonly title: string; readonly enum: readonly unknown[] }[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly 'x-schema-form'?: { readonly type: string };
}

const KNOWN: readonly string[] = [
  'title',
  'description',
  'type',
  'default',
  'placeholder',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'maxItems',
  'pattern',
  'oneOf',
  'required',
  'properties',
  'items',
  'x-schema-form',
];

const IS_TYPE: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: Number.isInteger,
  boolean: (value) => typeof value === 'boolean',
};

/** Where a value is not as a schema says, e.g. "devices[0].port is more than 65535". Unknown keys are wrong. */
export function violations(schema: Schema, value: unknown, at = 'config'): string[] {
  const strange = Object.keys(schema).find((word) => !KNOWN.includes(word));
  if (strange !== undefined) throw new Error(`${at}: this validator does not know "${strange}"`);
  if (!IS_TYPE[schema.type]?.(value)) return [`${at} is not of type ${schema.type}`];
  if (typeof value === 'number') return ofNumber(schema, value, at);
  if (typeof value === 'string') return ofText(schema, value, at);
  if (Array.isArray(value)) {
    const many = schema.maxItems !== undefined && value.length > schema.maxItems;
    const { items } = schema;
    const inside = items ? value.flatMap((item, index) => violations(items, item, `${at}[${index}]`)) : [];
    return many ? [`${at} has more than ${schema.maxItems} items`, ...inside] : inside;
  }
  return isObject(value) ? ofObject(schema, value, at) : [];
}

function ofNumber({ minimum = -Infinity, maximum = Infinity }: Schema, value: number, at: string): string[] {
  if (value < minimum) return [`${at} is less than ${minimum}`];
  return value > maximum ? [`${at} is more than ${maximum}`] : [];
}

function ofText(schema: Schema, value: string, at: string): string[] {
  const { minLength = 0, maxLength = Infinity, pattern, oneOf } = schema;
  const problems: string[] = [];
  if (value.length < minLength || value.length > maxLength) problems.push(`${at} is too short or too long`);
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) problems.push(`${at} has a wrong form`);
  if (oneOf && !oneOf.some((choice) => choice.enum.includes(value))) problems.push(`${at} is no choice`);
  return problems;
}

function ofObject(schema: Schema, value: Record<string, unknown>, at: string): string[] {
  const { required = [], properties = {} } = schema;
  return [
    ...required.filter((key) => !Object.hasOwn(value, key)).map((key) => `${at}.${key} is missing`),
    ...Object.entries(value).flatMap(([key, inside]) => {
      const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
      return property ? violations(property, inside, `${at}.${key}`) : [`${at}.${key} is no setting`];
    }),
  ];
}
