import { spawnSync } from 'node:child_process';
import type { Contender } from './compare.ts';

/** Milliseconds from the start of a Node.js process to its end. */
export function startOf(name: string, args: readonly string[]): Contender {
  return {
    name,
    run: () => {
      const began = performance.now();
      const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
      const took = performance.now() - began;
      if (status !== 0) throw new Error(`bench: ${name} ended with ${status ?? 'a signal'}: ${stderr}`);
      return took;
    },
  };
}
