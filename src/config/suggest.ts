/** The known word that was probably meant; undefined where none is near enough. */
export function suggest(word: string, known: readonly string[]): string | undefined {
  const written = fold(word);
  const part = known.find((candidate) => written.length >= 4 && fold(candidate).includes(written));
  if (part !== undefined) return part;
  let best: { readonly word: string; readonly distance: number } | undefined;
  for (const candidate of known) {
    const allowed = Math.max(1, Math.floor(candidate.length / 4));
    const distance = editDistance(written, fold(candidate));
    if (distance <= allowed && (!best || distance < best.distance)) best = { word: candidate, distance };
  }
  return best?.word;
}

/** `read_only`, `Read-Only` and `readOnly` are one word to whoever writes them. */
const fold = (word: string): string => word.toLowerCase().replace(/[\s_-]/g, '');

/** How many letters must be inserted, removed or replaced to make one word of the other (Levenshtein). */
function editDistance(a: string, b: string): number {
  // Far apart in length is far apart; it also keeps a config key of a megabyte from costing time.
  if (Math.abs(a.length - b.length) > 8) return Infinity;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i++) {
    let left = i + 1;
    const next = [left];
    for (let j = 1; j <= b.length; j++) {
      const above = row[j] ?? 0;
      const corner = row[j - 1] ?? 0;
      left = Math.min(left + 1, above + 1, corner + (a[i] === b[j - 1] ? 0 : 1));
      next.push(left);
    }
    row = next;
  }
  return row[b.length] ?? Infinity;
}
