import { el, fill, newId, setAttributes } from './dom.ts';
import { t } from './language.ts';

export interface Tab {
  readonly id: string;
  readonly title: string;
  readonly element: HTMLElement;
  /** It is looked at from now on. */
  show(): void;
  /** It is not looked at any more. */
  hide(): void;
}

/** Tabs as the ARIA practices describe them: one stop of the Tab key, the arrows move. */
export class Tabs {
  readonly element: HTMLElement;
  readonly #tabs: readonly Tab[];
  readonly #buttons = new Map<string, HTMLButtonElement>();
  readonly #panel: HTMLElement;
  #current: Tab | undefined;

  constructor(tabs: readonly Tab[]) {
    this.#tabs = tabs;
    const panelId = newId();
    const list = el('div', { class: 'gh-tabs', role: 'tablist', 'aria-label': t('tabs') });
    for (const tab of tabs) {
      const element = el(
        'button',
        { type: 'button', role: 'tab', id: `gh-tab-${tab.id}`, 'aria-controls': panelId, class: 'gh-tab' },
        tab.title,
      );
      element.addEventListener('click', () => this.open(tab.id));
      this.#buttons.set(tab.id, element);
      list.append(element);
    }
    list.addEventListener('keydown', (event) => this.#onKey(event));
    this.#panel = el('div', { id: panelId, role: 'tabpanel', class: 'gh-panel' });
    this.element = el('div', {}, list, this.#panel);
  }

  get current(): string | undefined {
    return this.#current?.id;
  }

  open(id: string): void {
    const tab = this.#tabs.find((each) => each.id === id);
    if (!tab || tab === this.#current) return;
    this.#current?.hide();
    this.#current = tab;
    for (const [name, element] of this.#buttons) {
      const selected = name === id;
      setAttributes(element, { 'aria-selected': selected ? 'true' : 'false', tabindex: selected ? 0 : -1 });
    }
    setAttributes(this.#panel, { 'aria-labelledby': `gh-tab-${id}` });
    fill(this.#panel, tab.element);
    tab.show();
  }

  /** A tab may come and go with what is configured. */
  offer(id: string, offered: boolean): void {
    const element = this.#buttons.get(id);
    if (element) element.hidden = !offered;
  }

  #onKey(event: KeyboardEvent): void {
    const offered = this.#tabs.filter(({ id }) => this.#buttons.get(id)?.hidden === false);
    const at = offered.findIndex(({ id }) => id === this.current);
    const steps: Readonly<Record<string, number>> = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1 + offered.length,
      Home: 0,
      End: offered.length - 1,
    };
    const next = steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const tab = offered[next % offered.length];
    if (!tab) return;
    this.open(tab.id);
    this.#buttons.get(tab.id)?.focus();
  }
}
