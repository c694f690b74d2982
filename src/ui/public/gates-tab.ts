import { ask, listen } from './backend.ts';
import type { ConfigStore } from './config-store.ts';
import { button, el, fill } from './dom.ts';
import { GateCard } from './gate-card.ts';
import { JournalView } from './journal-view.ts';
import { t } from './language.ts';
import { copyText, errorBox, messageBox } from './messages.ts';
import type { Overview, StatusView } from '../protocol.ts';
import type { Tab } from './tabs.ts';

/** How the gates are at this moment, and what happened. */
export class GatesTab implements Tab {
  readonly id = 'gates';
  readonly title = t('tab.gates');
  readonly element: HTMLElement;
  readonly #store: ConfigStore;
  readonly #overview: Overview;
  readonly #notice = el('div');
  readonly #list = el('div', { class: 'gh-cards' });
  readonly #journal = new JournalView();
  readonly #copied = el('span', { class: 'gh-help', 'aria-live': 'polite' });
  readonly #text = el('div');
  #cards = new Map<string, GateCard>();
  #status: StatusView | undefined;
  #off: readonly (() => void)[] = [];

  constructor(store: ConfigStore, overview: Overview) {
    this.#store = store;
    this.#overview = overview;
    this.element = el(
      'div',
      {},
      this.#notice,
      this.#list,
      this.#journal.element,
      el(
        'section',
        { class: 'gh-section' },
        el(
          'div',
          { class: 'gh-actions' },
          button({ text: t('diagnostics.copy'), onClick: () => void this.#copyDiagnostics() }),
          this.#copied,
        ),
        el('p', { class: 'gh-help' }, t('diagnostics.help')),
        this.#text,
      ),
    );
  }

  show(): void {
    this.#off = [
      listen('status', (status) => this.#take(status)),
      listen('journal', () => void this.#journal.load()),
      this.#store.onChange(() => this.#render()),
    ];
    this.#render();
    void this.#journal.load();
    ask('/status').then(
      (status) => this.#take(status),
      (error: unknown) => fill(this.#notice, errorBox(error)),
    );
  }

  hide(): void {
    for (const off of this.#off) off();
    this.#off = [];
    void ask('/status/stop').catch(() => undefined);
    void ask('/test/stop').catch(() => undefined);
  }

  #take(status: StatusView): void {
    const cameUp = this.#status?.plugin === 'absent' && status.plugin === 'running';
    this.#status = status;
    this.#render();
    if (cameUp) void this.#journal.load();
  }

  #render(): void {
    const names = this.#store.devices.map((device) => String(device['name']));
    const cards = new Map(names.map((name) => [name, this.#cards.get(name) ?? this.#newCard(name)]));
    const isSame = [...cards.keys()].join('\n') === [...this.#cards.keys()].join('\n');
    this.#cards = cards;
    if (!isSame || cards.size === 0) {
      fill(
        this.#list,
        ...[...cards.values()].map(({ element }) => element),
        cards.size === 0 && t('gates.none'),
      );
    }
    const devices = this.#status?.devices ?? [];
    for (const [name, card] of cards) {
      const saved = this.#overview.devices.some((device) => device.name === name.trim());
      card.show(
        devices.find((device) => device.name === name.trim()),
        saved,
      );
    }
    this.#renderNotice();
  }

  #newCard(name: string): GateCard {
    const saved = this.#overview.devices.find((device) => device.name === name.trim());
    return new GateCard(name, saved ? { host: saved.host, port: saved.port } : {});
  }

  #renderNotice(): void {
    const { problems } = this.#overview;
    const plugin = this.#status?.plugin;
    fill(
      this.#notice,
      plugin === 'absent' &&
        this.#cards.size > 0 &&
        !this.#store.isChanged &&
        messageBox('careful', t('gates.absent')),
      plugin === 'unreachable' && messageBox('bad', t('gates.unreachable'), ' ', this.#status?.problem ?? ''),
      problems.length > 0 &&
        messageBox(
          'careful',
          el('strong', {}, t('config.problems')),
          el('ul', {}, ...problems.map((problem) => el('li', {}, problem))),
        ),
    );
  }

  async #copyDiagnostics(): Promise<void> {
    try {
      const { text } = await ask('/diagnostics');
      const copied = await copyText(text);
      fill(this.#copied, t(copied ? 'copied' : 'copy-failed'));
      const area = el('textarea', {
        class: 'gh-input gh-code',
        rows: 10,
        readonly: true,
        'aria-label': t('diagnostics.copy'),
      });
      area.value = text;
      fill(this.#text, area);
    } catch (error) {
      fill(this.#text, errorBox(error));
    }
  }
}
