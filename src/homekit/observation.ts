import type { Clock } from '../base/clock.ts';
import { named, type Log } from '../base/log.ts';
import type { ParsedConfig } from '../config/parse.ts';
import { Chronicle } from './chronicle.ts';
import { Control } from './control.ts';
import type { Gate } from './gate.ts';
import { GateJournal } from './gate-journal.ts';
import { PLUGIN_VERSION } from './settings.ts';

export interface ObservationOptions {
  readonly config: Pick<ParsedConfig, 'journal' | 'problems'>;
  /** Homebridge's. */
  readonly storagePath: string;
  /** The child bridge; undefined on the main one. */
  readonly instance: string | undefined;
  readonly homebridgeVersion: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** What is kept and told of the gates beside Apple Home: the journal, and the local channel. */
export class Observation {
  readonly chronicle: Chronicle;
  readonly control: Control;
  readonly #options: ObservationOptions;
  readonly #journals: GateJournal[] = [];

  constructor(options: ObservationOptions) {
    this.#options = options;
    const { clock, config, homebridgeVersion, instance, log, storagePath } = options;
    this.chronicle = new Chronicle({ config: config.journal, storagePath, instance, clock, log });
    this.control = new Control({
      storagePath,
      plugin: { version: PLUGIN_VERSION, instance, homebridge: homebridgeVersion },
      chronicle: this.chronicle,
      diagnostics: () => ({ journal: config.journal, configProblems: config.problems }),
      clock,
      log,
    });
  }

  start(): void {
    this.chronicle.record({ kind: 'plugin-started', at: this.#options.clock.now() });
    this.control.start();
  }

  /** Before the gate starts. */
  watch(gate: Gate): void {
    const { clock, log } = this.#options;
    this.#journals.push(
      new GateJournal({ gate, chronicle: this.chronicle, clock, log: named(log, gate.config.name) }),
    );
    this.control.add(gate);
  }

  /** Nobody gives a command any more; the gates are still listened to. */
  async close(): Promise<void> {
    await this.control.stop();
  }

  /** After the gates were stopped: writes what is left of the journal. */
  async stop(): Promise<void> {
    for (const journal of this.#journals) journal.stop();
    this.chronicle.record({ kind: 'plugin-stopped', at: this.#options.clock.now() });
    await this.chronicle.close();
  }
}
