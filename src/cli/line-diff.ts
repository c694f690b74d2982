export interface DiffLine {
  readonly sign: '+' | '-' | ' ';
  readonly text: string;
}

/** Unchanged lines that are shown around a change. */
const AROUND = 3;

/** The lines that differ between two texts, with a few around them; where lines are left out, one says `…`. */
export function lineDiff(before: string, after: string): readonly DiffLine[] {
  const all = fullDiff(before.split('\n'), after.split('\n'));
  const near = all.map((_line, index) =>
    all.slice(Math.max(0, index - AROUND), index + AROUND + 1).some(({ sign }) => sign !== ' '),
  );
  return all.flatMap((line, index) => {
    if (near[index]) return [line];
    const first = index === 0 || near[index - 1];
    return first ? [{ sign: ' ', text: '…' }] : [];
  });
}

/** By the longest common subsequence: configs are some hundred lines. */
function fullDiff(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const common = commonLengths(before, after);
  const lines: DiffLine[] = [];
  let [old, fresh] = [0, 0];
  while (old < before.length || fresh < after.length) {
    const [oldLine, freshLine] = [before[old], after[fresh]];
    if (oldLine !== undefined && oldLine === freshLine) {
      lines.push({ sign: ' ', text: oldLine });
      old++;
      fresh++;
    } else if (oldLine !== undefined && (freshLine === undefined || skipsOld(common, old, fresh))) {
      lines.push({ sign: '-', text: oldLine });
      old++;
    } else {
      lines.push({ sign: '+', text: freshLine ?? '' });
      fresh++;
    }
  }
  return lines;
}

function skipsOld(common: readonly (readonly number[])[], old: number, fresh: number): boolean {
  return (common[old + 1]?.[fresh] ?? 0) >= (common[old]?.[fresh + 1] ?? 0);
}

/** `[i][j]`: how many lines the rests from i and from j on have in common. */
function commonLengths(before: readonly string[], after: readonly string[]): number[][] {
  const lengths = Array.from({ length: before.length + 1 }, () =>
    Array.from({ length: after.length + 1 }, () => 0),
  );
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const [below, row] = [lengths[i + 1], lengths[i]];
      if (!below || !row) continue;
      row[j] = before[i] === after[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return lengths;
}
