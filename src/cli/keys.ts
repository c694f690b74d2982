import { readFile, stat } from 'node:fs/promises';
import { messageOf } from '../base/errors.ts';
import { isObject, own, parseJson } from '../base/json.ts';
import { apiKeyProblem, parseApiKey, type ApiKeys } from '../wire/keys.ts';
import { CliError } from './cli-error.ts';
import { askHidden, canAsk } from './prompt.ts';
import { UsageError } from './usage-error.ts';

export const SECRET_KEY_VARIABLE = 'GATEHOUSE_SECRET_KEY';
export const AUTH_KEY_VARIABLE = 'GATEHOUSE_AUTH_KEY';

interface KeyTexts {
  readonly secretKey: unknown;
  readonly authKey: unknown;
}

export interface KeySources {
  /** `--keys-file`. */
  readonly keysFile?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Told what is not as it should be and does no harm yet. */
  readonly warn: (line: string) => void;
}

/**
 * The keys of a device that is in no config: from a file, the environment or the terminal, in this order.
 * Never from the command line, which every user of a machine can read.
 */
export async function readKeys({ keysFile, environment, warn }: KeySources): Promise<ApiKeys> {
  if (keysFile !== undefined) return toKeys(await fromFile(keysFile, warn), keysFile);
  const fromEnvironment = {
    secretKey: environment[SECRET_KEY_VARIABLE],
    authKey: environment[AUTH_KEY_VARIABLE],
  };
  if (fromEnvironment.secretKey !== undefined || fromEnvironment.authKey !== undefined) {
    return toKeys(fromEnvironment, `${SECRET_KEY_VARIABLE} and ${AUTH_KEY_VARIABLE}`);
  }
  if (!canAsk()) {
    throw new UsageError(
      `--host needs the keys of the device: in the environment (${SECRET_KEY_VARIABLE} and ` +
        `${AUTH_KEY_VARIABLE}), or in a file (--keys-file).`,
    );
  }
  const [secretKey, authKey] = await askHidden([
    'API Secret Key (not shown): ',
    'API Auth Key (not shown): ',
  ]);
  return toKeys({ secretKey, authKey }, 'what was typed');
}

async function fromFile(path: string, warn: (line: string) => void): Promise<KeyTexts> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
    const { mode } = await stat(path);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      warn(`${path} can be read by other users of this machine: chmod 600 keeps the keys to yourself.`);
    }
  } catch (error) {
    throw new CliError('BAD_CONFIG', `--keys-file cannot be read (${messageOf(error)}).`, { cause: error });
  }
  return parseKeysFile(text);
}

const SECRET = /secret/i;
const AUTH = /auth/i;

/**
 * Both keys, however they were written down: as JSON, as lines with a name in front of each key, or as two
 * lines, the API Secret Key first, which is how the Remootio app shows them.
 */
export function parseKeysFile(text: string): KeyTexts {
  const json = parseJson(text);
  if (isObject(json)) {
    const valueOf = (name: RegExp): unknown => {
      const key = Object.keys(json).find((candidate) => name.test(candidate));
      return key === undefined ? undefined : own(json, key);
    };
    return { secretKey: valueOf(SECRET), authKey: valueOf(AUTH) };
  }
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  const named = (name: RegExp): string | undefined => {
    const line = lines.find((candidate) => name.test(candidate));
    return line?.replace(/^[^:=]*[:=]/, '').replace(/["',;]/g, '');
  };
  if (lines.some((line) => SECRET.test(line) || AUTH.test(line))) {
    return { secretKey: named(SECRET), authKey: named(AUTH) };
  }
  return { secretKey: lines[0], authKey: lines[1] };
}

function toKeys({ secretKey, authKey }: KeyTexts, where: string): ApiKeys {
  const keys = { secretKey: parseApiKey(secretKey), authKey: parseApiKey(authKey) };
  if (!keys.secretKey) throw badKey('API Secret Key', secretKey, where);
  if (!keys.authKey) throw badKey('API Auth Key', authKey, where);
  return { secretKey: keys.secretKey, authKey: keys.authKey };
}

function badKey(name: string, text: unknown, where: string): CliError {
  return new CliError('BAD_CONFIG', `${where}: the ${name} ${apiKeyProblem(text) ?? 'cannot be read'}.`);
}
