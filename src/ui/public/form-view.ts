import { button, el, fill, newId } from './dom.ts';
import { FieldView, type FieldContext } from './field-view.ts';
import { ITEM, textKey, type FormNode, type GroupNode, type ListNode } from './form-model.ts';
import { schemaTexts, t } from './language.ts';
import { setValueAt, valueAt, type Values } from './settings-values.ts';

export interface FormOptions {
  /** Changed in place. */
  readonly config: Values;
  /** The place in each list that the nodes stand in. */
  readonly indices: readonly number[];
  readonly isKeptSecret: (value: unknown) => boolean;
  readonly onChange: () => void;
}

/** A part of a form that shows or hides itself. */
interface Part {
  readonly element: HTMLElement;
  refresh(): void;
  /** How many visible inputs hold what cannot be. */
  readonly problems: number;
}

/** The settings that config.schema.json describes, from the nodes that `form-model.ts` made of it. */
export class FormView {
  readonly element = el('div', { class: 'gh-form' });
  readonly #parts: readonly Part[];

  constructor(nodes: readonly FormNode[], options: FormOptions) {
    const onChange = (): void => {
      this.refresh();
      options.onChange();
    };
    this.#parts = nodes.map((node) => partOf(node, { ...options, onChange }));
    fill(this.element, ...this.#parts.map(({ element }) => element));
    this.refresh();
  }

  get problems(): number {
    return sum(this.#parts);
  }

  /** Shows what applies now. */
  refresh(): void {
    for (const part of this.#parts) part.refresh();
  }
}

function partOf(node: FormNode, options: FormOptions): Part {
  const inner = innerPart(node, options);
  const { condition } = node;
  if (!condition) return inner;
  return {
    element: inner.element,
    get problems() {
      return inner.element.hidden ? 0 : inner.problems;
    },
    refresh: () => {
      inner.element.hidden = !condition({ model: options.config, arrayIndices: options.indices });
      if (!inner.element.hidden) inner.refresh();
    },
  };
}

function innerPart(node: FormNode, options: FormOptions): Part {
  switch (node.kind) {
    case 'field':
      return new FieldView(node, fieldContext(options));
    case 'group':
      return groupPart(node, options);
    case 'list':
      return new ListPart(node, options);
  }
}

function fieldContext({ config, indices, isKeptSecret, onChange }: FormOptions): FieldContext {
  return {
    read: (path) => valueAt(config, path, indices),
    write: (path, value) => {
      setValueAt(config, path, indices, value);
      onChange();
    },
    isKeptSecret,
  };
}

function groupPart(node: GroupNode, options: FormOptions): Part {
  const parts = node.children.map((child) => partOf(child, options));
  const children = parts.map(({ element }) => element);
  const { title } = node;
  const element =
    title === undefined
      ? el('div', { class: node.row ? 'gh-row' : undefined }, ...children)
      : el(
          'details',
          { class: 'gh-group', open: !node.collapsed },
          el('summary', {}, schemaTexts()?.groups[title] ?? title),
          ...children,
        );
  return {
    element,
    get problems() {
      return sum(parts);
    },
    refresh: () => parts.forEach((part) => part.refresh()),
  };
}

/** A list of objects inside a device: its buttons. */
class ListPart implements Part {
  readonly element = el('div', { class: 'gh-list' });
  readonly #node: ListNode;
  readonly #options: FormOptions;
  readonly #items = el('div');
  #parts: readonly (readonly Part[])[] = [];

  constructor(node: ListNode, options: FormOptions) {
    this.#node = node;
    this.#options = options;
    const texts = schemaTexts()?.settings[textKey(node.path)];
    const add =
      node.addText === undefined ? undefined : (schemaTexts()?.groups[node.addText] ?? node.addText);
    fill(
      this.element,
      el('p', { class: 'gh-help' }, texts?.description ?? node.schema.description ?? ''),
      this.#items,
      button({ text: add ?? t('settings.add-item'), onClick: () => this.#add() }),
    );
    this.#render();
  }

  get problems(): number {
    return sum(this.#parts.flat());
  }

  refresh(): void {
    for (const part of this.#parts.flat()) part.refresh();
  }

  get #list(): readonly unknown[] {
    const { config, indices } = this.#options;
    const list = valueAt(config, this.#node.path, indices);
    return Array.isArray(list) ? (list as readonly unknown[]) : [];
  }

  #set(list: readonly unknown[]): void {
    const { config, indices, onChange } = this.#options;
    setValueAt(config, this.#node.path, indices, list.length === 0 ? undefined : [...list]);
    this.#render();
    onChange();
  }

  #add(): void {
    if (this.#list.length >= (this.#node.schema.maxItems ?? Infinity)) return;
    this.#set([...this.#list, {}]);
    this.#items.lastElementChild?.querySelector<HTMLElement>('input, select')?.focus();
  }

  #render(): void {
    const { indices } = this.#options;
    this.#parts = this.#list.map((_, index) =>
      this.#node.children.map((child) => partOf(child, { ...this.#options, indices: [...indices, index] })),
    );
    fill(this.#items, ...this.#parts.map((parts, index) => this.#item(parts, index)));
    this.refresh();
  }

  #item(parts: readonly Part[], index: number): HTMLElement {
    const id = newId();
    const number = index + 1;
    const remove = button({
      text: t('settings.remove-item'),
      label: `${t('settings.remove-item')}: ${t('settings.item', { number })}`,
      kind: 'link',
      onClick: () => this.#set(this.#list.filter((_, other) => other !== index)),
    });
    return el(
      'div',
      { class: 'gh-item', role: 'group', 'aria-labelledby': id },
      el('div', { class: 'gh-item-head' }, el('strong', { id }, t('settings.item', { number })), remove),
      ...parts.map(({ element }) => element),
    );
  }
}

function sum(parts: readonly Part[]): number {
  return parts.reduce((total, { problems }) => total + problems, 0);
}

/** The nodes of one item of a list, where the list itself is shown in another way. */
export function itemNodes(nodes: readonly FormNode[], list: string): readonly FormNode[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'group') return itemNodes(node.children, list);
    return node.kind === 'list' && node.path.join('.') === list && !node.path.includes(ITEM)
      ? node.children
      : [];
  });
}
