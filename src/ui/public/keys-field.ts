import { button, el, fill, newId, setAttributes } from './dom.ts';
import { readPastedKeys, type Pasted } from './keys-paste.ts';
import { t } from './language.ts';
import type { PastedKey } from '../protocol.ts';

export type TwoKeys = readonly [PastedKey, PastedKey];

/** Where both keys are pasted at once; says while one types what is wrong, and shows no key. */
export class KeysField {
  readonly element: HTMLElement;
  readonly #area: HTMLTextAreaElement;
  readonly #typing: HTMLElement;
  readonly #done: HTMLElement;
  readonly #feedback: HTMLElement;
  readonly #onChange: () => void;
  #pasted: Pasted = { state: 'empty' };

  constructor(onChange: () => void) {
    this.#onChange = onChange;
    const id = newId();
    this.#area = el('textarea', {
      id,
      class: 'gh-input gh-keys',
      rows: 3,
      autocomplete: 'off',
      autocapitalize: 'off',
      spellcheck: 'false',
      'aria-describedby': `${id}-help ${id}-feedback`,
    });
    this.#area.addEventListener('input', () => {
      // What is not seen any more cannot be meant.
      if (!this.#typing.hidden) this.#read();
    });
    this.#feedback = el('p', { id: `${id}-feedback`, class: 'gh-feedback', 'aria-live': 'polite' });
    this.#typing = el(
      'div',
      {},
      el('label', { for: id, class: 'gh-label' }, t('add.keys.label')),
      this.#area,
      el('p', { id: `${id}-help`, class: 'gh-help' }, t('add.keys.help')),
    );
    this.#done = el(
      'p',
      { class: 'gh-keys-done', hidden: true },
      el('span', { class: 'gh-step-icon', 'data-state': 'ok', 'aria-hidden': 'true' }, '✓'),
      t('add.keys.good'),
      button({ text: t('add.keys.replace'), kind: 'link', onClick: () => this.clear(true) }),
    );
    this.element = el('div', { class: 'gh-field' }, this.#typing, this.#done, this.#feedback);
  }

  /** Both keys, as soon as they are there. */
  get keys(): TwoKeys | undefined {
    return this.#pasted.state === 'keys' ? this.#pasted.keys : undefined;
  }

  clear(focus = false): void {
    this.#area.value = '';
    this.#read();
    if (focus) this.#area.focus();
  }

  /** Says that the keys are missing. */
  insist(): void {
    if (this.keys) return;
    if (this.#pasted.state === 'empty') this.#say(t('add.keys.missing'));
    this.#area.focus();
  }

  #read(): void {
    this.#pasted = readPastedKeys(this.#area.value);
    const done = this.#pasted.state === 'keys';
    const hadFocus = document.activeElement === this.#area;
    this.#typing.hidden = done;
    this.#done.hidden = !done;
    if (done) {
      this.#area.value = '';
      if (hadFocus) this.#done.querySelector('button')?.focus();
    }
    this.#say(feedbackText(this.#pasted));
    this.#onChange();
  }

  #say(problem: string | undefined): void {
    fill(this.#feedback, problem);
    setAttributes(this.#area, { 'aria-invalid': problem !== undefined && 'true' });
  }
}

function feedbackText(pasted: Pasted): string | undefined {
  if (pasted.state !== 'problem') return undefined;
  return t(`add.keys.${pasted.problem}`, pasted.digits === undefined ? {} : { digits: pasted.digits });
}
