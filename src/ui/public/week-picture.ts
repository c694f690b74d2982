import { el } from './dom.ts';
import { t } from './language.ts';
import type { DayView } from '../protocol.ts';
import { weekdayText } from './times.ts';

/** More openings in an hour than these look no darker. */
const DARKEST = 4;
const MARKS = [0, 6, 12, 18];

/** When the gates were opened: a row for each day, a cell for each hour, darker for more. */
export function weekPicture(days: readonly DayView[]): HTMLElement {
  const rows = days.map(({ start, opened, openedByHour }) => {
    const day = weekdayText(start);
    const cells = openedByHour.map((count, hour) =>
      el('span', {
        class: 'gh-week-cell',
        'data-count': Math.min(count, DARKEST),
        title: t('week.cell', { day, from: `${hour}:00`, to: `${hour + 1}:00`, count }),
      }),
    );
    const total = el('span', { class: 'gh-week-total' }, opened === 0 ? '' : String(opened));
    return el('div', { class: 'gh-week-row' }, el('span', { class: 'gh-week-day' }, day), ...cells, total);
  });
  const marks = MARKS.map((hour) =>
    el(
      'span',
      { class: 'gh-week-mark', style: `grid-column: ${hour + 2} / span 6` },
      t('week.hour', { hour }),
    ),
  );
  const words = days.map(({ start, opened }) => `${weekdayText(start)} ${opened}`).join(', ');
  return el(
    'div',
    { class: 'gh-week', role: 'img', 'aria-label': `${t('week.title')}: ${words}` },
    ...rows,
    el('div', { class: 'gh-week-row' }, ...marks),
  );
}
