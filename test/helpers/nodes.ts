import { join } from 'node:path';
import { ROOT } from './plugin-folder.ts';

/** Every Node.js that is supported, each installed beside the others. */
export const NODES = [22, 24, 26].map((major) => ({
  major,
  path: join(ROOT, 'node_modules', major === 24 ? 'node' : `node-${major}`, 'bin/node'),
}));
