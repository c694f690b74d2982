import { readFileSync } from 'node:fs';
import type { Schema } from './json-schema.ts';

export interface LayoutItem {
  readonly key?: string;
  readonly type?: string;
  readonly title?: string;
  readonly items?: readonly (string | LayoutItem)[];
  readonly condition?: { readonly functionBody: string };
}

interface ObjectSchema extends Schema {
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, Schema>>;
}

/** config.schema.json. */
export const schemaFile = JSON.parse(
  readFileSync(new URL('../../config.schema.json', import.meta.url), 'utf8'),
) as {
  readonly pluginAlias: string;
  readonly schema: Schema & {
    readonly properties: Record<string, Schema> & { readonly devices: { readonly items: ObjectSchema } };
  };
  readonly layout: readonly LayoutItem[];
};

export const deviceSchema = schemaFile.schema.properties.devices.items;
export const buttonSchema = deviceSchema.properties['buttons']!.items as ObjectSchema;
export const keyNameSchema = deviceSchema.properties['keyNames']!.items as ObjectSchema;
export const journalSchema = schemaFile.schema.properties['journal'] as ObjectSchema;
