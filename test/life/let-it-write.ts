import { stat } from 'node:fs/promises';
import { settle } from '../helpers/fake-clock.ts';

/** More turns on the disk than writing one file takes: what is saved next is saved by itself. */
export async function letItWrite(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) {
    await stat('.');
    await settle();
  }
}
