import { apiKeyProblem, parseApiKey } from '../../src/wire/keys.ts';
import { parseConfig, type ParsedConfig } from '../../src/config/parse.ts';

export const SECRET_KEY = '0123456789abcdef'.repeat(4);
export const AUTH_KEY = 'fedcba9876543210'.repeat(4);

export const keyFormat = { keyProblem: apiKeyProblem, parseKey: parseApiKey };

/** A device as somebody would write it, with what the test is about. */
export function deviceJson(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    name: 'Garage',
    host: '192.168.1.50',
    apiSecretKey: SECRET_KEY,
    apiAuthKey: AUTH_KEY,
    ...changes,
  };
}

export const parsePlatform = (value: unknown): ParsedConfig => parseConfig(value, keyFormat);
export const parseDevices = (...devices: unknown[]): ParsedConfig =>
  parsePlatform({ platform: 'Gatehouse', devices });
export const messagesOf = (parsed: ParsedConfig): readonly string[] =>
  parsed.problems.map((problem) => problem.message);
