import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { GatehousePlatform } from '../../src/homekit/platform.ts';
import { PLATFORM_NAME, PLUGIN_NAME, PLUGIN_VERSION } from '../../src/homekit/settings.ts';
import plugin from '../../src/index.ts';
import { HOMEBRIDGES } from './bridges.ts';

const read = (file: string): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')) as Record<string, unknown>;

it.each(HOMEBRIDGES)('registers the platform, and nothing else, in $name', ({ makeApi }) => {
  const api = makeApi();
  const registered: unknown[] = [];
  for (const event of ['registerPlatform', 'registerAccessory']) {
    api.on(event as never, (...args: unknown[]) => registered.push(args.slice(0, 2)));
  }
  plugin(api);
  expect(registered).toEqual([[PLATFORM_NAME, GatehousePlatform]]);
});

it('goes by the names under which it is installed and configured', () => {
  expect(read('package.json')['name']).toBe(PLUGIN_NAME);
  expect(read('config.schema.json')['pluginAlias']).toBe(PLATFORM_NAME);
  expect(read('package.json')['version']).toContain(PLUGIN_VERSION);
  expect(PLUGIN_VERSION).not.toBe('0.0.0');
});
