import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Something that nobody may ever see, and what it is, for the message. */
export interface Secret {
  readonly what: string;
  readonly bytes: Buffer;
}

/** Somewhere to look. */
export interface Place {
  readonly where: string;
  readonly content: Buffer;
}

/** The texts in which bytes come to light: printed, encoded, inspected, put into JSON. */
export function formsOf(bytes: Buffer): readonly string[] {
  const base64 = bytes.toString('base64');
  return [
    bytes.toString('hex'),
    bytes.toString('base64url'),
    // Without padding it is found with it as well.
    base64.replace(/=+$/, ''),
    // As JSON escapes it where somebody wants it so, and as it stands in an address.
    base64.replace(/=+$/, '').replaceAll('/', '\\/'),
    encodeURIComponent(base64.replace(/=+$/, '')),
    [...bytes].join(','),
    [...bytes].join(', '),
    (bytes.toString('hex').match(/../g) ?? []).join(' '),
    (bytes.toString('hex').match(/../g) ?? []).join(':'),
  ];
}

/** Which of the secrets are in which of the places, in either case and in any form. */
export function findSecrets(secrets: readonly Secret[], places: readonly Place[]): readonly string[] {
  return places.flatMap(({ where, content }) => {
    const text = content.toString('latin1').toLowerCase();
    const found = secrets.filter(
      ({ bytes }) =>
        content.includes(bytes) || formsOf(bytes).some((form) => text.includes(form.toLowerCase())),
    );
    return found.map(({ what }) => `${what} is in ${where}`);
  });
}

/** Every file below a folder but those that are named. */
export function filesBelow(folder: string, except: readonly string[]): readonly Place[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !except.includes(entry.name))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return { where: path.slice(folder.length + 1), content: readFileSync(path) };
    });
}
