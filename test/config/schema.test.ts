import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { deviceFields, PLATFORM_KEYS } from '../../src/config/fields.ts';
import { deviceJson, keyFormat, parseDevices } from './helpers.ts';

interface Property {
  readonly title?: string;
  readonly description?: string;
  readonly type: string;
  readonly default?: unknown;
  readonly placeholder?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly oneOf?: readonly { readonly title: string; readonly enum: readonly unknown[] }[];
  readonly 'x-schema-form'?: { readonly type: string };
}

interface LayoutItem {
  readonly key?: string;
  readonly type?: string;
  readonly items?: readonly (string | LayoutItem)[];
  readonly condition?: { readonly functionBody: string };
}

const file = JSON.parse(readFileSync(new URL('../../config.schema.json', import.meta.url), 'utf8')) as {
  readonly pluginAlias: string;
  readonly schema: {
    readonly properties: Record<string, unknown> & {
      readonly devices: {
        readonly items: { readonly required: string[]; readonly properties: Record<string, Property> };
      };
    };
  };
  readonly layout: readonly LayoutItem[];
};
const { required, properties } = file.schema.properties.devices.items;
const fields = deviceFields(keyFormat);
const valueOf = (key: string, value: unknown): unknown => {
  const parsed = parseDevices(deviceJson({ [key]: value }));
  return parsed.devices[0]?.[key as keyof (typeof parsed.devices)[0]];
};

it('stands for this platform', () => {
  expect(file).toMatchObject({
    pluginAlias: 'Gatehouse',
    pluginType: 'platform',
    singular: true,
    strictValidation: true,
  });
});

it('has the keys that the parser knows, and no others', () => {
  expect(Object.keys(properties).sort()).toEqual(Object.keys(fields).sort());
  for (const key of Object.keys(file.schema.properties)) expect(PLATFORM_KEYS).toContain(key);
});

it('requires what the parser requires', () => {
  const needed = Object.entries(fields).filter(([, field]) => field.required);
  expect(required.toSorted()).toEqual(needed.map(([key]) => key).sort());
});

describe.each(Object.entries(properties))('%s', (key, property) => {
  it('has a title and a description in whole sentences', () => {
    expect(property.title).toMatch(/^[A-Z]/);
    expect(property.description).toMatch(/\.$/);
  });

  it('has the default that the parser has', () => {
    expect(valueOf(key, undefined)).toEqual(required.includes(key) ? undefined : property.default);
  });

  it('has the bounds that the parser has', () => {
    const { minimum, maximum, maxLength } = property;
    if (minimum !== undefined) {
      expect(valueOf(key, minimum)).toBe(minimum);
      expect(valueOf(key, minimum - 1)).toBeUndefined();
    }
    if (maximum !== undefined) {
      expect(valueOf(key, maximum)).toBe(maximum);
      expect(valueOf(key, maximum + 1)).toBeUndefined();
    }
    if (maxLength !== undefined) {
      expect(valueOf(key, 'x'.repeat(maxLength))).toBeDefined();
      expect(valueOf(key, 'x'.repeat(maxLength + 1))).toBeUndefined();
    }
    for (const { enum: words } of property.oneOf ?? []) expect(valueOf(key, words[0])).toBe(words[0]);
  });
});

const HEX = '0123456789abcdef'.repeat(4);

describe.each<[string, readonly string[], readonly string[]]>([
  [
    'host',
    ['192.168.1.50', ' gate.local ', 'Remootio_0123456789AB.local.', 'fe80::1', 'g'],
    ['http://gate', 'gate:8080', 'a b', '-gate', 'gate/'],
  ],
  ['serialNumber', ['0123456789ab', ' A-b_1 '], ['12 34', 'ä', 'x'.repeat(65)]],
  [
    'apiSecretKey',
    [HEX, HEX.toUpperCase(), ` ${HEX}\n`, HEX.replace(/(.{8})/g, '$1 ')],
    [HEX.slice(1), `${HEX}0`, 'x'],
  ],
  ['apiAuthKey', [HEX.replace(/^../, 'ff')], [HEX.slice(1), `g${HEX.slice(1)}`]],
])('the pattern of %s says what the parser says', (key, good, bad) => {
  const pattern = new RegExp(properties[key]!.pattern!, 'u');
  it.each(good)('%j is good', (text) => {
    expect(pattern.test(text)).toBe(true);
    expect(parseDevices(deviceJson({ apiAuthKey: '1'.repeat(64), [key]: text })).problems).toEqual([]);
  });
  it.each(bad)('%j is bad', (text) => {
    expect(pattern.test(text)).toBe(false);
    expect(parseDevices(deviceJson({ [key]: text })).devices).toEqual([]);
  });
});

it('shows examples that are valid', () => {
  expect(valueOf('name', properties['name']?.placeholder)).toBe('Garage');
  expect(valueOf('host', properties['host']?.placeholder)).toBe('192.168.1.50');
});

describe('the form', () => {
  const flatten = (items: readonly (string | LayoutItem)[]): readonly LayoutItem[] =>
    items.flatMap((item) =>
      typeof item === 'string' ? [{ key: item }] : [item, ...flatten(item.items ?? [])],
    );
  const items = flatten(file.layout);

  it('shows each setting once', () => {
    const shown = items.map((item) => item.key).filter((key) => key !== undefined);
    const expected = [
      ...Object.keys(file.schema.properties),
      ...Object.keys(properties).map((key) => `devices[].${key}`),
    ];
    expect(shown.toSorted()).toEqual(expected.sort());
  });

  it.each(['apiSecretKey', 'apiAuthKey'])('hides %s while it is typed', (key) => {
    expect(items.find((item) => item.key === `devices[].${key}`)?.type).toBe('password');
    expect(properties[key]?.['x-schema-form']?.type).toBe('password');
  });

  it('asks about closing gates only where the gate can be operated', () => {
    const body = items.find((item) => item.key === 'devices[].whileClosing')!.condition!.functionBody;
    // The settings page runs it in the same way.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    const shown = new Function('model', 'arrayIndices', body) as (model: unknown, at: number[]) => boolean;
    expect(shown({ devices: [{ readOnly: true }] }, [0])).toBe(false);
    expect(shown({ devices: [{ readOnly: true }, {}] }, [1])).toBe(true);
    expect(shown({}, [0])).toBe(true);
  });
});
