import { de } from './texts/de.ts';
import { en, type Texts } from './texts/en.ts';
import type { SchemaTexts } from './texts/schema-texts.ts';
import { settingsDe } from './texts/settings-de.ts';

export type { TextKey } from './texts/en.ts';
export type { SchemaTexts, SettingTexts } from './texts/schema-texts.ts';

/** Every language has its files in texts/: one for the page, and one for the settings but in English. */
export const TEXTS = { en, de } as const satisfies Record<string, Texts>;
export type Language = keyof typeof TEXTS;

export const SCHEMA_TEXTS: Readonly<Record<Exclude<Language, 'en'>, SchemaTexts>> = { de: settingsDe };
