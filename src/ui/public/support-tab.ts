import { ask, listen } from './backend.ts';
import { ComputerCard } from './computer-card.ts';
import type { ConfigStore } from './config-store.ts';
import { el, fill } from './dom.ts';
import type { FormNode } from './form-model.ts';
import { FormView } from './form-view.ts';
import { t } from './language.ts';
import { errorBox, messageBox } from './messages.ts';
import type { ReachView } from '../protocol.ts';
import type { Tab } from './tabs.ts';

export interface SupportTabOptions {
  readonly store: ConfigStore;
  /** The part of the form that belongs to remote support. */
  readonly nodes: readonly FormNode[];
  readonly onProblems: (problems: number) => void;
}

/** Who may reach which computer of the house, since when and until when. */
export class SupportTab implements Tab {
  readonly id = 'support';
  readonly title = t('tab.support');
  readonly element: HTMLElement;
  readonly #options: SupportTabOptions;
  readonly #notice = el('div');
  readonly #list = el('div', { class: 'gh-cards' });
  readonly #setup = el('details', { class: 'gh-group' });
  #cards = new Map<string, ComputerCard>();
  #off: readonly (() => void)[] = [];

  constructor(options: SupportTabOptions) {
    this.#options = options;
    this.element = el(
      'div',
      {},
      el('h2', {}, t('support.title')),
      el('p', { class: 'gh-lead' }, t('support.intro')),
      this.#notice,
      this.#list,
      this.#setup,
    );
  }

  show(): void {
    this.#off = [listen('reach', () => void this.#load()), listen('status', () => void this.#load())];
    this.#renderSetup();
    // Tells when the state of a computer changes, too.
    void ask('/status').catch(() => undefined);
    void this.#load();
  }

  /** Links go with the page's looking away. */
  hide(): void {
    for (const off of this.#off) off();
    this.#off = [];
    for (const card of this.#cards.values()) card.forgetLink();
    void ask('/status/stop').catch(() => undefined);
  }

  async #load(): Promise<void> {
    try {
      this.#show(await ask('/reach/list'));
    } catch (error) {
      fill(this.#notice, errorBox(error));
    }
  }

  #show({ state, computers }: ReachView): void {
    fill(
      this.#notice,
      state === 'absent' && messageBox('careful', t('support.absent')),
      state === 'off' && messageBox('careful', t('support.off')),
      state === 'running' && computers.length === 0 && messageBox('note', t('support.none')),
    );
    const names = computers.map(({ name }) => name);
    const isSame = names.join('\n') === [...this.#cards.keys()].join('\n');
    this.#cards = new Map(names.map((name) => [name, this.#cards.get(name) ?? new ComputerCard(name)]));
    if (!isSame) fill(this.#list, ...[...this.#cards.values()].map(({ element }) => element));
    for (const computer of computers) this.#cards.get(computer.name)?.show(computer);
  }

  #renderSetup(): void {
    const { store, nodes } = this.#options;
    this.#setup.hidden = nodes.length === 0;
    const form = new FormView(nodes, {
      config: store.config,
      indices: [],
      isKeptSecret: (value) => store.isKeptSecret(value),
      onChange: () => {
        this.#options.onProblems(form.problems);
        void store.changed();
      },
    });
    this.#setup.open = store.config['remoteSupport'] === undefined;
    fill(this.#setup, el('summary', {}, t('support.setup')), form.element);
  }
}
