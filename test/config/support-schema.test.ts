import { describe, expect, it } from 'vitest';
import { COMPUTER_FIELDS, SUPPORT_FIELDS } from '../../src/reach/config-fields.ts';
import { parseRemoteSupport, type ComputerConfig } from '../../src/reach/config.ts';
import { parsePlatform } from './helpers.ts';
import { violations, type Schema } from './json-schema.ts';
import { schemaFile, type LayoutItem } from './schema-file.ts';

const supportSchema = schemaFile.schema.properties['remoteSupport']!;
const support = supportSchema.properties!;
const { computers } = support;
const computerSchema = computers!.items!;
const computer = computerSchema.properties!;

const STUDY = { name: 'Study', platform: 'windows' };
const supportWith = (changes: object) => parseRemoteSupport({ tenantId: 't0001', computers: [], ...changes });
const computerWith = (changes: object) => supportWith({ computers: [{ ...STUDY, ...changes }] });

const flatten = (items: readonly (string | LayoutItem)[]): readonly LayoutItem[] =>
  items.flatMap((item) =>
    typeof item === 'string' ? [{ key: item }] : [item, ...flatten(item.items ?? [])],
  );
const items = flatten(schemaFile.layout).filter(({ key }) => key?.startsWith('remoteSupport.'));
const itemOf = (key: string): LayoutItem => items.find((item) => item.key === `remoteSupport.${key}`)!;

it('is a key of the platform, which the rest of the config has nothing to say about', () => {
  const { problems } = parsePlatform({ platform: 'Gatehouse', devices: [], remoteSupport: 7 });
  expect(problems).toEqual([]);
});

it('has the keys that the parser knows, and no others', () => {
  expect(Object.keys(support).sort()).toEqual([...Object.keys(SUPPORT_FIELDS), 'computers'].sort());
  expect(Object.keys(computer).sort()).toEqual(Object.keys(COMPUTER_FIELDS).sort());
});

it('requires of a computer what the parser requires, and of who has none nothing', () => {
  expect(computerSchema.required).toEqual(['name', 'platform']);
  for (const key of ['name', 'platform'])
    expect(computerWith({ [key]: undefined }).config?.computers).toEqual([]);
  expect(supportSchema.required).toBeUndefined();
});

type Row = readonly [what: string, schema: Schema, parse: (value: unknown) => readonly unknown[]];

/** Each setting, and the problems that the parser has with a value of it. */
const rows: readonly Row[] = [
  ...Object.entries(support).map(([key, schema]): Row => [
    key,
    schema,
    (value) => supportWith({ [key]: value }).problems,
  ]),
  ...Object.entries(computer).map(([key, schema]): Row => [
    `computers[].${key}`,
    schema,
    (value) => computerWith({ [key]: value }).problems,
  ]),
];

describe.each(rows)('%s', (_key, schema, problemsWith) => {
  it('has a title and a description in whole sentences', () => {
    expect(schema.title).toMatch(/^[A-Z]/);
    expect(schema.description).toMatch(/\.$/);
  });

  it('has the bounds, the choices and the form that the parser has', () => {
    const { minimum, maximum, maxLength, oneOf = [], pattern } = schema;
    if (minimum !== undefined) {
      expect([problemsWith(minimum).length, problemsWith(minimum / 2).length]).toEqual([0, 1]);
    }
    if (maximum !== undefined) {
      expect([problemsWith(maximum).length, problemsWith(maximum + 1).length]).toEqual([0, 1]);
    }
    if (maxLength !== undefined) {
      expect([
        problemsWith('x'.repeat(maxLength)).length,
        problemsWith('x'.repeat(maxLength + 1)).length,
      ]).toEqual([0, 1]);
    }
    for (const { enum: words } of oneOf) expect(problemsWith(words[0])).toEqual([]);
    if (oneOf.length > 0) expect(problemsWith('none of them')).toHaveLength(1);
    if (pattern === undefined) return;
    for (const text of ['t0001', 'r124124124', 'A_NAME', '0001', 'a b', 'ä']) {
      const isRight = violations(schema, text).length === 0;
      expect([text, problemsWith(text).length === 0]).toEqual([text, isRight]);
    }
  });
});

