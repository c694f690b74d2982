import { readdirSync, readFileSync } from 'node:fs';

/**
 * What a process alone has in memory, in bytes: the pages that would be free if it ended.
 * @returns undefined where the system does not tell, which is everywhere but on Linux.
 */
export function privateBytes(pid: number): number | undefined {
  const text = read(`/proc/${pid}/smaps_rollup`);
  if (text === undefined) return undefined;
  let kilobytes = 0;
  for (const [, amount] of text.matchAll(/^Private_(?:Clean|Dirty|Hugetlb):\s+(\d+) kB$/gm)) {
    kilobytes += Number(amount);
  }
  return kilobytes * 1024;
}

/** Milliseconds that all threads of a process have computed so far; undefined where the system does not tell. */
export function processorTime(pid: number): number | undefined {
  let threads: readonly string[];
  try {
    threads = readdirSync(`/proc/${pid}/task`);
  } catch {
    return undefined;
  }
  let nanoseconds = 0;
  for (const thread of threads) {
    const text = read(`/proc/${pid}/task/${thread}/schedstat`);
    if (text === undefined) return undefined;
    nanoseconds += Number(text.split(' ')[0]);
  }
  return nanoseconds / 1e6;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
