import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { makeTempFolder, removeTempFolder } from '../helpers/temp-folder.ts';
import { Homebridge } from './homebridge-process.ts';

const folders: string[] = [];

afterEach(() => folders.splice(0).forEach(removeTempFolder));

/** A plugin that does `code` when it is started. */
function pluginThat(code: string): string {
  const folder = makeTempFolder('harness');
  folders.push(folder);
  const plugin = join(folder, 'homebridge-gatehouse');
  mkdirSync(plugin);
  writeFileSync(
    join(plugin, 'package.json'),
    JSON.stringify({
      name: 'homebridge-gatehouse',
      version: '1.0.0',
      type: 'module',
      main: 'index.js',
      keywords: ['homebridge-plugin'],
      engines: { homebridge: '>=1.8.0', node: '>=22' },
    }),
  );
  writeFileSync(
    join(plugin, 'index.js'),
    `export default (api) => api.registerPlatform('Gatehouse', class {
       constructor(log) { this.log = log; ${code} }
       configureAccessory() {}
     });`,
  );
  return plugin;
}

/** Starts Homebridge with such a plugin, and ends it. */
async function runWith(code: string): Promise<void> {
  const homebridge = await Homebridge.make({
    version: '2.4.0',
    plugin: pluginThat(code),
    platforms: [{ platform: 'Gatehouse' }],
    secrets: ['C0FFEE'],
  });
  try {
    await homebridge.start();
  } finally {
    await homebridge.dispose();
  }
}

test('a plugin that behaves is let go', async () => {
  await expect(runWith(`log.info('all is well');`)).resolves.toBeUndefined();
});

test.each([
  ['rejects without a catch', `setTimeout(() => Promise.reject(new Error('lost')), 10);`],
  ['throws', `setTimeout(() => { throw new Error('lost'); }, 10);`],
  ['logs a stack', `log.error(new TypeError('lost').stack);`],
  ['logs a secret', `log.debug('the key is c0ffee');`],
  ['leaves a timer behind', `setInterval(() => {}, 1000);`],
])('the harness fails a plugin that %s', async (_, code) => {
  await expect(runWith(code)).rejects.toThrow(/logged what it must not|a secret|did not end by itself/);
});
