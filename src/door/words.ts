import type { KeyUse } from '../wire/events.ts';

const WAYS: ReadonlyMap<string, string> = new Map([
  ['bluetooth', 'over Bluetooth'],
  ['wifi', 'over Wi-Fi'],
  ['internet', 'over the Internet'],
  ['autoopen', 'by auto-open'],
]);

/** Who operated it: "by unique key 5 over Wi-Fi". Completes "opened …". */
export function byKey({ keyNr, keyType, via }: KeyUse): string {
  // Only these two kinds are several, and told apart by their number.
  const key = keyType === 'unique key' || keyType === 'guest key' ? `${keyType} ${keyNr}` : keyType;
  const way = WAYS.get(via);
  return way === undefined ? `by ${key}` : `by ${key} ${way}`;
}

/** "30 s", "10 min", "1.5 min": a time in milliseconds as it stands in a log line. */
export function inWords(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 6) / 10} min`;
}
