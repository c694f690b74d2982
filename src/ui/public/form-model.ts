import { readCondition, type Condition } from './condition.ts';

/** A setting's part of the JSON Schema, as far as it is used. */
export interface SettingSchema {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly placeholder?: string;
  readonly default?: unknown;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly enum?: readonly unknown[];
  readonly oneOf?: readonly { readonly title?: string; readonly enum?: readonly unknown[] }[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, SettingSchema>>;
  readonly items?: SettingSchema;
  readonly 'x-schema-form'?: { readonly type?: string };
}

/** `devices`, `[]`, `name`: how a setting is found, with a place in each list left open. */
export type Path = readonly string[];
export const ITEM = '[]';

interface NodeBase {
  /** Shown where this holds; always without it. */
  readonly condition?: Condition;
}

export interface FieldNode extends NodeBase {
  readonly kind: 'field';
  readonly path: Path;
  readonly schema: SettingSchema;
  readonly required: boolean;
  readonly secret: boolean;
}

export interface GroupNode extends NodeBase {
  readonly kind: 'group';
  /** Undefined for what merely stands together. */
  readonly title: string | undefined;
  /** Side by side, where there is room. */
  readonly row: boolean;
  readonly collapsed: boolean;
  readonly children: readonly FormNode[];
}

export interface ListNode extends NodeBase {
  readonly kind: 'list';
  readonly path: Path;
  readonly schema: SettingSchema;
  readonly addText: string | undefined;
  readonly children: readonly FormNode[];
}

export type FormNode = FieldNode | GroupNode | ListNode;

interface LayoutItem {
  readonly key?: string;
  readonly type?: string;
  readonly title?: string;
  readonly items?: readonly unknown[];
  readonly buttonText?: string;
  readonly expandable?: boolean;
  readonly expanded?: boolean;
  readonly condition?: { readonly functionBody?: string };
}

/** The form that config.schema.json describes: the schema says what a setting is, the layout where it stands. */
export function buildForm(schema: SettingSchema, layout: readonly unknown[]): readonly FormNode[] {
  return layout.flatMap((item) => nodeOf(schema, item) ?? []);
}

function nodeOf(root: SettingSchema, given: unknown): FormNode | undefined {
  const item: LayoutItem = typeof given === 'string' ? { key: given } : isLayoutItem(given) ? given : {};
  const body = item.condition?.functionBody;
  const condition = body === undefined ? {} : { condition: readCondition(body) };
  const children = (item.items ?? []).flatMap((each) => nodeOf(root, each) ?? []);
  if (item.key === undefined) {
    if (children.length === 0) return undefined;
    const collapsed = item.expandable === true && item.expanded !== true;
    const row = item.type === 'flex';
    return { kind: 'group', title: titleOf(item), row, collapsed, children, ...condition };
  }
  const path = pathOf(item.key);
  const schema = schemaAt(root, path);
  if (!schema) return undefined;
  if (schema.type === 'array' && schema.items?.type === 'object') {
    const own = children.length > 0 ? children : childrenOf(root, [...path, ITEM], schema.items);
    return { kind: 'list', path, schema, addText: item.buttonText, children: own, ...condition };
  }
  if (schema.type === 'object') {
    const own = children.length > 0 ? children : childrenOf(root, path, schema);
    return {
      kind: 'group',
      title: item.title ?? schema.title,
      row: false,
      collapsed: false,
      children: own,
      ...condition,
    };
  }
  const secret = item.type === 'password' || schema['x-schema-form']?.type === 'password';
  return { kind: 'field', path, schema, required: isRequired(root, path), secret, ...condition };
}

/** Every setting of an object for which the layout says nothing. */
function childrenOf(root: SettingSchema, path: Path, schema: SettingSchema): FormNode[] {
  return Object.keys(schema.properties ?? {}).flatMap((key) => nodeOf(root, keyOf([...path, key])) ?? []);
}

function titleOf({ type, title }: LayoutItem): string | undefined {
  return type === 'fieldset' || type === 'section' ? title : undefined;
}

function isLayoutItem(value: unknown): value is LayoutItem {
  return typeof value === 'object' && value !== null;
}

/** `devices[].buttons[].name` as its parts. */
export function pathOf(key: string): Path {
  return key.split('.').flatMap((part) => {
    const lists = part.match(/\[\]/g)?.length ?? 0;
    return [part.replaceAll(ITEM, ''), ...Array.from({ length: lists }, () => ITEM)];
  });
}

function keyOf(path: Path): string {
  return path.join('.').replaceAll(`.${ITEM}`, ITEM);
}

/** How a setting is called in the tables of texts: `devices.buttons.name`. */
export function textKey(path: Path): string {
  return path.filter((part) => part !== ITEM).join('.');
}

export function schemaAt(root: SettingSchema, path: Path): SettingSchema | undefined {
  let schema: SettingSchema | undefined = root;
  for (const part of path) schema = part === ITEM ? schema?.items : schema?.properties?.[part];
  return schema;
}

function isRequired(root: SettingSchema, path: Path): boolean {
  return schemaAt(root, path.slice(0, -1))?.required?.includes(path.at(-1) ?? '') ?? false;
}

/** What can be chosen, where a setting is a choice. */
export function choicesOf(
  schema: SettingSchema,
): readonly { readonly value: string; readonly title: string }[] {
  const named = (schema.oneOf ?? []).flatMap(({ title, enum: values }) =>
    (values ?? []).map((value) => ({ value: String(value), title: title ?? String(value) })),
  );
  const plain = (schema.enum ?? []).map((value) => ({ value: String(value), title: String(value) }));
  return named.length > 0 ? named : plain;
}

/** The part of the form whose settings are wanted, with the groups that they stand in. */
export function partOf(nodes: readonly FormNode[], wanted: (path: Path) => boolean): readonly FormNode[] {
  return nodes.flatMap((node): readonly FormNode[] => {
    if (node.kind !== 'group') return wanted(node.path) ? [node] : [];
    const children = partOf(node.children, wanted);
    return children.length === 0 ? [] : [{ ...node, children }];
  });
}
