import { button, el, fill, newId, setAttributes } from './dom.ts';
import { choicesOf, textKey, type FieldNode, type Path } from './form-model.ts';
import { schemaTexts, t } from './language.ts';
import { typedValue, valueProblem } from './settings-values.ts';
import type { SettingTexts } from './texts.ts';

export interface FieldContext {
  readonly read: (path: Path) => unknown;
  /** Undefined takes the setting out. */
  readonly write: (path: Path, value: unknown) => void;
  readonly isKeptSecret: (value: unknown) => boolean;
}

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** One setting: its label, its input, what it means and what is wrong with it. */
export class FieldView {
  readonly element = el('div', { class: 'gh-field' });
  readonly #node: FieldNode;
  readonly #context: FieldContext;
  readonly #texts: SettingTexts;
  readonly #id = newId();
  readonly #problem: HTMLElement;
  #control: Control | undefined;
  #isWrong = false;
  #touched = false;

  constructor(node: FieldNode, context: FieldContext) {
    this.#node = node;
    this.#context = context;
    this.#texts = textsOf(node);
    this.#problem = el('p', { id: `${this.#id}-problem`, class: 'gh-feedback', 'aria-live': 'polite' });
    this.element.dataset['setting'] = textKey(node.path);
    this.#render();
    this.refresh();
  }

  get problems(): number {
    return this.#isWrong ? 1 : 0;
  }

  /** Looks at the value anew; what was not touched is not complained of. */
  refresh(): void {
    const problem = valueProblem(this.#node.schema, this.#value, this.#node);
    this.#isWrong = problem !== undefined;
    const shown = problem && (this.#touched || problem.code !== 'missing') ? problem : undefined;
    fill(this.#problem, shown && t(`value.${shown.code}`, shown.facts));
    if (this.#control) setAttributes(this.#control, { 'aria-invalid': shown !== undefined && 'true' });
  }

  get #value(): unknown {
    return this.#context.read(this.#node.path);
  }

  #set(value: unknown): void {
    this.#touched = true;
    this.#context.write(this.#node.path, value);
  }

  #render(): void {
    const { schema, secret } = this.#node;
    if (secret && this.#context.isKeptSecret(this.#value)) this.#renderKeptSecret();
    else if (schema.type === 'boolean') this.#renderSwitch();
    else if (choicesOf(schema).length > 0) this.#renderChoice();
    else if (schema.type === 'array') this.#renderLines();
    else this.#renderInput();
  }

  #renderInput(previous?: unknown): void {
    const { schema, secret } = this.#node;
    const isNumber = schema.type === 'number' || schema.type === 'integer';
    const value = previous === undefined ? this.#value : '';
    const input = el('input', {
      ...this.#attributes(),
      type: secret ? 'password' : 'text',
      class: 'gh-input',
      inputmode: isNumber && 'decimal',
      placeholder: this.#texts.placeholder ?? schema.placeholder ?? defaultText(schema.default),
      autocomplete: 'off',
      spellcheck: 'false',
    });
    input.value = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    input.addEventListener('input', () => this.#set(typedValue(schema, input.value) ?? previous));
    this.#control = input;
    const keep = (): void => {
      this.#set(previous);
      this.#render();
      this.refresh();
      this.element.querySelector('button')?.focus();
    };
    fill(
      this.element,
      this.#label(),
      input,
      previous !== undefined && button({ text: t('settings.secret.keep'), kind: 'link', onClick: keep }),
      this.#help(),
      this.#problem,
    );
  }

  /** A list of texts, one on each line. */
  #renderLines(): void {
    const { schema } = this.#node;
    const area = el('textarea', {
      ...this.#attributes(),
      class: 'gh-input gh-code',
      rows: 3,
      spellcheck: 'false',
    });
    const value = this.#value;
    area.value = Array.isArray(value) ? value.join('\n') : typeof value === 'string' ? value : '';
    area.addEventListener('input', () => this.#set(typedValue(schema, area.value)));
    this.#control = area;
    fill(this.element, this.#label(), area, this.#help(), this.#problem);
  }

  /** Replacing it begins with an empty input; as long as that is empty the saved one stays. */
  #renderKeptSecret(): void {
    const kept = this.#value;
    this.#control = undefined;
    const replace = button({
      text: t('settings.secret.replace'),
      label: t('settings.secret.replace.of', { name: this.#texts.title }),
      kind: 'link',
      onClick: () => {
        this.#renderInput(kept);
        this.#control?.focus();
      },
    });
    fill(
      this.element,
      el('span', { class: 'gh-label' }, this.#texts.title),
      el(
        'span',
        { class: 'gh-secret' },
        '••••••••',
        el('span', { class: 'gh-help' }, t('settings.secret.saved')),
        replace,
      ),
      this.#problem,
    );
  }

  #renderSwitch(): void {
    const { schema } = this.#node;
    const input = el('input', {
      ...this.#attributes(),
      type: 'checkbox',
      role: 'switch',
      class: 'gh-switch',
    });
    input.checked = (this.#value ?? schema.default) === true;
    input.addEventListener('change', () =>
      this.#set(input.checked === schema.default ? undefined : input.checked),
    );
    this.#control = input;
    fill(
      this.element,
      el('label', { class: 'gh-switch-label' }, input, el('span', {}, this.#texts.title)),
      this.#help(),
      this.#problem,
    );
  }

  #renderChoice(): void {
    const { schema, required } = this.#node;
    const select = el('select', { ...this.#attributes(), class: 'gh-input' });
    const isOptional = schema.default === undefined;
    const nothing = this.#texts.placeholder ?? schema.placeholder;
    fill(
      select,
      isOptional && el('option', { value: '' }, nothing ?? t(required ? 'settings.choose' : 'settings.any')),
      ...choicesOf(schema).map(({ value, title }) =>
        el('option', { value }, this.#texts.choices?.[value] ?? title),
      ),
    );
    const value = this.#value ?? schema.default;
    select.value = typeof value === 'string' ? value : '';
    select.addEventListener('change', () =>
      this.#set(select.value === '' || select.value === schema.default ? undefined : select.value),
    );
    this.#control = select;
    fill(this.element, this.#label(), select, this.#help(), this.#problem);
  }

  #attributes(): Record<string, string | boolean> {
    return {
      id: this.#id,
      'aria-describedby': `${this.#id}-help ${this.#id}-problem`,
      'aria-required': this.#node.required && 'true',
    };
  }

  #label(): HTMLElement {
    return el(
      'label',
      { for: this.#id, class: 'gh-label' },
      this.#texts.title,
      this.#node.required && el('span', { class: 'gh-help' }, ` (${t('settings.required')})`),
    );
  }

  #help(): HTMLElement {
    return el('p', { id: `${this.#id}-help`, class: 'gh-help' }, this.#texts.description ?? '');
  }
}

function textsOf({ path, schema }: FieldNode): SettingTexts {
  const { title = path.at(-1) ?? '', description } = schema;
  const english = { title, ...(description !== undefined && { description }) };
  return { ...english, ...schemaTexts()?.settings[textKey(path)] };
}

function defaultText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
