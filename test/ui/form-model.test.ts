import { describe, expect, it } from 'vitest';
import { schemaFile } from '../config/schema-file.ts';
import {
  buildForm,
  choicesOf,
  partOf,
  pathOf,
  textKey,
  type FieldNode,
  type FormNode,
} from '../../src/ui/public/form-model.ts';

const form = buildForm(schemaFile.schema, schemaFile.layout);
const fields = (nodes: readonly FormNode[]): readonly FieldNode[] =>
  nodes.flatMap((node) => (node.kind === 'field' ? [node] : fields(node.children)));
const named = (name: string): FieldNode => {
  const found = fields(form).find(({ path }) => textKey(path) === name);
  if (!found) throw new Error(`${name} is not in the form`);
  return found;
};

interface Described {
  readonly type: string;
  readonly properties?: Readonly<Record<string, Described>>;
  readonly items?: Described;
}

/** Every setting of the schema, by its name; what is set in JSON alone is not among them. */
function settings({ properties = {}, items }: Described, path = ''): readonly string[] {
  const own = Object.entries(properties).flatMap(([key, child]) =>
    settings(child, path === '' ? key : `${path}.${key}`),
  );
  if (items?.type === 'object') return settings(items, path);
  return own.length > 0 || path === '' ? own : [path];
}

describe('the form of config.schema.json', () => {
  it('has every setting once', () => {
    const inForm = fields(form).map(({ path }) => textKey(path));
    const bySchema = settings(schemaFile.schema).filter((name) => name !== 'remoteSupport.fieldNames');
    expect(inForm.toSorted()).toEqual(bySchema.toSorted());
  });

  it('keeps what is secret out of sight', () => {
    const secrets = fields(form).filter(({ secret }) => secret);
    expect(secrets.map(({ path }) => textKey(path)).toSorted()).toEqual([
      'devices.apiAuthKey',
      'devices.apiSecretKey',
      'remoteSupport.computers.rolloutData.RolloutKey',
      'remoteSupport.scriptToken',
    ]);
  });

  it('knows what is needed', () => {
    expect(named('devices.host').required).toBe(true);
    expect(named('devices.port').required).toBe(false);
  });

  it('knows what can be chosen', () => {
    expect(choicesOf(named('devices.secondary').schema).map(({ value }) => value)).toEqual([
      'none',
      'switch',
      'door',
    ]);
    expect(choicesOf({ enum: ['a', 2] })).toEqual([
      { value: 'a', title: 'a' },
      { value: '2', title: '2' },
    ]);
    expect(choicesOf({ type: 'string' })).toEqual([]);
  });

  it('comes apart into remote support and the rest', () => {
    const support = fields(partOf(form, ([first]) => first === 'remoteSupport'));
    const rest = fields(partOf(form, ([first]) => first !== 'remoteSupport'));
    expect(support.length + rest.length).toBe(fields(form).length);
    expect(support.every(({ path }) => path[0] === 'remoteSupport')).toBe(true);
    expect(support.length).toBeGreaterThan(10);
  });
});

it.each([
  ['name', ['name'], 'name'],
  ['journal.enabled', ['journal', 'enabled'], 'journal.enabled'],
  ['devices[].buttons[].name', ['devices', '[]', 'buttons', '[]', 'name'], 'devices.buttons.name'],
])('%s', (key, path, name) => {
  expect(pathOf(key)).toEqual(path);
  expect(textKey(path)).toBe(name);
});

it('passes over what it does not know', () => {
  const schema = { type: 'object', properties: { name: { type: 'string' } } };
  expect(
    buildForm(schema, ['name', 'unheard.of', 7, null, { type: 'help' }, { type: 'flex', items: [] }]),
  ).toEqual([{ kind: 'field', path: ['name'], schema: { type: 'string' }, required: false, secret: false }]);
});

it('makes a form of objects for which the layout says nothing', () => {
  const schema = {
    type: 'object',
    properties: {
      list: { type: 'array', items: { type: 'object', properties: { a: { type: 'string' } } } },
      one: { type: 'object', title: 'One', required: ['b'], properties: { b: { type: 'number' } } },
    },
  };
  expect(buildForm(schema, ['list', 'one'])).toMatchObject([
    { kind: 'list', path: ['list'], children: [{ kind: 'field', path: ['list', '[]', 'a'] }] },
    { kind: 'group', title: 'One', children: [{ kind: 'field', path: ['one', 'b'], required: true }] },
  ]);
});
