/** What config.schema.json says in English, in another language; settings by their path, groups by their title. */
export interface SchemaTexts {
  readonly settings: Readonly<Record<string, SettingTexts>>;
  /** Titles of groups, and the texts of buttons. */
  readonly groups: Readonly<Record<string, string>>;
}

export interface SettingTexts {
  readonly title: string;
  readonly description?: string;
  readonly placeholder?: string;
  /** Titles of what can be chosen, by its value. */
  readonly choices?: Readonly<Record<string, string>>;
}
