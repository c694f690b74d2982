/** What an element may be given; `undefined` and `false` leave it out. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

export type Child = Node | string | undefined | false;

/**
 * An element. Texts become text nodes, never HTML: what comes from a device, the network or the journal can
 * not be anything else.
 */
export function el<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  setAttributes(element, attributes);
  append(element, children);
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

export function svg<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Name] {
  const element = document.createElementNS(SVG, name);
  setAttributes(element, attributes);
  append(element, children);
  return element;
}

export function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
}

/** Puts other children in the place of those that are there. */
export function fill(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren();
  append(element, children);
}

export interface ButtonOptions {
  readonly text: string;
  /** Where the text alone does not say what it is about. */
  readonly label?: string;
  /** `primary` once in each part of the page. */
  readonly kind?: 'primary' | 'plain' | 'danger' | 'link';
  readonly onClick: () => void;
}

export function button({ text, label, kind = 'plain', onClick }: ButtonOptions): HTMLButtonElement {
  const element = el('button', { type: 'button', class: `gh-button gh-${kind}`, 'aria-label': label }, text);
  element.addEventListener('click', onClick);
  return element;
}

let lastId = 0;

/** An id that no other element of the page has. */
export function newId(): string {
  return `gh-${++lastId}`;
}

function append(element: Element, children: readonly Child[]): void {
  for (const child of children) if (child !== undefined && child !== false) element.append(child);
}
