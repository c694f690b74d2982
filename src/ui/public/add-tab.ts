import { ask, listen } from './backend.ts';
import type { ConfigStore } from './config-store.ts';
import { DevicePicker } from './device-picker.ts';
import { button, el, fill, newId, setAttributes } from './dom.ts';
import { KeysField, type TwoKeys } from './keys-field.ts';
import { t } from './language.ts';
import { errorBox, messageBox } from './messages.ts';
import type { FoundDevices, Overview, TestPlace, TestResult } from '../protocol.ts';
import type { Values } from './settings-values.ts';
import type { Tab } from './tabs.ts';
import type { TakeoverView } from './takeover-view.ts';
import { TestView } from './test-view.ts';

export interface AddTabOptions {
  readonly store: ConfigStore;
  readonly overview: Overview;
  readonly takeover: TakeoverView | undefined;
  /** A gate was added. */
  readonly onAdded: (name: string) => void;
}

/** From a Remootio fresh out of its box to a gate in the config: find it, paste its keys, try them. */
export class AddTab implements Tab {
  readonly id = 'add';
  readonly title = t('tab.add');
  readonly element: HTMLElement;
  readonly #options: AddTabOptions;
  readonly #picker = new DevicePicker(() => this.#edited());
  readonly #keys = new KeysField(() => this.#edited());
  readonly #name: HTMLInputElement;
  readonly #nameProblem: HTMLElement;
  readonly #test = new TestView();
  readonly #outcome = el('div', { 'aria-live': 'polite' });
  readonly #testButton: HTMLButtonElement;
  readonly #welcome = el('section', { class: 'gh-welcome' });
  #off: readonly (() => void)[] = [];
  #testing = false;

