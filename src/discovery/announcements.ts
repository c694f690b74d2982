/** A device answers within this time, or not at all. */
const ANSWER_WITHIN = 2000;

/**
 * Tells an announcement from a mere answer. A device that answers every question and still cannot be reached
 * must not be tried ever faster because we keep asking; one that was silent and answers again, or that
 * speaks up by itself, has just come back. All times are monotonic milliseconds.
 */
export class Announcements {
  #lastAsked = -Infinity;
  /** Since when a question has been unanswered, by serial number. */
  readonly #unanswered = new Map<string, number>();

  /** Everybody was asked. */
  asked(serialNumbers: readonly string[], now: number): void {
    this.#lastAsked = now;
    for (const serialNumber of serialNumbers) {
      if (!this.#unanswered.has(serialNumber)) this.#unanswered.set(serialNumber, now);
    }
  }

  /** The device was heard. @returns whether that is worth more than an answer. */
  heard(serialNumber: string, now: number): boolean {
    const since = this.#unanswered.get(serialNumber);
    this.#unanswered.delete(serialNumber);
    const wasSilent = since !== undefined && now - since > ANSWER_WITHIN;
    return wasSilent || now - this.#lastAsked > ANSWER_WITHIN;
  }

  forget(serialNumber: string): void {
    this.#unanswered.delete(serialNumber);
  }
}
