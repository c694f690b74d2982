import { describe, expect, it } from 'vitest';
import { deviceFields, PLATFORM_KEYS } from '../../src/config/fields.ts';
import { JOURNAL_DEFAULTS, parseJournalConfig } from '../../src/config/journal.ts';
import { KEY_NAME_KEYS, MOST_KEY_NAMES } from '../../src/config/key-names.ts';
import { BUTTON_EVENTS, BUTTON_KEYS, KEY_TYPES, MOST_BUTTONS, WAYS } from '../../src/config/buttons.ts';
import { EVENT_TYPES } from '../../src/wire/events.ts';
import { deviceJson, keyFormat, parseDevices } from './helpers.ts';
import {
  buttonSchema,
  deviceSchema,
  journalSchema,
  keyNameSchema,
  schemaFile,
  type LayoutItem,
} from './schema-file.ts';

const file = schemaFile;
const { required, properties } = deviceSchema;
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
    const implied = property.type === 'array' ? [] : property.default;
    expect(valueOf(key, undefined)).toEqual(required.includes(key) ? undefined : implied);
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
    if (property.oneOf) expect(valueOf(key, 'none of them')).toBeUndefined();
    if (property.type === 'integer') expect(valueOf(key, 1.5)).toBeUndefined();
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
      ...Object.keys(file.schema.properties).filter((key) => !['journal', 'remoteSupport'].includes(key)),
      ...Object.keys(journalSchema.properties).map((key) => `journal.${key}`),
      ...Object.keys(properties).map((key) => `devices[].${key}`),
      ...Object.keys(buttonSchema.properties).map((key) => `devices[].buttons[].${key}`),
      ...Object.keys(keyNameSchema.properties).map((key) => `devices[].keyNames[].${key}`),
    ];
    const ofSupport = (key: string): boolean => key.startsWith('remoteSupport.');
    expect(shown.filter((key) => !ofSupport(key)).sort()).toEqual(expected.sort());
  });

  it.each(['apiSecretKey', 'apiAuthKey'])('hides %s while it is typed', (key) => {
    expect(items.find((item) => item.key === `devices[].${key}`)?.type).toBe('password');
    expect(properties[key]?.['x-schema-form']?.type).toBe('password');
  });

  /** The settings page runs a condition in the same way. */
  const isShown = (key: string, model: unknown, at: readonly number[] = [0]): boolean => {
    const body = items.find((item) => item.key === `devices[].${key}`)!.condition!.functionBody;
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    const shown = new Function('model', 'arrayIndices', body) as (...args: unknown[]) => unknown;
    return Boolean(shown(model, at));
  };

  it('asks about closing gates only where the gate can be operated', () => {
    expect(isShown('whileClosing', { devices: [{ readOnly: true }] })).toBe(false);
    expect(isShown('whileClosing', { devices: [{ readOnly: true }, {}] }, [1])).toBe(true);
    expect(isShown('whileClosing', {})).toBe(true);
  });

  it.each([
    ['leftOpenMinutes', { leftOpen: 'minutes' }, { leftOpen: 'device' }],
    ['secondary', {}, { readOnly: true }],
    ['secondaryName', { secondary: 'switch' }, { secondary: 'none' }],
    ['secondaryName', { secondary: 'door' }, { secondary: 'door', readOnly: true }],
    ['secondaryOpenSeconds', { secondary: 'door' }, { secondary: 'switch' }],
    ['holdMinutes', {}, { readOnly: true }],
    ['holdName', { holdMinutes: 5 }, {}],
    ['holdWithoutSensor', { holdMinutes: 5 }, {}],
    ['automationSwitch', {}, { readOnly: true }],
    ['autoCloseMinutes', {}, { readOnly: true }],
    ['autoCloseWarningSeconds', { autoCloseMinutes: 5 }, {}],
  ])('shows %s with %j, and not with %j', (key, applies, doesNot) => {
    expect(isShown(key, { devices: [doesNot, applies] }, [1])).toBe(true);
    expect(isShown(key, { devices: [doesNot, applies] }, [0])).toBe(false);
  });

  it.each([
    ['keyNumber', 'RelayTrigger', 'LeftOpen'],
    ['keyType', 'KeyManagement', 'DoorbellPushed'],
    ['via', 'Connected', 'KeyManagement'],
  ])('asks for %s of a button for %s, and not for %s', (key, applies, doesNot) => {
    const model = { devices: [{}, { buttons: [{ event: doesNot }, { event: applies }] }] };
    expect(isShown(`buttons[].${key}`, model, [1, 1])).toBe(true);
    expect(isShown(`buttons[].${key}`, model, [1, 0])).toBe(false);
    expect(isShown(`buttons[].${key}`, {}, [1, 0])).toBe(false);
  });
});

