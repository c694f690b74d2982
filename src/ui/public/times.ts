import { currentLanguage } from './language.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "22:15" or "10:15 PM", with the day in front unless it is today. */
export function timeText(time: number, now: number): string {
  const language = currentLanguage();
  const clock = new Intl.DateTimeFormat(language, { timeStyle: 'short' }).format(time);
  if (dateOf(time) === dateOf(now)) return clock;
  const days = new Intl.DateTimeFormat(language, { weekday: 'short', day: 'numeric', month: 'short' });
  return `${days.format(time)}, ${clock}`;
}

/** "3 min", "2 hr", "4 days": a duration as it is spoken of. */
export function durationText(milliseconds: number): string {
  const [value, unit] =
    milliseconds < MINUTE
      ? ([milliseconds / 1000, 'second'] as const)
      : milliseconds < HOUR
        ? ([milliseconds / MINUTE, 'minute'] as const)
        : milliseconds < 2 * DAY
          ? ([milliseconds / HOUR, 'hour'] as const)
          : ([milliseconds / DAY, 'day'] as const);
  return new Intl.NumberFormat(currentLanguage(), {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: 0,
  }).format(value);
}

/** "Mon", of a date `YYYY-MM-DD`. */
export function weekdayText(date: string): string {
  const day = new Intl.DateTimeFormat(currentLanguage(), { weekday: 'short', timeZone: 'UTC' });
  return day.format(Date.parse(`${date}T12:00:00Z`));
}

function dateOf(time: number): string {
  return new Date(time).toDateString();
}
