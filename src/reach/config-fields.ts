import * as v from 'valibot';
import { isObject } from '../base/json.ts';
import { apiBaseProblem, DEFAULT_API_BASE } from './api-address.ts';
import { ReachError } from './errors.ts';
import { ANSWER_FIELD_NAMES, type AnswerField } from './field-names.ts';
import { remotecontrolIdProblem, tenantIdProblem } from './ids.ts';
import { parseRolloutObject, type RolloutData } from './rollout-data.ts';

/** The environment variables that are looked at when the config names none. */
export const DEFAULT_TOKEN_VARIABLE = 'GATEHOUSE_SCRIPT_TOKEN';
export const DEFAULT_PASSPHRASE_VARIABLE = 'GATEHOUSE_VAULT_PASSPHRASE';

/** One key of the config. Every message is our own: valibot's own ones quote what they received. */
export interface ConfigField {
  readonly schema: v.GenericSchema<unknown, unknown>;
  /** What the reader of the log can do. */
  readonly remedy: string;
}

const field = <Schema extends v.GenericSchema<unknown, unknown>>(schema: Schema, remedy: string) =>
  ({ schema, remedy }) as const;

const text = v.pipe(v.string('is missing or not a text'), v.trim(), v.nonEmpty('is empty'));

/** A text that a function of ours finds nothing wrong with. */
const checkedText = (problem: (value: unknown) => string | undefined) =>
  v.pipe(
    v.unknown(),
    v.rawTransform<unknown, string>(({ dataset, addIssue, NEVER }) => {
      const found = problem(dataset.value);
      if (found === undefined) return dataset.value as string;
      addIssue({ message: found });
      return NEVER;
    }),
  );

const variable = (fallback: string) =>
  v.optional(v.pipe(text, v.regex(/^[A-Za-z_]\w*$/, 'is not the name of an environment variable')), fallback);

/** A header's value: what a token is made of, without blanks that copying adds. */
const token = v.pipe(text, v.regex(/^[\x21-\x7e]+$/, 'has characters that a script token does not have'));

const hours = v.pipe(
  v.number('is not a number'),
  v.minValue(0.05, 'is less than three minutes'),
  v.maxValue(8760, 'is more than a year'),
);

const seconds = (least: number, most: number) =>
  v.pipe(
    v.number('is not a number'),
    v.minValue(least, `is less than ${least} s`),
    v.maxValue(most, `is more than ${most} s`),
  );

const name = v.pipe(text, v.maxLength(64, 'is longer than 64 characters'));

const permission = v.pipe(
  v.string('is not a text'),
  v.regex(/^[A-Za-z][\w-]{0,63}$/, 'is not the name of a permission, such as "attended"'),
);

const permissions = v.pipe(
  v.union(
    [permission, v.array(permission, 'is neither a permission nor a list of them')],
    'is neither a permission such as "attended" nor a list of them',
  ),
  v.transform((value): readonly string[] => (typeof value === 'string' ? [value] : [...new Set(value)])),
  v.check((list) => list.length > 0, 'is an empty list'),
);

const NO_COMMAND = 'is neither a command nor a list of a program and its arguments';
// The message stands at every part, since a union hands on that of the part that came nearest.
const command = v.union(
  [
    v.pipe(v.string(NO_COMMAND), v.trim(), v.nonEmpty(NO_COMMAND)),
    v.pipe(
      v.array(v.string(NO_COMMAND), NO_COMMAND),
      // An empty list is what the settings page leaves where nobody has entered anything.
      v.check((list) => list.length === 0 || list[0]?.trim() !== '', NO_COMMAND),
    ),
  ],
  NO_COMMAND,
);

const rolloutData = v.pipe(
  v.unknown(),
  v.rawTransform<unknown, RolloutData | undefined>(({ dataset, addIssue, NEVER }) => {
    if (isEmptyForm(dataset.value)) return undefined;
    try {
      return parseRolloutObject(dataset.value, 'it');
    } catch (error) {
      addIssue({
        message: `is not rollout data: ${error instanceof ReachError ? error.message : 'unreadable'}`,
      });
      return NEVER;
    }
  }),
);

