import { ask } from './backend.ts';
import { likelySecret } from './add-tab.ts';
import type { ConfigStore } from './config-store.ts';
import { button, el, fill, newId } from './dom.ts';
import type { FormNode } from './form-model.ts';
import { FormView, itemNodes } from './form-view.ts';
import { KeysField } from './keys-field.ts';
import { messageOf, t } from './language.ts';
import { errorBox, messageBox } from './messages.ts';
import { textOf, type Values } from './settings-values.ts';
import { TestView } from './test-view.ts';
import type { Tab } from './tabs.ts';
import { settled } from './timers.ts';

export interface SettingsTabOptions {
  readonly store: ConfigStore;
  /** The whole form; what belongs to remote support has a tab of its own. */
  readonly nodes: readonly FormNode[];
  readonly onProblems: (problems: number) => void;
  /** Somebody wants remote support; undefined where it is there already, or cannot be had. */
  readonly onSupport: (() => void) | undefined;
}

const CHECK_AFTER = 500;

/** Every setting of the schema, one gate at a time. */
export class SettingsTab implements Tab {
  readonly id = 'settings';
  readonly title = t('tab.settings');
  readonly element: HTMLElement;
  readonly #options: SettingsTabOptions;
  readonly #select = el('select', { class: 'gh-input', id: newId() });
  readonly #device = el('div');
  readonly #platform = el('div');
  readonly #check = el('div', { 'aria-live': 'polite' });
  readonly #plain: HTMLButtonElement;
  readonly #deviceNodes: readonly FormNode[];
  readonly #platformNodes: readonly FormNode[];
  readonly #checkSoon = settled(CHECK_AFTER, () => void this.#runCheck());
  #forms: readonly FormView[] = [];
  #index = 0;
  #plainShown = false;

