import type { Values } from './settings-values.ts';

/** Settings that hold a secret, wherever they stand. */
const SECRET_SETTINGS: ReadonlySet<string> = new Set([
  'apiSecretKey',
  'apiAuthKey',
  'scriptToken',
  'RolloutKey',
]);

/**
 * Keeps the secrets of a config out of the page: the rest of the page gets a stand-in for each, of the form of
 * an API key, and what is saved gets them back.
 */
export class SecretKeeper {
  readonly #secrets = new Map<string, string>();

  /** A copy with a stand-in for every secret. */
  hide(config: Values): Values {
    return mapSecrets(config, (secret) => this.#standIn(secret));
  }

  /** A copy with every secret in its place again; what was typed anew stays. */
  restore(config: Values): Values {
    return mapSecrets(config, (text) => this.#secrets.get(text) ?? text);
  }

  /** Whether this is a stand-in: of a secret that is kept, and cannot be shown. */
  isKept(text: unknown): boolean {
    return typeof text === 'string' && this.#secrets.has(text);
  }

  #standIn(secret: string): string {
    if (this.#secrets.has(secret)) return secret;
    const known = [...this.#secrets].find(([, kept]) => kept === secret);
    if (known) return known[0];
    const bytes = crypto.getRandomValues(new Uint8Array(32));
    const standIn = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    this.#secrets.set(standIn, secret);
    return standIn;
  }
}

function mapSecrets(config: Values, change: (secret: string) => string): Values {
  return mapValue(config, change) as Values;
}

function mapValue(value: unknown, change: (secret: string) => string): unknown {
  if (Array.isArray(value)) return (value as readonly unknown[]).map((item) => mapValue(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]: [string, unknown]) => [
      key,
      SECRET_SETTINGS.has(key) && typeof part === 'string' && part !== ''
        ? change(part)
        : mapValue(part, change),
    ]),
  );
}
