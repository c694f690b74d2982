import { button, el, fill, newId, setAttributes } from './dom.ts';
import { t } from './language.ts';
import type { FoundDevice } from '../protocol.ts';
import { after } from './timers.ts';

const OTHER = '';
/** So long nothing found is no news: answers take a moment. */
const PATIENCE = 4000;
const HOST =
  /^(?:[0-9A-Za-z_](?:[0-9A-Za-z_.-]*[0-9A-Za-z_])?\.?|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+(?:%[0-9A-Za-z]+)?)$/;

/** Which device is meant: one that was found in the network, or one whose address is typed. */
export class DevicePicker {
  readonly element: HTMLElement;
  readonly #list = el('div', { class: 'gh-found' });
  readonly #searching = el('p', { class: 'gh-help', role: 'status' });
  readonly #address: HTMLElement;
  readonly #host: HTMLInputElement;
  readonly #port: HTMLInputElement;
  readonly #problem: HTMLElement;
  readonly #group = newId();
  readonly #onChange: () => void;
  #found: readonly FoundDevice[] = [];
  #chosen = OTHER;
  #touched = false;
  #search: () => void = () => undefined;
  #cancelPatience: (() => void) | undefined;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
    const id = newId();
    const input = (name: string, attributes: Record<string, string | number>): HTMLInputElement => {
      const element = el('input', {
        id: `${id}-${name}`,
        class: 'gh-input',
        autocomplete: 'off',
        autocapitalize: 'off',
        spellcheck: 'false',
        'aria-describedby': `${id}-help ${id}-problem`,
        ...attributes,
      });
      element.addEventListener('input', () => {
        this.#say(undefined);
        this.#onChange();
      });
      return element;
    };
    this.#host = input('host', { placeholder: '192.168.1.50' });
    this.#port = input('port', { inputmode: 'numeric', size: 6 });
    this.#port.value = '8080';
    this.#problem = el('p', { id: `${id}-problem`, class: 'gh-feedback', 'aria-live': 'polite' });
    this.#address = el(
      'div',
      { class: 'gh-address' },
      el(
        'div',
        { class: 'gh-grow' },
        el('label', { for: `${id}-host`, class: 'gh-label' }, t('add.address')),
        this.#host,
      ),
      el('div', {}, el('label', { for: `${id}-port`, class: 'gh-label' }, t('add.port')), this.#port),
      el('p', { id: `${id}-help`, class: 'gh-help gh-whole' }, t('add.address.help')),
    );
    this.element = el(
      'div',
      { class: 'gh-field' },
      this.#searching,
      this.#list,
      this.#address,
      this.#problem,
    );
    this.#render();
  }

  /** Called when somebody wants to look again. */
  onSearch(search: () => void): void {
    this.#search = search;
    this.#waitPatiently();
  }

  showFound(devices: readonly FoundDevice[]): void {
    this.#found = devices;
    const free = devices.filter(({ configuredAs }) => configuredAs === undefined);
    const first = free[0];
    // Whoever has begun to type an address, or has chosen for himself, means that one.
    if (first && !this.#touched && this.#host.value === '' && free.length === 1) {
      this.#chosen = first.serialNumber;
    }
    if (!devices.some(({ serialNumber }) => serialNumber === this.#chosen)) this.#chosen = OTHER;
    this.#render();
  }

  /** Where the device is; says what is wrong where that is not clear. */
  target(): { readonly host: string; readonly port: number } | undefined {
    const found = this.#found.find(({ serialNumber }) => serialNumber === this.#chosen);
    if (found) return { host: found.address, port: found.port };
    const host = this.#host.value.trim();
    const port = Number(this.#port.value.trim() === '' ? 8080 : this.#port.value);
    if (host === '') this.#say(t('add.address.missing'), this.#host);
    else if (!HOST.test(host)) this.#say(t('add.address.problem'), this.#host);
    else if (!Number.isInteger(port) || port < 1 || port > 65_535)
      this.#say(t('add.port.problem'), this.#port);
    else return { host, port };
    return undefined;
  }

  clear(): void {
    this.#host.value = '';
    this.#port.value = '8080';
    this.#chosen = OTHER;
    this.#touched = false;
    this.#say(undefined);
    this.#render();
  }

  #render(): void {
    const hadFocus = this.#list.contains(document.activeElement);
    const rows = this.#found.map((device) => this.#row(device));
    fill(
      this.#list,
      rows.length > 0 &&
        el(
          'fieldset',
          { class: 'gh-plain-set' },
          el('legend', { class: 'gh-label' }, t('add.found')),
          ...rows,
          this.#option(OTHER, false, el('span', {}, t('add.other'))),
        ),
    );
    this.#address.hidden = this.#chosen !== OTHER;
    if (rows.length > 0) this.#tellSearch('found');
    if (hadFocus) this.#list.querySelector<HTMLInputElement>('input:checked')?.focus();
  }

  #row(device: FoundDevice): HTMLElement {
    const { serialNumber, address, port, configuredAs } = device;
    const configured = configuredAs !== undefined;
    return this.#option(
      serialNumber,
      configured,
      el(
        'span',
        {},
        el('strong', {}, t('add.found.serial', { serial: serialNumber })),
        el('span', { class: 'gh-help' }, t('add.found.at', { address, port })),
        configured && el('span', { class: 'gh-badge' }, t('add.found.configured', { name: configuredAs })),
      ),
    );
  }

  #option(value: string, disabled: boolean, content: HTMLElement): HTMLElement {
    const radio = el('input', {
      type: 'radio',
      name: this.#group,
      value,
      disabled,
      checked: value === this.#chosen,
    });
    radio.addEventListener('change', () => {
      this.#chosen = value;
      this.#touched = true;
      this.#address.hidden = value !== OTHER;
      this.#say(undefined);
      this.#onChange();
      if (value === OTHER) this.#host.focus();
    });
    return el('label', { class: 'gh-option' }, radio, content);
  }

  #waitPatiently(): void {
    this.#tellSearch('searching');
    this.#cancelPatience?.();
    this.#cancelPatience = after(PATIENCE, () => {
      if (this.#found.length === 0) this.#tellSearch('nothing');
    });
  }

  #tellSearch(state: 'searching' | 'nothing' | 'found'): void {
    const again = button({
      text: t('add.search.again'),
      kind: 'link',
      onClick: () => {
        this.#waitPatiently();
        this.#search();
      },
    });
    if (state === 'searching') fill(this.#searching, t('add.search'));
    else if (state === 'found') fill(this.#searching);
    else fill(this.#searching, t('add.nothing'), ' ', t('add.nothing.else'), ' ', again);
  }

  #say(problem: string | undefined, input?: HTMLInputElement): void {
    fill(this.#problem, problem);
    for (const each of [this.#host, this.#port])
      setAttributes(each, { 'aria-invalid': each === input && 'true' });
    input?.focus();
  }
}
