/**
 * Apple Home takes names of at least two characters that begin and end with a letter or a digit and have
 * letters, digits, spaces and common punctuation in between; hap-nodejs says so in its own way, and an
 * iPhone can refuse the whole accessory. Marks on letters are kept: many scripts are not readable without.
 */
const FORBIDDEN = /[^\p{L}\p{M}\p{N}\p{Zs}’'&!._:;()/,-]+|(?<![\p{L}\p{M}\p{N}])\p{M}+/gu;
const EDGES = /^[^\p{L}\p{N}]+|[^\p{L}\p{M}\p{N}]+$/gu;

/** The longest string that a HAP characteristic holds. */
const LONGEST = 64;

/** What a gate is called when its own name has nothing that could be shown. */
const FALLBACK = 'Gate';

/** The nearest name that Apple Home accepts: "Gate #2" becomes "Gate 2". A good name stays as it is. */
export function cleanName(name: string): string {
  const plain = tidy(name.normalize('NFC').replace(FORBIDDEN, ' '));
  // Half a pair of brackets is left where the other half stood at an end: "Garage (left)".
  const whole = isBalanced(plain) ? plain : tidy(plain.replace(/[()]/g, ' '));
  const cut = tidy(whole.slice(0, LONGEST));
  if (cut === '') return FALLBACK;
  return /[^\p{M}].*[^\p{M}]/u.test(cut) ? cut : `${FALLBACK} ${cut}`;
}

const tidy = (text: string): string => text.replace(/\p{Zs}+/gu, ' ').replace(EDGES, '');

const isBalanced = (text: string): boolean => text.split('(').length === text.split(')').length;
