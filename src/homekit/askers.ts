import type { Clock } from '../base/clock.ts';
import type { Actor, JournalDraft, JournalKind } from '../journal/entry.ts';
import type { OwnCommand } from './gate-events.ts';

/** Who gives commands where nobody says otherwise: its writes are what this plugin is for. */
const HOME = 'Apple Home';

/** A command may wait 2 s for a reconnect, and its event comes within 3 s of it. */
const OURS_WITHIN = 5_000;

const OF_GATE: readonly OwnCommand[] = ['open', 'close', 'trigger', 'hold'];
const OF_SECONDARY: readonly OwnCommand[] = ['secondary'];
const LEADS_TO: Readonly<Record<'opened' | 'closed', readonly OwnCommand[]>> = {
  opened: ['open', 'trigger', 'hold'],
  closed: ['close', 'trigger'],
};

interface Asked {
  readonly by: string;
  /** Monotonic. */
  readonly at: number;
}

/**
 * Who is behind what this plugin does to a gate. The device knows only its API key, which is ours, and without
 * logging not even that; we know who asked.
 */
export class Askers {
  readonly #clock: Clock;
  readonly #asked = new Map<OwnCommand, Asked>();
  /** Whose the travel is that our own command began. */
  #travel: { readonly to: 'opened' | 'closed'; readonly by: string } | undefined;
  /** Whose the last operation of the gate by the API key was. */
  #lastByKey: string | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  asked(command: OwnCommand, by = HOME): void {
    this.#asked.set(command, { by, at: this.#clock.monotonic() });
  }

  /** Whom a command of ours is to be put down to. */
  of(command: OwnCommand): string {
    return this.#asked.get(command)?.by ?? HOME;
  }

  /** The gate moves. */
  departed(command: 'open' | 'close'): void {
    const to = command === 'open' ? 'opened' : 'closed';
    const by = this.#recent([command]) ?? (this.#travel?.to === to ? this.#travel.by : undefined);
    this.#travel = by === undefined ? undefined : { to, by };
  }

  /** The gate stands. */
  rested(): void {
    this.#travel = undefined;
  }

  /** Says who it was, where it was one of us. What was told late may have been another program with our key. */
  name(draft: JournalDraft): JournalDraft {
    switch (draft.kind) {
      case 'relay-triggered':
      case 'output-held':
        this.#lastByKey = this.#behindKey(draft, OF_GATE);
        return named(draft, this.#lastByKey);
      case 'secondary-relay-triggered':
      case 'secondary-output-held':
        return named(draft, this.#behindKey(draft, OF_SECONDARY));
      case 'opened':
      case 'closed':
        return named(draft, this.#behindMove(draft, draft.kind));
      default:
        return draft;
    }
  }

  #behindKey({ by, old }: JournalDraft, commands: readonly OwnCommand[]): string | undefined {
    return old || by?.keyType !== 'api key' ? undefined : this.#recent(commands);
  }

  #behindMove({ by, old }: JournalDraft, kind: 'opened' | 'closed'): string | undefined {
    if (old) return undefined;
    if (by) return by.keyType === 'api key' ? this.#lastByKey : undefined;
    return this.#travel?.to === kind ? this.#travel.by : this.#recent(LEADS_TO[kind]);
  }

  #recent(commands: readonly OwnCommand[]): string | undefined {
    const since = this.#clock.monotonic() - OURS_WITHIN;
    return commands
      .flatMap((command) => this.#asked.get(command) ?? [])
      .filter(({ at }) => at >= since)
      .toSorted((a, b) => b.at - a.at)[0]?.by;
  }
}

const SENSOR_KINDS: readonly JournalKind[] = ['opened', 'closed'];

/** By which way we reach the device is nobody's business. */
function named(draft: JournalDraft, name: string | undefined): JournalDraft {
  if (name === undefined) return draft;
  const { keyNr, keyType } = draft.by ?? {};
  const by: Actor = {
    ...(keyNr !== undefined && { keyNr }),
    ...(keyType !== undefined && { keyType }),
    name,
    ...(SENSOR_KINDS.includes(draft.kind) && { inferred: true }),
  };
  return { ...draft, by };
}
