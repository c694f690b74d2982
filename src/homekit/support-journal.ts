import type { Clock } from '../base/clock.ts';
import type { Unsubscribe } from '../base/emitter.ts';
import type { JournalKind } from '../journal/entry.ts';
import type { RemoteSupport } from '../reach/remote-support.ts';
import type { ComputerState, SupportPhase } from '../reach/support-state.ts';
import type { Chronicle } from './chronicle.ts';

export interface SupportJournalOptions {
  readonly support: Pick<RemoteSupport, 'changed' | 'linkMade' | 'list'>;
  readonly chronicle: Pick<Chronicle, 'record'>;
  readonly clock: Clock;
  /** What the journal calls a computer for ever: the UUID of its accessory. */
  readonly idOf: (computer: string) => string;
}

const TIME_LIMIT = 'its time limit';

/** Makes journal entries of what becomes of remote support: granted, revoked, a link made; never the link. */
export class SupportJournal {
  readonly #options: SupportJournalOptions;
  readonly #last = new Map<string, { readonly phase: SupportPhase; readonly until: number | undefined }>();
  readonly #askers = new Map<string, string>();
  readonly #subscriptions: readonly Unsubscribe[];

  constructor(options: SupportJournalOptions) {
    this.#options = options;
    const { support } = options;
    for (const { name, phase, until } of support.list()) this.#last.set(name, { phase, until });
    this.#subscriptions = [
      support.changed.on((state) => this.#changed(state)),
      support.linkMade.on(({ name, at, controlType }) =>
        this.#record('support-link', name, at, this.#askers.get(name), { controlType }),
      ),
    ];
  }

  stop(): void {
    for (const unsubscribe of this.#subscriptions) unsubscribe();
  }

  /** Runs a call; what becomes of the computer meanwhile is put down to whoever asked. */
  async asked<Result>(computer: string, by: string, call: () => Promise<Result>): Promise<Result> {
    this.#askers.set(computer, by);
    try {
      return await call();
    } finally {
      // The change is told a few turns after the call has its answer.
      setImmediate(() => {
        if (this.#askers.get(computer) === by) this.#askers.delete(computer);
      });
    }
  }

  #changed({ name, phase, until }: ComputerState): void {
    const before = this.#last.get(name);
    this.#last.set(name, { phase, until });
    const wasOpen = before?.phase === 'open';
    const isOpen = phase === 'open';
    if (wasOpen === isOpen) return;
    const now = this.#options.clock.now();
    const isOver = wasOpen && before.until !== undefined && now >= before.until;
    const by = this.#askers.get(name) ?? (isOver ? TIME_LIMIT : undefined);
    this.#record(isOpen ? 'support-granted' : 'support-revoked', name, now, by);
  }

  #record(
    kind: JournalKind,
    computer: string,
    at: number,
    by: string | undefined,
    detail: Readonly<Record<string, string>> = {},
  ): void {
    const { chronicle, idOf } = this.#options;
    const device = { id: idOf(computer), name: computer };
    chronicle.record(
      { kind, at, device, ...(by !== undefined && { by: { name: by } }), detail: { computer, ...detail } },
      'info',
    );
  }
}
