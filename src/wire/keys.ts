import { createSecretKey, type KeyObject } from 'node:crypto';

/**
 * The two keys that the Remootio app shows. Held as KeyObjects: they do not print, do not go into JSON, and
 * `node:crypto` uses them without preparing them anew for each frame.
 */
export interface ApiKeys {
  /** API Secret Key: decrypts the challenge, nothing else. */
  readonly secretKey: KeyObject;
  /** API Auth Key: the MAC of every frame, before and after authentication. */
  readonly authKey: KeyObject;
}

/** What is wrong with a text that should have been a key; undefined when nothing is. Never quotes the text. */
export function apiKeyProblem(text: unknown): string | undefined {
  if (typeof text !== 'string' || text.trim() === '') return 'is missing';
  const digits = compact(text);
  if (/[^0-9a-f]/i.test(digits)) return 'holds characters other than the hex digits 0-9 and a-f';
  if (digits.length !== 64) return `has ${digits.length} hex digits instead of 64`;
  return undefined;
}

/**
 * An API key from the text that the app copies: 64 hex digits of either case; spaces and line breaks, which
 * mail and chat programs add, are forgiven.
 * @returns undefined where {@link apiKeyProblem} has something to say.
 */
export function parseApiKey(text: unknown): KeyObject | undefined {
  if (apiKeyProblem(text) !== undefined) return undefined;
  return createSecretKey(Buffer.from(compact(text as string), 'hex'));
}

/** For the config's parser, which knows nothing of keys. */
export const KEY_FORMAT = { keyProblem: apiKeyProblem, parseKey: parseApiKey } as const;

function compact(text: string): string {
  return text.replace(/\s+/g, '');
}
