import { ask } from './backend.ts';
import type { ConfigStore } from './config-store.ts';
import { button, el, fill } from './dom.ts';
import { t } from './language.ts';
import { errorBox, messageBox } from './messages.ts';
import type { TakeoverDone, TakeoverLine, TakeoverPreview } from '../protocol.ts';

/** Takes over the devices of homebridge-remootio, after showing what becomes of them. */
export class TakeoverView {
  readonly element = el('section', { class: 'gh-card gh-takeover' });
  readonly #store: ConfigStore;
  /** The page must not save any more: what it has is older than what is on disk. */
  readonly #onDone: () => void;

  constructor(names: readonly string[], store: ConfigStore, onDone: () => void) {
    this.#store = store;
    this.#onDone = onDone;
    fill(
      this.element,
      el('h3', {}, t('takeover.title')),
      el('p', {}, t('takeover.text', { names: names.join(', ') })),
      el(
        'div',
        { class: 'gh-actions' },
        button({ text: t('takeover.preview'), onClick: () => void this.#preview() }),
      ),
    );
  }

  async #preview(): Promise<void> {
    try {
      this.#show(await ask('/takeover'));
    } catch (error) {
      this.element.append(errorBox(error));
    }
  }

  #show({ lines, devices, problems }: TakeoverPreview): void {
    const outcome = el('div');
    const apply = button({
      text: t('takeover.apply'),
      kind: 'primary',
      onClick: () => {
        if (this.#store.isChanged) fill(outcome, messageBox('careful', t('takeover.unsaved')));
        else void this.#apply(outcome);
      },
    });
    fill(
      this.element,
      el('h3', { tabindex: -1 }, t('takeover.title')),
      el('p', {}, t('takeover.text', { names: devices.join(', ') })),
      linesTable(lines),
      problems.length > 0 && el('p', {}, t('takeover.todo')),
      problems.length > 0 && el('ul', {}, ...problems.map((problem) => el('li', {}, problem))),
      messageBox('note', t('takeover.consequences')),
      el('div', { class: 'gh-actions' }, apply),
      outcome,
    );
    this.element.querySelector('h3')?.focus();
  }

  async #apply(outcome: HTMLElement): Promise<void> {
    try {
      this.#showDone(await ask('/takeover/apply'));
      this.#onDone();
    } catch (error) {
      fill(outcome, errorBox(error));
    }
  }

  #showDone({ devices, backup }: TakeoverDone): void {
    fill(
      this.element,
      el('h3', {}, t('takeover.title')),
      messageBox(
        'good',
        el('strong', {}, t('takeover.done', { names: devices.join(', ') })),
        ' ',
        t('takeover.done.next', { backup }),
      ),
      el(
        'div',
        { class: 'gh-actions' },
        button({
          text: t('takeover.done.close'),
          kind: 'primary',
          onClick: () => window.homebridge.closeSettings(),
        }),
      ),
    );
  }
}

function linesTable(lines: readonly TakeoverLine[]): HTMLElement {
  const rows = lines.map(({ device, key, becomes, message }) =>
    el(
      'tr',
      {},
      el('td', {}, device ?? ''),
      el('td', {}, el('code', {}, key)),
      el('td', {}, becomes === undefined ? t('takeover.nothing') : el('code', {}, becomes)),
      el('td', {}, message),
    ),
  );
  const heads = [t('journal.device'), t('takeover.setting'), t('takeover.becomes'), t('takeover.note')];
  return el(
    'div',
    { class: 'gh-scroll', tabindex: 0, role: 'region', 'aria-label': t('takeover.lines') },
    el(
      'table',
      { class: 'gh-table' },
      el('caption', { class: 'gh-off-screen' }, t('takeover.lines')),
      el('thead', {}, el('tr', {}, ...heads.map((head) => el('th', { scope: 'col' }, head)))),
      el('tbody', {}, ...rows),
    ),
  );
}
