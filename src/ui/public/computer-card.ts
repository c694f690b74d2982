import { ask } from './backend.ts';
import { button, el, fill, newId, type Child } from './dom.ts';
import { t } from './language.ts';
import { LinkBox } from './link-box.ts';
import { errorBox, messageBox } from './messages.ts';
import type { ComputerView, RolloutParams } from '../protocol.ts';
import { now } from './timers.ts';
import { timeText } from './times.ts';

/** One computer: whether it can be reached, and what can be done about that. */
export class ComputerCard {
  readonly element = el('article', { class: 'gh-card' });
  readonly #name: string;
  readonly #state = el('p', { class: 'gh-state', role: 'status' });
  readonly #problem = el('div');
  readonly #actions = el('div', { class: 'gh-actions' });
  readonly #work = el('div', { 'aria-live': 'polite' });
  readonly #link = new LinkBox();
  #shown = '';

  constructor(name: string) {
    this.#name = name;
    fill(
      this.element,
      el('h3', {}, name),
      this.#state,
      this.#problem,
      this.#actions,
      this.#work,
      this.#link.element,
    );
  }

  show(computer: ComputerView): void {
    // What is being read or typed is not taken away by what does not change it.
    const shown = JSON.stringify(computer);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.element.dataset['phase'] = computer.phase;
    fill(this.#state, ...stateParts(computer));
    fill(
      this.#problem,
      computer.problem !== undefined && messageBox('careful', computer.problem),
      this.#orphans(computer),
    );
    if (computer.phase !== 'open') this.forgetLink();
    this.#offer(computer);
  }

  forgetLink(): void {
    this.#link.clear();
  }

  #offer({ phase }: ComputerView): void {
    this.#actions.hidden = false;
    const name = this.#name;
    const one = (
      text: 'support.open' | 'support.link' | 'support.revoke',
      kind: 'primary' | 'plain',
      onClick: () => void,
    ): HTMLButtonElement => button({ text: t(text), label: t(`${text}.of`, { name }), kind, onClick });
    fill(
      this.#actions,
      phase === 'closed' && one('support.open', 'primary', () => this.#prepare()),
      phase === 'open' && one('support.link', 'primary', () => void this.#makeLink()),
      (phase === 'open' || phase === 'opening') && one('support.revoke', 'plain', () => this.#askRevoke()),
    );
  }

  #orphans({ possiblyOrphaned }: ComputerView): Child {
    if (possiblyOrphaned === 0) return undefined;
    const forget = (): void => void this.#do(() => ask('/reach/forget', { name: this.#name }));
    return messageBox(
      'careful',
      t('support.orphans'),
      ' ',
      button({ text: t('support.forget'), kind: 'link', onClick: forget }),
    );
  }

  /** The steps to a rollout, and the three values where the plugin does not get them by itself. */
  #prepare(): void {
    const inputs = {
      rolloutKey: labelledInput(t('support.rollout-key'), 'password'),
      requestId: labelledInput(t('support.request-id'), 'text'),
      remotecontrolId: labelledInput(t('support.computer-id'), 'text'),
    };
    const fields = el('div', { class: 'gh-row' }, ...Object.values(inputs).map(({ element }) => element));
    const go = button({
      text: t('support.open.go'),
      kind: 'primary',
      onClick: () => {
        const data = {
          rolloutKey: inputs.rolloutKey.input.value.trim(),
          requestId: inputs.requestId.input.value.trim(),
          remotecontrolId: inputs.remotecontrolId.input.value.trim(),
        };
        const isTyped = Object.values(data).some((text) => text !== '');
        void this.#rollout(isTyped ? { name: this.#name, data } : { name: this.#name });
      },
    });
    const cancel = button({
      text: t('cancel'),
      onClick: () => {
        fill(this.#work);
        this.#actions.hidden = false;
      },
    });
    this.#actions.hidden = true;
    fill(
      this.#work,
      el('h4', {}, t('support.open.title', { name: this.#name })),
      el(
        'ol',
        { class: 'gh-rollout' },
        el('li', {}, t('support.open.step1')),
        el(
          'li',
          {},
          t('support.open.step2'),
          el('details', {}, el('summary', {}, t('support.open.typed')), fields),
        ),
        el('li', {}, t('support.open.step3')),
      ),
      el('div', { class: 'gh-actions' }, go, cancel),
    );
  }

  async #rollout(params: RolloutParams): Promise<void> {
    this.#actions.hidden = false;
    fill(this.#work, messageBox('note', t('support.open.working')));
    await this.#do(async () => {
      const state = await ask('/reach/rollout', params);
      return { ...state, said: t('support.opened', { name: this.#name }) };
    });
  }

  async #makeLink(): Promise<void> {
    this.forgetLink();
    fill(this.#work, messageBox('note', t('support.link.working')));
    try {
      const { link } = await ask('/reach/link', { name: this.#name });
      fill(this.#work);
      this.#link.show(this.#name, link);
    } catch (error) {
      fill(this.#work, errorBox(error));
    }
  }

  #askRevoke(): void {
    const name = this.#name;
    const revoke = async (): Promise<ComputerView & { readonly said: string }> => ({
      ...(await ask('/reach/revoke', { name })),
      said: t('support.revoked', { name }),
    });
    const yes = button({
      text: t('support.revoke.yes'),
      kind: 'danger',
      onClick: () => void this.#do(revoke),
    });
    const no = button({ text: t('cancel'), onClick: () => fill(this.#work) });
    fill(
      this.#work,
      el('p', {}, t('support.revoke.sure', { name })),
      el('div', { class: 'gh-actions' }, yes, no),
    );
    no.focus();
  }

  async #do(work: () => Promise<ComputerView & { readonly said?: string }>): Promise<void> {
    try {
      const { said, ...computer } = await work();
      this.show(computer);
      fill(this.#work, said !== undefined && messageBox('good', said));
    } catch (error) {
      fill(this.#work, errorBox(error));
    }
  }
}

function stateParts({ phase, since, until, endingSoon }: ComputerView): readonly Child[] {
  const time = (at: number): string => timeText(at, now());
  const words = [
    since === undefined || phase === 'closed' ? undefined : t('support.since', { time: time(since) }),
    phase !== 'open'
      ? undefined
      : until === undefined
        ? t('support.forever')
        : t('support.until', { time: time(until) }),
  ].filter((word) => word !== undefined);
  return [
    el('span', { class: 'gh-dot', 'data-state': phase, 'aria-hidden': 'true' }),
    t(`support.phase.${phase}`),
    words.length > 0 && el('span', { class: 'gh-help' }, ` ${words.join(', ')}`),
    endingSoon && el('strong', {}, ` ${t('support.soon')}`),
  ];
}

function labelledInput(
  label: string,
  type: string,
): { readonly element: HTMLElement; readonly input: HTMLInputElement } {
  const id = newId();
  const input = el('input', { id, type, class: 'gh-input', autocomplete: 'off', spellcheck: 'false' });
  return {
    element: el('div', { class: 'gh-field' }, el('label', { for: id, class: 'gh-label' }, label), input),
    input,
  };
}
