import { randomFillSync } from 'node:crypto';

const IV_BYTES = 16;
const POOL_BYTES = 256 * IV_BYTES;

let pool = Buffer.alloc(0);
let used = 0;

/**
 * 16 random bytes that were never handed out before. They are fetched for many frames at once, as
 * `crypto.randomUUID` does it: asking the system for each frame takes as long as its MAC.
 */
export function freshIv(): Buffer {
  if (used === pool.length) {
    pool = randomFillSync(Buffer.allocUnsafeSlow(POOL_BYTES));
    used = 0;
  }
  return pool.subarray(used, (used += IV_BYTES));
}
