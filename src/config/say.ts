import { isObject, own } from '../base/json.ts';
import { redact } from '../base/redact.ts';

/** Shorter texts are no keys, and taking them for some would hide ordinary names. */
const SHORTEST_SECRET = 8;
const LONGEST_SHOWN = 64;

/**
 * Whatever was written where a key belongs, right or wrong. Used to keep it out of messages even where it
 * was also pasted somewhere else.
 */
export function secretsIn(devices: readonly unknown[]): readonly string[] {
  return devices
    .filter(isObject)
    .flatMap((device) => [own(device, 'apiSecretKey'), own(device, 'apiAuthKey')])
    .filter((value) => typeof value === 'string')
    .map(compact)
    .filter((text) => text.length >= SHORTEST_SECRET);
}

/** Whether a text has a key in it, whatever spaces it was taken apart with. */
export function holdsSecret(text: string, secrets: readonly string[]): boolean {
  const plain = compact(text);
  return secrets.some((secret) => plain.includes(secret));
}

/** A name from the config as it may stand in a log line: on one line, not endless, and without a key. */
export function nameForLog(name: string, secrets: readonly string[]): string {
  if (holdsSecret(name, secrets)) return '[redacted]';
  const shown = onOneLine(redact(name));
  return shown.length > LONGEST_SHOWN ? `${shown.slice(0, LONGEST_SHOWN)}…` : shown;
}

/** What is left when everything is taken away that does not make one key another. */
const compact = (text: string): string => text.toLowerCase().replace(/[\s\p{Cc}]+/gu, '');

/** Control characters could forge log lines or colour a terminal. */
const onOneLine = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
