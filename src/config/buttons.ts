import * as v from 'valibot';
import { isObject } from '../base/json.ts';
import { choice, name } from './field.ts';
import { isBlankRow, present } from './rows.ts';
import { suggest } from './suggest.ts';

/** The events of the device that can be a button, by their names in the Remootio API. */
export const BUTTON_EVENTS = [
  'ManualButtonPushed',
  'DoorbellPushed',
  'LeftOpen',
  'RelayTrigger',
  'SecondaryRelayTrigger',
  'OutputHeldActive',
  'SecondaryOutputHeldActive',
  'Connected',
  'KeyManagement',
  'Restart',
] as const;

/** Those that tell whose key it was, and those that also tell by which way it came. */
const BY_KEY: readonly string[] = [
  'RelayTrigger',
  'SecondaryRelayTrigger',
  'OutputHeldActive',
  'SecondaryOutputHeldActive',
  'Connected',
  'KeyManagement',
];
const BY_WAY: readonly string[] = BY_KEY.filter((event) => event !== 'KeyManagement');

export const KEY_TYPES = [
  'master key',
  'unique key',
  'guest key',
  'api key',
  'smart home',
  'automation',
] as const;
export const WAYS = ['bluetooth', 'wifi', 'internet', 'autoopen'] as const;

/** So many make a list in Apple Home that nobody reads. */
export const MOST_BUTTONS = 20;

/** An event of the device that presses a button in Apple Home. What is left out may be anything. */
export interface ButtonConfig {
  readonly name: string;
  readonly event: (typeof BUTTON_EVENTS)[number];
  /** As the Remootio app shows it. */
  readonly keyNumber?: number;
  readonly keyType?: (typeof KEY_TYPES)[number];
  readonly via?: (typeof WAYS)[number];
}

export const keyNumber = v.pipe(
  v.number('is not a number'),
  v.integer('is not a whole number'),
  v.minValue(0, 'is less than 0'),
);

const PARTS = {
  name: { schema: name, required: true, of: undefined },
  event: { schema: choice(BUTTON_EVENTS), required: true, of: undefined },
  keyNumber: { schema: keyNumber, required: false, of: BY_KEY },
  keyType: { schema: choice(KEY_TYPES), required: false, of: BY_KEY },
  via: { schema: choice(WAYS), required: false, of: BY_WAY },
} as const satisfies Record<keyof ButtonConfig, unknown>;

/** The keys of a button, in the order in which problems with them are reported. */
export const BUTTON_KEYS = Object.keys(PARTS) as readonly (keyof ButtonConfig)[];

/** What two buttons that react to the same things have in common, and no others. */
export function buttonId({ event, keyNumber: number, keyType, via }: Omit<ButtonConfig, 'name'>): string {
  return [event, number ?? '', keyType ?? '', via ?? ''].join('/');
}

/** Reads the list of buttons. A row that nobody has filled in is none: the settings page leaves such. */
export const buttons = () =>
  v.pipe(
    v.optional(v.array(v.unknown(), 'is not a list'), []),
    v.rawTransform<unknown[], readonly ButtonConfig[]>(({ dataset, addIssue, NEVER }) => {
      const found: ButtonConfig[] = [];
      for (const [index, row] of dataset.value.entries()) {
        const result = isBlankRow(row) ? undefined : parseButton(row);
        if (typeof result === 'string') {
          addIssue({ message: `(number ${index + 1}) ${result}` });
          return NEVER;
        }
        if (result) found.push(result);
      }
      const problem = problemOfAll(found);
      if (problem === undefined) return found;
      addIssue({ message: problem });
      return NEVER;
    }),
  );

function problemOfAll(list: readonly ButtonConfig[]): string | undefined {
  if (list.length > MOST_BUTTONS) return `are more than ${MOST_BUTTONS}`;
  const ids = list.map(buttonId);
  for (const [index, id] of ids.entries()) {
    const first = ids.indexOf(id);
    if (first < index) return `(number ${index + 1}) reacts to the same as number ${first + 1}`;
  }
  return undefined;
}

/** @returns the button, or what is wrong with it */
function parseButton(row: unknown): ButtonConfig | string {
  if (!isObject(row)) return 'is not a button';
  const unknown = Object.keys(row).find((key) => !Object.hasOwn(PARTS, key));
  if (unknown !== undefined) return unknownKey(unknown);
  const button: Record<string, unknown> = {};
  for (const key of BUTTON_KEYS) {
    const { schema, required, of } = PARTS[key];
    const given = present(row, key);
    if (given === undefined) {
      if (required) return `${key} is missing`;
      continue;
    }
    if (of && !of.includes(String(button['event']))) return `${key} has no meaning with this event`;
    const result = v.safeParse(schema, given, { abortEarly: true });
    if (!result.success) return `${key} ${result.issues[0].message}`;
    button[key] = result.output;
  }
  // Every key that is there has the output of its own schema.
  return button as unknown as ButtonConfig;
}

/** The key itself is not quoted: it may be anything. */
function unknownKey(key: string): string {
  const meant = suggest(key, BUTTON_KEYS);
  return `has a setting that buttons do not have${meant === undefined ? '' : ` (did you mean ${meant}?)`}`;
}
