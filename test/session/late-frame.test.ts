import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { has } from '../helpers/needs.ts';

const script = fileURLToPath(new URL('link-down.ts', import.meta.url));
const NAMESPACE = ['--map-root-user', '--net'];

function mayMakeNamespaces(): boolean {
  return (
    spawnSync('unshare', [...NAMESPACE, 'ip', 'link', 'set', 'lo', 'up'], { stdio: 'ignore' }).status === 0
  );
}

describe.skipIf(!has('unshare') || !has('ip') || !mayMakeNamespaces())('a link that goes down', () => {
  it('never delivers an OPEN late: where a destroyed socket would, a reset one does not', async () => {
    const { stdout } = await promisify(execFile)('unshare', [...NAMESPACE, process.execPath, script], {
      timeout: 30_000,
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    expect(JSON.parse(stdout)).toEqual({
      answer: 'The device did not answer OPEN within 5 s.',
      reason: { code: 'no-answer', to: 'OPEN' },
      late: ['control'],
    });
  }, 40_000);
});
