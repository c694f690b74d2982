import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/**
 * Whether the machine has a program. What it lacks is said in one line, and the tests that need it are skipped
 * (`describe.skipIf(!has('openssl'))`); where everything is required, the run's reporter fails on the skip.
 */
export function has(program: string): boolean {
  const found = spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0;
  if (!found) console.warn(`${program} is not installed: the tests that need it are skipped`);
  return found;
}

/** Debian's Chromium, or the one that CHROMIUM names. */
export function chromiumPath(): string | undefined {
  const candidates = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser'];
  return candidates.find((path) => path !== undefined && existsSync(path));
}
