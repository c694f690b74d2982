/**
 * Every error that this project throws on purpose. The first fork for a caller is {@link retry}: may the
 * same thing be tried again later with some hope? Messages are for a person: what happened, and what to do.
 * They never hold a key.
 */
export abstract class GatehouseError extends Error {
  /** Stable, for programs: `SCREAMING_SNAKE_CASE`. */
  abstract readonly code: string;
  /** Whether the same call may succeed later without anybody changing anything. */
  abstract readonly retry: boolean;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The message of whatever was thrown, on one line. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, ' ').trim();
}

/** The `code` of a Node system error (`ENOENT`, `ECONNREFUSED`, …), if it has one. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
