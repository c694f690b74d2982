import type { PastedKey } from '../protocol.ts';

/** What a text that should hold two API keys holds. */
export type Pasted =
  | { readonly state: 'empty' }
  | { readonly state: 'keys'; readonly keys: readonly [PastedKey, PastedKey] }
  | {
      readonly state: 'problem';
      /** `one`: the other key is missing. The others say themselves what is wrong. */
      readonly problem: 'none' | 'one' | 'same' | 'many' | 'length' | 'characters';
      /** Of `length`: how many digits there are. */
      readonly digits?: number;
    };

const KEY_DIGITS = 64;
/** Shorter words are no keys that went wrong, but words. */
const SHORTEST_KEY = 24;

interface Run {
  readonly digits: string;
  readonly label: PastedKey['label'];
}

/**
 * Reads whatever "Copy API Keys" of the Remootio app put on the clipboard, and what mail and chat programs
 * made of it: two lines, JSON, with names or without, wrapped or in groups of digits.
 */
export function readPastedKeys(text: string): Pasted {
  if (text.trim() === '') return { state: 'empty' };
  const runs = hexRuns(text).flatMap(splitDouble);
  const found = runs.filter(({ digits }) => digits.length === KEY_DIGITS).map(toKey);
  const keys = found.filter((key, index) => found.findIndex((other) => other.text === key.text) === index);
  const wrong = runs.find(({ digits }) => digits.length !== KEY_DIGITS && digits.length >= SHORTEST_KEY);
  const [first, second, third] = keys;
  if (first && second && !third) return { state: 'keys', keys: [first, second] };
  if (third) return { state: 'problem', problem: 'many' };
  if (wrong) return { state: 'problem', problem: 'length', digits: wrong.digits.length };
  if (hasNearKey(text)) return { state: 'problem', problem: 'characters' };
  if (first) return { state: 'problem', problem: found.length > 1 ? 'same' : 'one' };
  return { state: 'problem', problem: 'none' };
}

/** Words of hex digits that follow one another, put together: a key may have been wrapped. */
function hexRuns(text: string): Run[] {
  const runs: Run[] = [];
  let digits = '';
  let label: PastedKey['label'] = 'none';
  const end = (): void => {
    if (digits !== '') runs.push({ digits, label });
    if (digits.length >= SHORTEST_KEY) label = 'none';
    digits = '';
  };
  for (const [word] of text.matchAll(/[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s]+/gu)) {
    if (/^[0-9a-f]+$/i.test(word)) {
      // A whole key ends where it ends, whatever comes behind it.
      if (word.length >= KEY_DIGITS || digits.length === KEY_DIGITS) end();
      digits += word.toLowerCase();
      continue;
    }
    end();
    if (/secret/i.test(word)) label = 'secret';
    else if (/auth/i.test(word)) label = 'auth';
  }
  end();
  return runs;
}

/** Two keys without names between them that were wrapped in the middle of a line. */
function splitDouble(run: Run): Run[] {
  if (run.digits.length !== 2 * KEY_DIGITS) return [run];
  return [
    { ...run, digits: run.digits.slice(0, KEY_DIGITS) },
    { digits: run.digits.slice(KEY_DIGITS), label: 'none' },
  ];
}

function toKey({ digits, label }: Run): PastedKey {
  return { text: digits, label };
}

/** A word that is as long as a key and is none: an O for a 0, say. */
function hasNearKey(text: string): boolean {
  return text.split(/[\s"',;:=]+/).some((word) => word.length >= SHORTEST_KEY && !/^[0-9a-f]+$/i.test(word));
}
