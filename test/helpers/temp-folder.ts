import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders = new Set<string>();

/** What a test forgot, or did not get round to because it failed, goes when this process ends. */
process.on('exit', () => {
  for (const folder of folders) removeTempFolder(folder);
});

/** A new folder that belongs to the caller alone. */
export function makeTempFolder(purpose: string): string {
  const folder = mkdtempSync(join(tmpdir(), `gatehouse-${purpose}-`));
  folders.add(folder);
  return folder;
}

export function removeTempFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  folders.delete(folder);
}
