import { own, type JsonObject } from '../base/json.ts';

/**
 * The names of the fields in the backend's answers. The guides print the requests alone, whose names are
 * snake_case, so that is what is expected; the same words in camelCase and PascalCase, `Id` or `ID`, are
 * accepted. Each entry lists the words that are accepted, in snake_case.
 */
const ANSWER_FIELDS = {
  deviceKey: ['device_key'],
  deviceKeyId: ['device_key_id'],
  decommissionToken: ['decommission_token'],
  encryptedDeviceSecret: ['encrypted_device_secret'],
  targetNonce: ['target_nonce'],
  appKey: ['app_key'],
  appKeyId: ['app_key_id', 'key_id'],
  error: ['error'],
  errorDescription: ['error_description'],
  errorCode: ['error_code'],
  errorSignature: ['error_signature'],
} as const satisfies Record<string, readonly string[]>;

export type AnswerField = keyof typeof ANSWER_FIELDS;
export const ANSWER_FIELD_NAMES = Object.keys(ANSWER_FIELDS) as AnswerField[];

/** The field of the one request whose names the guides do not print. */
export const APP_KEY_REQUEST_FIELD = 'app_key';

/** The word in the link template that the master secret takes the place of. It tells the link's field. */
export const LINK_PLACEHOLDER = 'YOURMASTERSECRET';
export const LINK_SCHEME = 'teamviewerapi://';

/**
 * `error` (or, as text, `error_code`) of an answer that says that the target does not know the device key.
 * The guides do not print it. The list is short on purpose: a key that is wrongly taken for gone stays
 * registered, while one that is wrongly taken for registered is only unregistered once more.
 */
export const UNKNOWN_KEY_ERRORS: readonly string[] = [
  'unknown_device_key',
  'unknown_device_key_id',
  'device_key_not_found',
  'device_key_id_not_found',
  'device_key_unknown',
];

/** Names that a user has found in real answers, in addition to the table's. */
export interface FieldNames {
  readonly answers?: Partial<Readonly<Record<AnswerField, string>>>;
  /** The request field of `appregistrations`. */
  readonly appKeyRequest?: string;
  readonly unknownKeyErrors?: readonly string[];
}

/** Finds the fields of an answer under whatever accepted name they have. */
export class AnswerReader {
  readonly #names: FieldNames;

  constructor(names: FieldNames = {}) {
    this.#names = names;
  }

  /** The value of the field; undefined when the answer has it under no accepted name. */
  read(answer: JsonObject, field: AnswerField): unknown {
    const extra = this.#names.answers?.[field];
    const names = extra === undefined ? [] : [extra];
    for (const words of ANSWER_FIELDS[field]) names.push(...spellings(words));
    for (const name of names) {
      const value = own(answer, name);
      if (value !== undefined && value !== null) return value;
    }
    return undefined;
  }

  /** A field whose value is a text that says something; a number is taken as one, since IDs may be numbers. */
  text(answer: JsonObject, field: AnswerField): string | undefined {
    const value = this.read(answer, field);
    if (typeof value === 'number') return String(value);
    return typeof value === 'string' && value.trim() !== '' ? value : undefined;
  }

  /** The link template, whatever its field is called: the text that holds the placeholder. */
  linkTemplate(answer: JsonObject): string | undefined {
    return Object.values(answer).find(
      (value): value is string => typeof value === 'string' && value.includes(LINK_PLACEHOLDER),
    );
  }

  /** The name by which an error calls a field that is missing. */
  static expected(field: AnswerField): string {
    return ANSWER_FIELDS[field][0];
  }
}

/** snake_case, camelCase and PascalCase of the same words, and `ID` where a word is `id`. */
function spellings(snake: string): string[] {
  const words = snake.split('_');
  const pascal = words.map(capitalised).join('');
  const pascalId = words.map((word) => (word === 'id' ? 'ID' : capitalised(word))).join('');
  return [snake, lowerFirst(pascal), pascal, lowerFirst(pascalId), pascalId];
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function lowerFirst(word: string): string {
  return word.charAt(0).toLowerCase() + word.slice(1);
}