describe('the buttons', () => {
  const { properties: parts } = buttonSchema;
  const words = (key: string): readonly unknown[] => parts[key]!.oneOf!.flatMap((each) => each.enum);

  it('have the keys that the parser knows, and need the same ones', () => {
    expect(Object.keys(parts).sort()).toEqual(BUTTON_KEYS.toSorted());
    expect(buttonSchema.required.toSorted()).toEqual(['event', 'name']);
    expect(deviceSchema.properties['buttons']!.maxItems).toBe(MOST_BUTTONS);
  });

  it('offer the words that the parser knows, which are those of the device', () => {
    expect([words('event'), words('keyType'), words('via')]).toEqual([BUTTON_EVENTS, KEY_TYPES, WAYS]);
    for (const event of BUTTON_EVENTS) expect(EVENT_TYPES).toContain(event);
  });

  it.each(Object.entries(parts))('%s has a title and a description', (_, part) => {
    expect(part.title).toMatch(/^[A-Z]/);
    expect(part.description).toMatch(/\.$/);
  });
});

describe('the names of keys', () => {
  const { properties: parts } = keyNameSchema;

  it('have the keys that the parser knows, and need them all', () => {
    expect(Object.keys(parts)).toEqual(KEY_NAME_KEYS);
    expect(keyNameSchema.required).toEqual(KEY_NAME_KEYS);
    expect(deviceSchema.properties['keyNames']!.maxItems).toBe(MOST_KEY_NAMES);
  });

  it.each(Object.entries(parts))('%s has a title and a description', (_, part) => {
    expect(part.title).toMatch(/^[A-Z]/);
    expect(part.description).toMatch(/\.$/);
  });
});

describe('the journal', () => {
  const { properties: parts } = journalSchema;

  it('has the keys and the defaults that the parser has', () => {
    const defaults = Object.fromEntries(Object.entries(parts).map(([key, part]) => [key, part.default]));
    expect(defaults).toEqual(JOURNAL_DEFAULTS);
  });

  it.each(Object.entries(parts))(
    '%s has the bounds that the parser has, a title and a description',
    (key, part) => {
      const { minimum, maximum, title, description } = part;
      const problems = (value: unknown): readonly string[] => parseJournalConfig({ [key]: value }).problems;
      expect([problems(minimum), problems(maximum)]).toEqual([[], []]);
      if (minimum !== undefined) expect(problems(minimum / 2)).toHaveLength(1);
      if (maximum !== undefined) expect(problems(maximum + 1)).toHaveLength(1);
      expect(title).toMatch(/^[A-Z]/);
      expect(description).toMatch(/\.$/);
    },
  );

  it('asks how much of it only where one is kept', () => {
    const bounds = file.layout
      .flatMap((item) => item.items ?? [])
      .find((item) => typeof item !== 'string' && item.items?.includes('journal.maxDays')) as LayoutItem;
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    const shown = new Function('model', bounds.condition!.functionBody) as (model: unknown) => boolean;
    expect([{}, { journal: { enabled: true } }, { journal: { enabled: false } }].map(shown)).toEqual([
      true,
      true,
      false,
    ]);
  });
});