/** The settings page leaves an object of empty texts where nobody has entered anything. */
function isEmptyForm(value: unknown): boolean {
  return isObject(value) && Object.values(value).every((part) => part === '' || (part ?? null) === null);
}

const answerNames = v.record(
  v.picklist(ANSWER_FIELD_NAMES, `has a field that is none of ${ANSWER_FIELD_NAMES.join(', ')}`),
  v.pipe(v.string('has a name that is not a text'), v.nonEmpty('has an empty name')),
  'is not an object of field names',
);

const fieldNames = v.strictObject(
  {
    answers: v.optional(
      v.pipe(
        answerNames,
        v.transform((names): Partial<Readonly<Record<AnswerField, string>>> => names),
      ),
    ),
    appKeyRequest: v.optional(v.string('has an appKeyRequest that is not a text')),
    unknownKeyErrors: v.optional(
      v.array(
        v.string('has an unknown-key error that is not a text'),
        'has unknownKeyErrors that are not a list',
      ),
    ),
  },
  'must be an object with answers, appKeyRequest and unknownKeyErrors, as far as they are needed',
);

/** The settings of remote support as a whole. */
export const SUPPORT_FIELDS = {
  tenantId: field(checkedText(tenantIdProblem), 'enter the ID of the tenant account'),
  vendorId: field(v.optional(text), 'enter the vendor ID that TeamViewer has given out, or leave it out'),
  scriptToken: field(
    v.optional(token),
    "copy it again from the tenant account's apps in the TeamViewer Management Console",
  ),
  scriptTokenFile: field(v.optional(text), 'enter the path of a file that holds the token and nothing else'),
  scriptTokenEnvironment: field(variable(DEFAULT_TOKEN_VARIABLE), 'enter its name, or leave it out'),
  vaultPassphraseFile: field(v.optional(text), 'enter the path of a file that holds it and nothing else'),
  vaultPassphraseEnvironment: field(variable(DEFAULT_PASSPHRASE_VARIABLE), 'enter its name, or leave it out'),
  apiBase: field(
    v.optional(checkedText(apiBaseProblem), DEFAULT_API_BASE),
    "leave it out for TeamViewer's own",
  ),
  unregisterPath: field(
    v.optional(v.picklist(['current', '2018'], 'is neither "current" nor "2018"'), 'current'),
    'leave it out, unless TeamViewer has told you otherwise',
  ),
  timeoutSeconds: field(v.optional(seconds(1, 600), 60), 'enter seconds, or leave it out'),
  revokeAfterHours: field(v.optional(hours), 'enter hours, or leave it out to end support by hand alone'),
  fieldNames: field(v.optional(fieldNames), 'leave it out, unless TeamViewer has changed its names'),
} as const satisfies Record<string, ConfigField>;

/** The settings of one computer. */
export const COMPUTER_FIELDS = {
  name: field(name, 'give it the name that Apple Home is to show'),
  platform: field(
    v.picklist(['windows', 'macos', 'android'], 'is none of "windows", "macos" and "android"'),
    'choose the one that runs on it',
  ),
  permissions: field(
    v.optional(permissions, 'attended'),
    'use "attended" (somebody there must agree) or "unattended"',
  ),
  remotecontrolId: field(
    v.optional(checkedText(remotecontrolIdProblem)),
    'enter it as its rollout data has it',
  ),
  rolloutFile: field(v.optional(text), "enter the path of TeamViewer's rollout file"),
  rolloutCommand: field(v.optional(command), 'enter the program that prints rollout data'),
  rolloutCommandTimeoutSeconds: field(v.optional(seconds(1, 300), 30), 'enter seconds, or leave it out'),
  rolloutData: field(v.optional(rolloutData), 'copy the three values again'),
  revokeAfterHours: field(v.optional(hours), 'enter hours, or leave it out'),
} as const satisfies Record<string, ConfigField>;
