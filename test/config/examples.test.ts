import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isObject, parseJson, type JsonObject } from '../../src/base/json.ts';
import { parsePlatform } from './helpers.ts';
import { violations, type Schema } from './json-schema.ts';
import { buttonSchema, deviceSchema, schemaFile } from './schema-file.ts';

const root = new URL('../../', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, root), 'utf8');

/** README and every page of docs/, by name. */
const pages = new Map(
  ['README.md', ...readdirSync(new URL('docs/', root)).map((name) => `docs/${name}`)]
    .filter((name) => name.endsWith('.md'))
    .map((name) => [name, read(name)]),
);

interface Example {
  readonly page: string;
  readonly block: string;
}

const blocks: readonly Example[] = [...pages].flatMap(([page, text]) =>
  [...text.matchAll(/^```jsonc?\n([\s\S]*?)^```/gm)].map((match) => ({ page, block: match[1] ?? '' })),
);

/** The platforms of ours in a block that shows a config; frames of the protocol are none of these. */
function platformsIn(block: string): readonly JsonObject[] {
  const value = parseJson(block);
  const list = isObject(value) && Array.isArray(value['platforms']) ? value['platforms'] : [value];
  return list.filter(isObject).filter((each) => each['platform'] === 'Gatehouse');
}

const examples = blocks.flatMap(({ page, block }) =>
  platformsIn(block).map((platform, index) => ({ page, number: index + 1, platform })),
);

describe('every config example', () => {
  it.each([
    'README',
    'docs/sensors',
    'docs/second-output',
    'docs/buttons-and-automations',
    'docs/hold-open',
    'docs/auto-close',
    'docs/journal',
  ])('is there: %s has one', (page) =>
    expect(examples.map((example) => example.page)).toContain(`${page}.md`),
  );

  it.each(blocks.filter(({ block }) => block.includes('"Gatehouse"')))('can be read: $page', ({ block }) => {
    expect(platformsIn(block)).not.toEqual([]);
  });

  it.each(examples)('in $page is as the schema wants it', ({ platform }) => {
    // Homebridge's own key, which no schema of a plugin names.
    const config = Object.entries(platform).filter(([key]) => key !== 'platform');
    expect(violations(schemaFile.schema, Object.fromEntries(config))).toEqual([]);
  });

  it.each(examples)('in $page is taken by the plugin as it is', ({ platform }) => {
    const { devices, problems } = parsePlatform(platform);
    expect(problems).toEqual([]);
    expect(devices.length).toBeGreaterThan(0);
  });
});

describe('the validator of these tests', () => {
  const device = { name: 'Gate', host: 'gate', apiSecretKey: '0'.repeat(64), apiAuthKey: '1'.repeat(64) };
  const check = (changes: JsonObject): readonly string[] =>
    violations(schemaFile.schema, { devices: [{ ...device, ...changes }] });

  it('is content with what is right', () => expect(check({})).toEqual([]));

  it.each([
    [{ host: 7 }, 'config.devices[0].host is not of type string'],
    [{ port: 0.5 }, 'config.devices[0].port is not of type integer'],
    [{ port: 0 }, 'config.devices[0].port is less than 1'],
    [{ openSeconds: 601 }, 'config.devices[0].openSeconds is more than 600'],
    [{ leftOpen: 'never' }, 'config.devices[0].leftOpen is no choice'],
    [{ apiAuthKey: 'x' }, 'config.devices[0].apiAuthKey has a wrong form'],
    [{ name: '' }, 'config.devices[0].name is too short or too long'],
    [{ colour: 'red' }, 'config.devices[0].colour is no setting'],
    [{ buttons: [{ name: 'x' }] }, 'config.devices[0].buttons[0].event is missing'],
  ])('objects to %j', (changes, problem) => expect(check(changes)).toEqual([problem]));
});

describe('every setting', () => {
  const documented = [...pages.values()].join('\n');
  const keysOf = ({ properties = {} }: Schema): readonly string[] => Object.keys(properties);
  const keys = [...new Set([...keysOf(schemaFile.schema), ...keysOf(deviceSchema), ...keysOf(buttonSchema)])];

  it('is explained in README or docs', () => {
    expect(keys.filter((key) => !documented.includes(`\`${key}\``))).toEqual([]);
  });
});
