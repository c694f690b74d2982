import { isObject, own } from './json.ts';

/** Encrypted keys, PEM blocks, bearer tokens and 64-digit hex keys: whatever looks like a secret. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, '[private key]'],
  [/\bBearer\s+[\w.~+/-]+=*/gi, 'Bearer [redacted]'],
  [/teamviewerapi:\/\/\S+/gi, '[link]'],
  [/\b(?:[0-9a-f]{2}[\s:]?){31}[0-9a-f]{2}\b/gi, '[key]'],
];

/**
 * Takes out of a text whatever looks like a secret, and the given secrets literally. For texts that came
 * from somewhere else (an exception, a bug report): what we write ourselves never holds one.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  let result = text;
  for (const secret of secrets) if (secret.length >= 4) result = result.replaceAll(secret, '[redacted]');
  for (const [pattern, replacement] of PATTERNS) result = result.replace(pattern, replacement);
  return result;
}

/** The names of settings whose value is nobody's business. `keyType` and the like are none. */
const SECRET_NAME = /key$|token|secret|pass(word|phrase)?$|pin$|credential/i;

/** For showing a config or state: every text below a setting that holds a secret is hidden. */
export function withoutSecrets(value: unknown, hidden = false): unknown {
  if (typeof value === 'string') return hidden ? '[redacted]' : value;
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, hidden));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value).map((key) => [key, withoutSecrets(own(value, key), hidden || SECRET_NAME.test(key))]),
  );
}
