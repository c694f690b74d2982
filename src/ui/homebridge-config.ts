import { readFile } from 'node:fs/promises';
import { messageOf, systemCode } from '../base/errors.ts';
import { parseHomebridgeConfig, type HomebridgeConfig } from '../config/homebridge-config.ts';
import { KEY_FORMAT } from '../wire/keys.ts';
import { RequestProblem } from './request.ts';

/** @throws {@link RequestProblem} `NO_CONFIG` or `BAD_CONFIG`; its message never quotes the file. */
export async function readSavedConfig(path: string): Promise<HomebridgeConfig> {
  const config = parseHomebridgeConfig(await readText(path), KEY_FORMAT);
  if (config) return config;
  throw new RequestProblem('BAD_CONFIG', "Homebridge's config.json is not valid JSON.");
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const reason = systemCode(error) ?? messageOf(error);
    throw new RequestProblem('NO_CONFIG', `Homebridge's config.json cannot be read (${reason}).`, {
      cause: error,
    });
  }
}
