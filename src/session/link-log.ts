import type { Log } from '../base/log.ts';
import { isCertain, type Diagnosis, type DiagnosisCode } from './diagnosis.ts';
import { describeClose, type CloseReason } from './close-reason.ts';

/** Short drops are normal and no news: a device is "away" only after so many milliseconds. */
export const AWAY_AFTER = 5000;
/** Lines at debug level about one spell of trouble; the attempts go on, the lines do not. */
const MOST_NOTES = 6;

const NONE: readonly never[] = [];

export interface Failure {
  readonly reason: CloseReason;
  readonly diagnosis: Diagnosis | undefined;
  /** Milliseconds since the device went away. */
  readonly outage: number;
}

/**
 * What the log is told about a link: one WARN when the device goes away, with the diagnosis; one more only
 * for a diagnosis that a person must act on; one INFO when it is back. A spell of trouble lasts until a
 * session has {@link settled}, so that neither ten thousand failed attempts nor a session that is dropped
 * every few seconds fills the log.
 */
export class LinkLog {
  readonly #log: Log;
  #warned: readonly DiagnosisCode[] = NONE;
  #noted: readonly string[] = NONE;
  #away = false;
  #saidBack = false;

  constructor(log: Log) {
    this.#log = log;
  }

  failed({ reason, diagnosis, outage }: Failure): void {
    const certain = diagnosis !== undefined && isCertain(diagnosis.code, reason);
    if (certain ? !this.#warned.includes(diagnosis.code) : !this.#away && outage >= AWAY_AFTER) {
      this.#away = true;
      if (diagnosis) this.#warned = [...this.#warned, diagnosis.code];
      const why = diagnosis ? `${diagnosis.message} ${diagnosis.remedy}` : `${describeClose(reason)}.`;
      this.#log.warn(`Not connected: ${why}`);
      return;
    }
    this.#note(reason.code, `Not connected: ${describeClose(reason)}.`);
  }

  /** Something that we do not know came, and was let pass. */
  ignored(what: string): void {
    this.#note(what, `Ignored: ${what}.`);
  }

  /** A session is ready. */
  ready(): void {
    // In a spell of trouble the first time is news. Later ones must last first.
    if (!this.#away || this.#saidBack) return;
    this.#back();
    this.#saidBack = true;
    this.#warned = NONE;
  }

  /** A session has been ready for long enough to call the trouble over. */
  settled(): void {
    if (this.#away) this.#back();
    this.#saidBack = false;
    this.#warned = NONE;
    this.#noted = NONE;
  }

  #back(): void {
    this.#away = false;
    this.#log.info('Connected again.');
  }

  #note(kind: string, line: string): void {
    if (this.#noted.includes(kind) || this.#noted.length >= MOST_NOTES) return;
    this.#noted = [...this.#noted, kind];
    this.#log.debug(line);
  }
}
