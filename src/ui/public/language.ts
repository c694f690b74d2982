import { SCHEMA_TEXTS, TEXTS, type Language, type SchemaTexts, type TextKey } from './texts.ts';

export type Facts = Readonly<Record<string, string | number>>;

/** The language of the page, set once before anything is shown. */
let language: Language = 'en';

/** @param wanted as the Homebridge UI names it, for example `de` or `pt-BR`. */
export function chooseLanguage(wanted: string): void {
  const short = wanted.slice(0, 2).toLowerCase();
  language = Object.hasOwn(TEXTS, short) ? (short as Language) : 'en';
}

export function currentLanguage(): Language {
  return language;
}

/** A text of the page; facts stand in curly brackets in it. */
export function t(key: TextKey, facts: Facts = {}): string {
  return fill(TEXTS[language][key], facts);
}

/** A text that may not be there, for words that come from somewhere else; undefined then. */
export function textIfAny(key: string, facts: Facts = {}): string | undefined {
  const texts: Readonly<Record<string, string>> = TEXTS[language];
  return Object.hasOwn(texts, key) ? fill(texts[key] ?? '', facts) : undefined;
}

/** What the schema's own English texts are in the language of the page. */
export function schemaTexts(): SchemaTexts | undefined {
  return language === 'en' ? undefined : SCHEMA_TEXTS[language];
}

/** In one pass: what is put in is not looked into again. */
function fill(text: string, facts: Facts): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(facts, name) ? String(facts[name]) : whole,
  );
}

/** What went wrong, for the reader. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
