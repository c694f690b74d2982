import { InvalidArgumentError } from 'commander';

const UNITS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/** A time in local time as people read it: `2026-07-28 14:03:22`. @param at wall milliseconds */
export function localTime(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(two).join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`;
}

/** Reads a date (`2026-07-28`, with a time or without) or an age (`2h`, `3d`). @returns wall milliseconds */
export function pastTime(text: string, now: number): number {
  const age = /^(\d+)\s*([a-z]+)$/.exec(text.trim());
  const unit = age?.[2] === undefined ? undefined : UNITS[age[2]];
  if (age?.[1] !== undefined && unit !== undefined) return now - Number(age[1]) * unit;
  const day = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text.trim());
  // By itself a date would be read as midnight of UTC.
  const at = day ? Date.parse(`${text.trim()}T00:00:00`) : Date.parse(text);
  if (!Number.isNaN(at)) return at;
  throw new InvalidArgumentError('It must be a date like 2026-07-28, or an age like 30m, 2h or 3d.');
}
