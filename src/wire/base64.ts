/**
 * Decodes canonical base64 (RFC 4648, section 4, padding required, no other characters, no stray bits).
 * A second spelling of the same bytes would be a frame that we accept and nobody sent.
 * @returns undefined for anything else.
 */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