/** Placeholders in words, such as "never", say what happens without a value. */
const examples = rows.flatMap(([key, { placeholder, default: implied }, problemsWith]) =>
  [implied, placeholder?.match(/[/_]|\d/) ? placeholder : undefined]
    .filter((example) => example !== undefined)
    .map(
      (example) =>
        [
          key,
          typeof example === 'string' && /^\d+$/.test(example) ? Number(example) : example,
          problemsWith,
        ] as const,
    ),
);

it.each(examples)('%s: the parser takes %j, which the form shows', (_key, example, problemsWith) => {
  expect(problemsWith(example)).toEqual([]);
});

it('takes for not entered what a form leaves behind', () => {
  const blank = { rolloutCommand: [], rolloutFile: '', rolloutData: { RolloutKey: '', RequestID: null } };
  const { config, problems } = computerWith({ ...blank, remotecontrolId: '', revokeAfterHours: null });
  expect(problems).toEqual([]);
  expect(config?.computers[0]).toMatchObject({
    source: { kind: 'by hand' },
  } satisfies Partial<ComputerConfig>);
});

it('takes the rollout data of the form', () => {
  const names = Object.keys(computer['rolloutData']!.properties!);
  const values = ['0123', '8c4fa1a7-9d1c-41e9-be17-70e95c289080', 'r124'];
  const rolloutData = Object.fromEntries(names.map((name, index) => [name, values[index]]));
  const { config } = computerWith({ rolloutData });
  expect(config?.computers[0]?.source).toMatchObject({ kind: 'typed', data: { remotecontrolId: 'r124' } });
});

describe('the form', () => {
  it('shows each setting once, but for the names of fields, which are for experts', () => {
    const inside = Object.keys(computer['rolloutData']!.properties!).map((key) => `rolloutData.${key}`);
    const expected = [
      ...Object.keys(support).filter((key) => key !== 'fieldNames'),
      ...[...Object.keys(computer).filter((key) => key !== 'rolloutData'), 'rolloutCommand[]', ...inside].map(
        (key) => `computers[].${key}`,
      ),
    ].map((key) => `remoteSupport.${key}`);
    expect(items.map(({ key }) => key).sort()).toEqual(expected.sort());
  });

  it.each(['scriptToken', 'computers[].rolloutData.RolloutKey'])('hides %s while it is typed', (key) => {
    expect(itemOf(key).type).toBe('password');
    const schema = key === 'scriptToken' ? support[key] : computer['rolloutData']!.properties!['RolloutKey'];
    expect(schema?.['x-schema-form']?.type).toBe('password');
  });

  /** The settings page runs a condition in the same way. */
  const runs = (
    { condition }: LayoutItem,
    remoteSupport: object | undefined,
    at: readonly number[] = [],
  ): boolean => {
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    const shown = new Function('model', 'arrayIndices', condition!.functionBody) as (
      ...args: unknown[]
    ) => unknown;
    return Boolean(shown({ remoteSupport }, at));
  };

  it('asks for more only where there is a tenant', () => {
    const rest = flatten(schemaFile.layout).find(
      (item) => item.condition && item.items?.includes('remoteSupport.revokeAfterHours'),
    )!;
    expect([undefined, {}, { tenantId: 't1' }].map((model) => runs(rest, model))).toEqual([
      false,
      false,
      true,
    ]);
  });

  it.each([
    ['scriptToken', { scriptTokenFile: '/x' }],
    ['scriptTokenFile', { scriptToken: 'x' }],
  ])('shows %s, but not with %j', (key, doesNot) => {
    expect([undefined, {}, doesNot].map((model) => runs(itemOf(key), model))).toEqual([true, true, false]);
  });

  it.each([
    ['rolloutCommand', { rolloutCommand: [] }, { rolloutFile: '/x' }],
    ['rolloutFile', { rolloutCommand: [] }, { rolloutCommand: ['x'] }],
    ['rolloutCommandTimeoutSeconds', { rolloutCommand: ['x'] }, { rolloutCommand: [] }],
    ['rolloutData.RolloutKey', {}, { rolloutFile: '/x' }],
    ['rolloutData.RequestID', { rolloutCommand: [] }, { rolloutCommand: ['x'] }],
    ['rolloutData.RemotecontrolID', {}, { rolloutFile: '/x' }],
  ])('shows %s of a computer with %j, and not with %j', (key, applies, doesNot) => {
    const model = { computers: [doesNot, applies] };
    expect(runs(itemOf(`computers[].${key}`), model, [1])).toBe(true);
    expect(runs(itemOf(`computers[].${key}`), model, [0])).toBe(false);
  });
});