  constructor(options: SettingsTabOptions) {
    this.#options = options;
    this.#deviceNodes = itemNodes(options.nodes, 'devices');
    this.#platformNodes = options.nodes.filter((node) => node.kind !== 'list');
    this.#plain = button({ text: t('settings.plain'), kind: 'link', onClick: () => this.#togglePlain() });
    this.#select.addEventListener('change', () => this.open(Number(this.#select.value)));
    this.element = el(
      'div',
      {},
      el(
        'div',
        { class: 'gh-filters' },
        el(
          'div',
          {},
          el('label', { for: this.#select.id, class: 'gh-label' }, t('settings.gate')),
          this.#select,
        ),
      ),
      this.#device,
      this.#platform,
      this.#check,
      options.onSupport && this.#supportOffer(options.onSupport),
      el(
        'section',
        { class: 'gh-section' },
        this.#plain,
        el('p', { class: 'gh-help' }, t('settings.plain.help')),
      ),
    );
  }

  show(): void {
    this.#render();
  }

  hide(): void {
    if (this.#plainShown) this.#togglePlain();
  }

  /** Shows the settings of one gate, by its place in the list. */
  open(index: number): void {
    this.#index = index;
    this.#render();
  }

  /** The config was changed elsewhere. */
  reload(): void {
    if (this.element.isConnected) this.#render();
  }

  #render(): void {
    const { store } = this.#options;
    const { devices } = store;
    this.#index = Math.max(0, Math.min(this.#index, devices.length - 1));
    fill(
      this.#select,
      ...devices.map((device, index) => el('option', { value: index }, textOf(device, 'name'))),
    );
    this.#select.value = String(this.#index);
    const platform = this.#form(this.#platformNodes, []);
    fill(this.#platform, el('h3', {}, t('settings.platform')), platform.element);
    const device = devices[this.#index];
    if (!device) {
      this.#forms = [platform];
      fill(this.#device, messageBox('note', t('settings.none')));
      return;
    }
    const form = this.#form(this.#deviceNodes, [this.#index]);
    this.#forms = [platform, form];
    fill(this.#device, form.element, this.#keysSection(device), this.#removal(device));
    this.#tellProblems();
  }

  #form(nodes: readonly FormNode[], indices: readonly number[]): FormView {
    const { store } = this.#options;
    return new FormView(nodes, {
      config: store.config,
      indices,
      isKeptSecret: (value) => store.isKeptSecret(value),
      onChange: () => void this.#changed(),
    });
  }

  async #changed(): Promise<void> {
    await this.#options.store.changed();
    const name = this.#options.store.devices[this.#index]?.['name'];
    const option = this.#select.options[this.#index];
    if (option && typeof name === 'string') fill(option, name);
    this.#tellProblems();
    this.#checkSoon();
  }

  #tellProblems(): void {
    this.#options.onProblems(this.#forms.reduce((total, form) => total + form.problems, 0));
  }

  async #runCheck(): Promise<void> {
    const config = JSON.parse(JSON.stringify(this.#options.store.config)) as Values;
    try {
      const { problems } = await ask('/config/check', { config });
      fill(
        this.#check,
        problems.length > 0 &&
          messageBox(
            'careful',
            el('strong', {}, t('settings.check')),
            el('ul', {}, ...problems.map(({ message }) => el('li', {}, message))),
          ),
      );
    } catch (error) {
      fill(this.#check, errorBox(error));
    }
  }

  /** Both keys at once, which is what the app gives out when its API was turned off and on. */
  #keysSection(device: Values): HTMLElement {
    const test = new TestView();
    const outcome = el('div');
    const keys = new KeysField(() => {
      test.clear();
      fill(outcome, keys.keys && replace);
    });
    const replace = button({
      text: t('add.test'),
      onClick: () => void this.#replaceKeys(device, keys, test, outcome),
    });
    return el(
      'details',
      { class: 'gh-group' },
      el('summary', {}, t('settings.both-keys')),
      keys.element,
      test.element,
      outcome,
    );
  }

  async #replaceKeys(device: Values, field: KeysField, test: TestView, outcome: HTMLElement): Promise<void> {
    const { keys } = field;
    if (!keys) return;
    try {
      const port = typeof device['port'] === 'number' ? device['port'] : 8080;
      const result = await test.testPlace({ host: textOf(device, 'host'), port, keys });
      const take = async (): Promise<void> => {
        const secret = result.secretKey ?? likelySecret(keys);
        device['apiSecretKey'] = keys[secret].text;
        device['apiAuthKey'] = keys[secret === 0 ? 1 : 0].text;
        await this.#options.store.changed();
        this.#render();
      };
      if (result.ok) await take();
      else fill(outcome, button({ text: t('add.anyway'), onClick: () => void take() }));
    } catch (error) {
      fill(outcome, messageBox('bad', messageOf(error)));
    }
  }

  #removal(device: Values): HTMLElement {
    const place = el('div', { class: 'gh-actions' });
    const name = textOf(device, 'name');
    const offer = (): void =>
      fill(place, button({ text: t('settings.remove'), kind: 'link', onClick: () => sure() }));
    const sure = (): void => {
      const yes = button({
        text: t('settings.remove.yes'),
        kind: 'danger',
        onClick: () => void this.#remove(device),
      });
      const no = button({ text: t('cancel'), onClick: offer });
      fill(place, el('span', { role: 'alert' }, t('settings.remove.sure', { name })), yes, no);
      no.focus();
    };
    offer();
    return place;
  }

  async #remove(device: Values): Promise<void> {
    const { store } = this.#options;
    store.config['devices'] = store.devices.filter((other) => other !== device);
    await store.changed();
    this.#render();
  }

  #supportOffer(onSupport: () => void): HTMLElement {
    return el(
      'section',
      { class: 'gh-section' },
      el('h3', {}, t('support.title')),
      el('p', { class: 'gh-help' }, t('support.intro')),
      button({ text: t('support.setup'), onClick: onSupport }),
    );
  }

  #togglePlain(): void {
    this.#plainShown = !this.#plainShown;
    fill(this.#plain, t(this.#plainShown ? 'settings.plain.hide' : 'settings.plain'));
    if (this.#plainShown) window.homebridge.showSchemaForm();
    else window.homebridge.hideSchemaForm();
  }
}
