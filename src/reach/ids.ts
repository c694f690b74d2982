const TENANT_ID = /^t[A-Za-z0-9-]{1,63}$/;
const REMOTECONTROL_ID = /^r[A-Za-z0-9-]{1,63}$/;
const GUID = /^\{?([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})\}?$/i;
const APP_KEY = /^[0-9a-f]{64}$/i;

/**
 * What is wrong with a tenant ID ("t0001"); undefined when nothing is. The signed text drops its first
 * character, so an ID without the prefix would yield links that open nothing.
 */
export function tenantIdProblem(text: unknown): string | undefined {
  return idProblem(text, TENANT_ID, 't', 't0001');
}

/** What is wrong with a RemotecontrolID ("r124124124"); undefined when nothing is. */
export function remotecontrolIdProblem(text: unknown): string | undefined {
  return idProblem(text, REMOTECONTROL_ID, 'r', 'r124124124');
}

function idProblem(text: unknown, pattern: RegExp, prefix: string, example: string): string | undefined {
  if (typeof text !== 'string' || text === '') return `is missing; it looks like "${example}"`;
  if (!text.startsWith(prefix)) return `must begin with the letter ${prefix}, as in "${example}"`;
  if (!pattern.test(text)) return `has characters that an ID does not have; it looks like "${example}"`;
  return undefined;
}

/** A GUID in braces, as the guide's requests have it. @returns undefined when it is not one. */
export function bracedGuid(text: string): string | undefined {
  const found = GUID.exec(text.trim());
  return found ? `{${found[1] ?? ''}}` : undefined;
}

/**
 * The SHA-256 of an app's signing key as the guide wants it: 64 hex digits. The colons that Android's
 * `apksigner` and `keytool` print are taken out.
 */
export function appKeyDigits(text: string): string | undefined {
  const digits = text.replace(/[\s:]/g, '');
  return APP_KEY.test(digits) ? digits : undefined;
}
