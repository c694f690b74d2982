import { afterEach, describe, expect, it } from 'vitest';
import { JOURNAL_KINDS } from '../../src/journal/entry.ts';
import type { DiagnosisCode } from '../../src/session/diagnosis.ts';
import { chooseLanguage, currentLanguage, schemaTexts, t, textIfAny } from '../../src/ui/public/language.ts';
import { SCHEMA_TEXTS, TEXTS, type TextKey } from '../../src/ui/public/texts.ts';
import { schemaFile, type LayoutItem } from '../config/schema-file.ts';

afterEach(() => {
  chooseLanguage('en');
});

const keys = Object.keys(TEXTS.en) as TextKey[];
const others = Object.entries(TEXTS).filter(([language]) => language !== 'en');
const placeholders = (text: string): readonly string[] => (text.match(/\{\w+\}/g) ?? []).toSorted();

describe.each(others)('the page in %s', (_, texts) => {
  it('has every text, and none that English lacks', () => {
    expect(Object.keys(texts).toSorted()).toEqual(keys.toSorted());
  });

  it.each(keys)('%s', (key) => {
    expect(texts[key].trim().length > 0).toBe(true);
    expect(placeholders(texts[key])).toEqual(placeholders(TEXTS.en[key]));
  });
});

interface Described {
  readonly type: string;
  readonly description?: string;
  readonly oneOf?: readonly { readonly enum: readonly unknown[] }[];
  readonly properties?: Readonly<Record<string, Described>>;
  readonly items?: Described;
}

/** Every setting of config.schema.json with what is said of it. */
function settings(
  { properties = {}, items }: Described,
  path: readonly string[] = [],
): (readonly [string, Described])[] {
  const own = Object.entries(properties).flatMap(([key, child]) => {
    const name = [...path, key];
    return [[name.join('.'), child] as const, ...settings(child, name)];
  });
  return items?.type === 'object' ? [...own, ...settings(items, path)] : own;
}

const groups = (item: string | LayoutItem): readonly string[] => {
  if (typeof item === 'string') return [];
  const { type, title, buttonText, items = [] } = item as LayoutItem & { readonly buttonText?: string };
  const isGroup = type === 'fieldset' || type === 'section';
  return [isGroup ? title : undefined, buttonText, ...items.flatMap(groups)].filter(
    (text) => text !== undefined,
  );
};

describe.each(Object.entries(SCHEMA_TEXTS))('the settings in %s', (_, texts) => {
  const all = settings(schemaFile.schema);

  it('have nothing for what is no setting any more', () => {
    expect(Object.keys(texts.settings).toSorted()).toEqual(all.map(([name]) => name).toSorted());
    expect(Object.keys(texts.groups).toSorted()).toEqual(
      [...new Set(schemaFile.layout.flatMap(groups))].toSorted(),
    );
  });

  it.each(all)('%s', (name, { description, oneOf = [] }) => {
    const said = texts.settings[name]!;
    expect(said.title).not.toBe('');
    expect(said.description === undefined).toBe(description === undefined);
    const choices = oneOf.flatMap((choice) => choice.enum).map(String);
    expect(Object.keys(said.choices ?? {}).toSorted()).toEqual(choices.toSorted());
  });
});

const DIAGNOSES: Readonly<Record<DiagnosisCode, true>> = {
  'host-not-found': true,
  'host-unreachable': true,
  'port-closed': true,
  'no-answer': true,
  'not-remootio': true,
  'secret-key-wrong': true,
  'auth-key-wrong': true,
  'authentication-refused': true,
  'slot-taken': true,
  'device-silent': true,
  'wrong-device': true,
  'protocol-error': true,
};

it.each(Object.keys(DIAGNOSES))('says what %s means, and what helps', (code) => {
  expect(textIfAny(`problem.${code}`)).toBeDefined();
  expect(textIfAny(`problem.${code}.remedy`)).toBeDefined();
});

it.each(JOURNAL_KINDS)('has words for a journal entry "%s"', (kind) => {
  expect(textIfAny(`entry.${kind}`)).toBeDefined();
});

describe('a text', () => {
  it('has its facts put in, once', () => {
    const facts = { name: '{from}', from: 'x' };
    expect(t('door.picture', { name: '{state}', state: 'open' })).toBe('{state}: open');
    expect(t('add.known', facts)).toBe('This device is set up already as {from}.');
  });

  it('keeps a placeholder for which there is nothing', () => {
    expect(t('add.known', {})).toContain('{name}');
    expect(t('add.known', Object.create({ name: 'inherited' }) as Record<string, string>)).toContain(
      '{name}',
    );
  });

  it('that is not there is not there', () => {
    expect(textIfAny('entry.unheard-of')).toBeUndefined();
    expect(textIfAny('constructor')).toBeUndefined();
  });
});

it.each([
  ['de', 'de'],
  ['de-AT', 'de'],
  ['DE', 'de'],
  ['en-GB', 'en'],
  ['fr', 'en'],
  ['', 'en'],
  ['constructor', 'en'],
])('the Homebridge UI in "%s" has the page in %s', (wanted, language) => {
  chooseLanguage(wanted);
  expect(currentLanguage()).toBe(language);
  expect(schemaTexts() === undefined).toBe(language === 'en');
});
