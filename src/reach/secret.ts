import { readFile } from 'node:fs/promises';
import { systemCode } from '../base/errors.ts';
import type { SecretSource } from './config.ts';
import { ReachError } from './errors.ts';

/**
 * The secret, from the first place that has one: the text, the file, the environment. Blanks around it are
 * taken off, since editors end a file with a line break.
 * @returns undefined where there is none.
 * @throws ReachError INVALID for a file that is named and cannot be read: going on without it would, for a
 * passphrase, mean to go on unencrypted.
 */
export async function readSecret(
  source: SecretSource,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  if (source.text !== undefined) return source.text;
  if (source.file !== undefined) {
    const text = await readFile(source.file, 'utf8').catch((error: unknown) => {
      const why = systemCode(error) ?? 'unknown error';
      throw new ReachError('INVALID', `The file ${source.file ?? ''} cannot be read (${why}).`);
    });
    if (text.trim() === '') throw new ReachError('INVALID', `The file ${source.file} is empty.`);
    return text.trim();
  }
  const value = environment[source.environment]?.trim();
  return value === '' ? undefined : value;
}

/** The script token. @throws ReachError TOKEN_MISSING, saying where it was looked for. */
export async function readScriptToken(source: SecretSource, environment: NodeJS.ProcessEnv): Promise<string> {
  const token = await readSecret(source, environment);
  if (token === undefined) {
    throw new ReachError(
      'TOKEN_MISSING',
      `There is no script token: set scriptToken, scriptTokenFile, or the environment variable ${source.environment}.`,
    );
  }
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new ReachError('TOKEN_MISSING', 'The script token has characters that a token does not have.');
  }
  return token;
}
