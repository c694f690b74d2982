import { ask } from './backend.ts';
import { button, el, fill, newId } from './dom.ts';
import { entryText, personText } from './entry-text.ts';
import { t } from './language.ts';
import { errorBox } from './messages.ts';
import type { DayView, EntryView, JournalView as Journal } from '../protocol.ts';
import { now } from './timers.ts';
import { timeText } from './times.ts';
import { weekPicture } from './week-picture.ts';

const FIRST = 10;
const MORE = 40;
const MOST = 500;
const DAY = 86_400_000;

/** Who operated what, when, and a picture of the week. */
export class JournalView {
  readonly element = el('section', { class: 'gh-section' });
  readonly #device = selectBox();
  readonly #person = selectBox();
  readonly #list = el('div');
  readonly #week = el('div');
  #limit = FIRST;
  #loads = 0;

  constructor() {
    fill(
      this.element,
      el('h3', {}, t('journal.title')),
      el(
        'div',
        { class: 'gh-filters' },
        labelled(t('journal.device'), this.#device),
        labelled(t('journal.person'), this.#person),
      ),
      this.#list,
      el('h3', {}, t('week.title')),
      this.#week,
    );
    // What comes a moment later must not push away what somebody is about to press.
    fill(this.#list, el('p', { class: 'gh-help' }, t('loading')));
    fill(this.#week, weekPicture(emptyWeek()));
    for (const select of [this.#device, this.#person]) {
      select.addEventListener('change', () => {
        this.#limit = FIRST;
        void this.load();
      });
    }
  }

  /** Reads the journal anew. Never rejects. */
  async load(): Promise<void> {
    const load = ++this.#loads;
    const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
    const [device, person] = [this.#device.value, this.#person.value];
    try {
      const journal = await ask('/journal', {
        limit: this.#limit,
        timeZone,
        ...(device !== '' && { device }),
        ...(person !== '' && { person }),
      });
      // Of several that were asked for in a row the last one counts.
      if (load === this.#loads) this.#show(journal, device !== '' || person !== '');
    } catch (error) {
      if (load === this.#loads) fill(this.#list, errorBox(error));
    }
  }

  #show({ entries, days, devices, people }: Journal, filtered: boolean): void {
    fillSelect(
      this.#device,
      devices.map((name) => ({ value: name, text: name })),
    );
    fillSelect(
      this.#person,
      people.map(({ name, by }) => ({ value: name, text: personText(by) ?? name })),
    );
    const time = now();
    const none = t(filtered ? 'journal.none.filtered' : 'journal.none');
    const mayBeMore = entries.length === this.#limit && this.#limit < MOST;
    const more = button({
      text: t('journal.more'),
      kind: 'link',
      onClick: () => {
        this.#limit = Math.min(this.#limit + MORE, MOST);
        void this.load();
      },
    });
    fill(
      this.#list,
      entries.length === 0
        ? el('p', { class: 'gh-help' }, none)
        : el('ol', { class: 'gh-journal' }, ...entries.map((entry) => rowOf(entry, time))),
      mayBeMore && more,
    );
    fill(this.#week, weekPicture(days));
  }
}

function emptyWeek(): readonly DayView[] {
  const time = now();
  return Array.from({ length: 7 }, (_, index) => ({
    start: new Date(time - (6 - index) * DAY).toISOString().slice(0, 10),
    opened: 0,
    openedByHour: Array.from({ length: 24 }, () => 0),
  }));
}

function rowOf(entry: EntryView, time: number): HTMLElement {
  const when = entry.at === undefined ? t('journal.time-unknown') : timeText(entry.at, time);
  return el(
    'li',
    {},
    entry.at === undefined
      ? el('span', { class: 'gh-time' }, when)
      : el('time', { class: 'gh-time', datetime: new Date(entry.at).toISOString() }, when),
    el(
      'span',
      {},
      entryText(entry),
      entry.by?.inferred === true && el('span', { class: 'gh-help' }, ` (${t('journal.inferred')})`),
    ),
  );
}

function selectBox(): HTMLSelectElement {
  return el('select', { class: 'gh-input', id: newId() }, el('option', { value: '' }, t('journal.all')));
}

function labelled(text: string, select: HTMLSelectElement): HTMLElement {
  return el('div', {}, el('label', { for: select.id, class: 'gh-label' }, text), select);
}

/** Leaves alone what is as it should be: somebody may have it open. */
function fillSelect(
  select: HTMLSelectElement,
  options: readonly { readonly value: string; readonly text: string }[],
): void {
  const wanted = ['', ...options.map(({ value }) => value)].join('\n');
  const present = [...select.options].map(({ value }) => value).join('\n');
  if (wanted === present) return;
  const chosen = select.value;
  fill(
    select,
    el('option', { value: '' }, t('journal.all')),
    ...options.map(({ value, text }) => el('option', { value }, text)),
  );
  select.value = options.some(({ value }) => value === chosen) ? chosen : '';
}
