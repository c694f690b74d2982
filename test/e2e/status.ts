import { expect } from 'vitest';

/** What a failing write or read rejects with: HAP's status code. */
export const status = (code: number): object => expect.objectContaining({ status: code }) as object;
