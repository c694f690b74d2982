/**
 * Apple Home takes names of at least two characters that begin and end with a letter or a digit and have
 * letters, digits, spaces and common punctuation in between; hap-nodejs says so in its own way, and an
 * iPhone can refuse the whole accessory. Marks on letters are kept: many scripts are not readable without.
 */
interface Patterns {
  readonly forbidden: RegExp;
  readonly edges: RegExp;
  readonly spaces: RegExp;
  readonly twoCharacters: RegExp;
}

/**
 * As literals they would be compiled whenever the plugin is loaded, which takes longer than most of its files:
 * the classes of letters are tables of all the world's scripts.
 */
function makePatterns(): Patterns {
  return {
    forbidden: new RegExp(
      String.raw`[^\p{L}\p{M}\p{N}\p{Zs}’'&!._:;()/,-]+|(?<![\p{L}\p{M}\p{N}])\p{M}+`,
      'gu',
    ),
    edges: new RegExp(String.raw`^[^\p{L}\p{N}]+|[^\p{L}\p{M}\p{N}]+$`, 'gu'),
    spaces: new RegExp(String.raw`\p{Zs}+`, 'gu'),
    twoCharacters: new RegExp(String.raw`[^\p{M}].*[^\p{M}]`, 'u'),
  };
}

let made: Patterns | undefined;
const patterns = (): Patterns => (made ??= makePatterns());

/** What most names are, and what needs no cleaning. */
const PLAIN = /^[A-Za-z0-9]+(?: [A-Za-z0-9]+)*$/;

/** The longest string that a HAP characteristic holds. */
const LONGEST = 64;

/** What a gate is called when its own name has nothing that could be shown. */
const FALLBACK = 'Gate';

/** The nearest name that Apple Home accepts: "Gate #2" becomes "Gate 2". A good name stays as it is. */
export function cleanName(name: string): string {
  if (name.length >= 2 && name.length <= LONGEST && PLAIN.test(name)) return name;
  const { forbidden, twoCharacters } = patterns();
  const plain = tidy(name.normalize('NFC').replace(forbidden, ' '));
  // Half a pair of brackets is left where the other half stood at an end: "Garage (left)".
  const whole = isBalanced(plain) ? plain : tidy(plain.replace(/[()]/g, ' '));
  const cut = tidy(whole.slice(0, LONGEST));
  if (cut === '') return FALLBACK;
  return twoCharacters.test(cut) ? cut : `${FALLBACK} ${cut}`;
}

function tidy(text: string): string {
  const { edges, spaces } = patterns();
  return text.replace(spaces, ' ').replace(edges, '');
}

const isBalanced = (text: string): boolean => text.split('(').length === text.split(')').length;