  constructor(options: AddTabOptions) {
    this.#options = options;
    const id = newId();
    this.#name = el('input', {
      id,
      class: 'gh-input',
      maxlength: 64,
      autocomplete: 'off',
      'aria-describedby': `${id}-help ${id}-problem`,
    });
    this.#nameProblem = el('p', { id: `${id}-problem`, class: 'gh-feedback', 'aria-live': 'polite' });
    this.#name.addEventListener('input', () => this.#sayNameProblem(undefined));
    this.#testButton = button({ text: t('add.test'), kind: 'primary', onClick: () => void this.#onTest() });
    this.element = el(
      'div',
      {},
      options.takeover?.element,
      this.#welcome,
      step(1, t('add.device'), this.#picker.element),
      step(2, t('add.keys'), this.#keys.element),
      step(
        3,
        t('add.name'),
        el('label', { for: id, class: 'gh-label' }, t('add.name.label')),
        this.#name,
        el('p', { id: `${id}-help`, class: 'gh-help' }, t('add.name.help')),
        this.#nameProblem,
      ),
      el('div', { class: 'gh-actions' }, this.#testButton),
      this.#test.element,
      this.#outcome,
    );
  }

  show(): void {
    const isFirst = this.#options.store.devices.length === 0;
    fill(this.#welcome, ...(isFirst ? welcome() : [el('h2', {}, t('add.title'))]));
    if (this.#name.value === '') this.#name.value = this.#freeName();
    const found = (devices: FoundDevices): void => this.#picker.showFound(devices.devices);
    this.#off = [listen('found', found)];
    this.#picker.onSearch(() => void this.#search());
    void this.#search();
  }

  hide(): void {
    for (const off of this.#off) off();
    this.#off = [];
    void ask('/discover/stop').catch(() => undefined);
    void ask('/test/stop').catch(() => undefined);
  }

  async #search(): Promise<void> {
    try {
      this.#picker.showFound((await ask('/discover')).devices);
    } catch (error) {
      fill(this.#outcome, errorBox(error));
    }
  }

  async #onTest(): Promise<void> {
    if (this.#testing) {
      void ask('/test/stop').catch(() => undefined);
      return;
    }
    const place = this.#place();
    if (!place) return;
    fill(this.#outcome);
    this.#setTesting(true);
    try {
      const result = await this.#test.testPlace(place);
      this.#showOutcome(place, result);
    } catch (error) {
      fill(this.#outcome, errorBox(error));
    } finally {
      this.#setTesting(false);
    }
  }

  /** What was entered, once it is complete; says what is missing otherwise. */
  #place(): TestPlace | undefined {
    const target = this.#picker.target();
    if (!target) return undefined;
    const { keys } = this.#keys;
    if (!keys) {
      this.#keys.insist();
      return undefined;
    }
    return { ...target, keys };
  }

  #showOutcome(place: TestPlace, result: TestResult): void {
    const known = this.#knownAs(place, result);
    if (known !== undefined) {
      fill(this.#outcome, messageBox('note', t('add.known', { name: known })));
      return;
    }
    const add = (kind: 'primary' | 'plain', text: string): HTMLButtonElement =>
      button({ text, kind, onClick: () => void this.#add(place, result) });
    if (!result.ok) {
      fill(this.#outcome, el('div', { class: 'gh-actions' }, add('plain', t('add.anyway'))));
      return;
    }
    fill(
      this.#outcome,
      messageBox('good', el('strong', {}, t('add.works')), ' ', t('add.works.note')),
      result.sensor === 'no sensor' && messageBox('careful', t('add.no-sensor')),
      el('div', { class: 'gh-actions' }, add('primary', t('add.add'))),
    );
  }

  /** The gate of the config that this is already: a device has one connection. */
  #knownAs({ host, port }: TestPlace, { serialNumber }: TestResult): string | undefined {
    const known = this.#options.store.devices.find(
      (device) =>
        (device['host'] === host && (device['port'] ?? 8080) === port) ||
        (serialNumber !== undefined && device['serialNumber'] === serialNumber),
    );
    return known && String(known['name']);
  }

  async #add(place: TestPlace, result: TestResult): Promise<void> {
    const name = this.#name.value.trim();
    const problem = this.#nameProblemOf(name);
    this.#sayNameProblem(problem);
    if (problem !== undefined) {
      this.#name.focus();
      return;
    }
    const secret = result.secretKey ?? likelySecret(place.keys as TwoKeys);
    const device: Values = {
      name,
      host: place.host,
      ...(place.port !== 8080 && { port: place.port }),
      apiSecretKey: place.keys[secret]?.text,
      apiAuthKey: place.keys[1 - secret]?.text,
    };
    await this.#options.store.addDevice(device);
    this.#reset();
    this.#options.onAdded(name);
  }

  #nameProblemOf(name: string): string | undefined {
    if (name === '') return t('add.name.missing');
    const taken = this.#options.store.devices.some((device) => isSameName(device['name'], name));
    return taken ? t('add.name.taken') : undefined;
  }

  #sayNameProblem(problem: string | undefined): void {
    fill(this.#nameProblem, problem);
    setAttributes(this.#name, { 'aria-invalid': problem !== undefined && 'true' });
  }

  /** What was tested is not what stands there now. */
  #edited(): void {
    if (this.#testing) return;
    this.#test.clear();
    fill(this.#outcome);
  }

  #reset(): void {
    this.#keys.clear();
    this.#picker.clear();
    this.#name.value = '';
    this.#edited();
  }

  #setTesting(testing: boolean): void {
    this.#testing = testing;
    fill(this.#testButton, t(testing ? 'add.stop' : 'add.test'));
    this.#testButton.classList.toggle('gh-primary', !testing);
  }

  #freeName(): string {
    const base = t('add.name.default');
    const { devices } = this.#options.store;
    const isTaken = (name: string): boolean => devices.some((device) => isSameName(device['name'], name));
    for (let number = 1; ; number++) {
      const name = number === 1 ? base : `${base} ${number}`;
      if (!isTaken(name)) return name;
    }
  }
}

/** By their labels; without any the first is the API Secret Key, as the app shows them. */
export function likelySecret([first, second]: TwoKeys): 0 | 1 {
  return first.label === 'auth' || second.label === 'secret' ? 1 : 0;
}

function isSameName(known: unknown, name: string): boolean {
  return typeof known === 'string' && known.trim().toLowerCase() === name.toLowerCase();
}

function step(number: number, title: string, ...children: readonly (Node | string)[]): HTMLElement {
  const id = newId();
  return el(
    'section',
    { class: 'gh-step', 'aria-labelledby': id },
    el('h3', { id }, el('span', { class: 'gh-number', 'aria-hidden': 'true' }, String(number)), title),
    ...children,
  );
}

function welcome(): readonly HTMLElement[] {
  const steps = ([1, 2, 3] as const).map((number) =>
    el(
      'li',
      {},
      el('strong', {}, t(`welcome.step${number}.title`)),
      el('span', {}, t(`welcome.step${number}.text`)),
    ),
  );
  return [
    el('h2', {}, t('welcome.title')),
    el('p', { class: 'gh-lead' }, t('welcome.lead')),
    el('ol', { class: 'gh-welcome-steps' }, ...steps),
    el('p', { class: 'gh-help' }, t('welcome.logging')),
  ];
}
