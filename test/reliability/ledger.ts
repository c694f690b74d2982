import type { ActionType } from '../../src/wire/actions.ts';
import { CLOSED, OPEN, type TargetDoorState } from '../../src/door/types.ts';

/** What HomeKit waits for a write; nothing may be sent for it after that. */
const ANSWER_LIMIT = 2500;
/** Older writes can have no command any more. */
const KEPT = 120_000;

interface Write {
  readonly target: TargetDoorState;
  readonly at: number;
  settledAt: number | undefined;
  sent: boolean;
}

const TARGET: Readonly<Partial<Record<ActionType, TargetDoorState>>> = { OPEN, CLOSE: CLOSED };

/** Every write from Home against every command that reaches the device: none late, none twice, none unasked. */
export class Ledger {
  readonly problems: string[] = [];
  readonly #slack: number;
  #writes: Write[] = [];

  /** @param slack how long a command may be on its way to where it is seen. */
  constructor(slack: number) {
    this.#slack = slack;
  }

  /** A write from Home begins. @returns to be called when it is answered. */
  wrote(target: TargetDoorState, at: number): (at: number) => void {
    const write: Write = { target, at, settledAt: undefined, sent: false };
    this.#writes = [...this.#writes.filter((other) => at - other.at < KEPT), write];
    return (settledAt) => (write.settledAt = settledAt);
  }

  /** An action reached the device, whether or not it carries it out. */
  received(type: ActionType, at: number): void {
    if (type === 'QUERY') return;
    const asked = this.#writes.filter(({ target }) => target === TARGET[type]);
    const write = asked.find((candidate) => !candidate.sent && this.#isDue(candidate, at));
    if (write) write.sent = true;
    else this.problems.push(`${type} ${this.#why(asked, at)}`);
  }

  #isDue({ at: from, settledAt }: Write, at: number): boolean {
    return at <= Math.min(from + ANSWER_LIMIT, settledAt ?? Infinity) + this.#slack;
  }

  #why(asked: readonly Write[], at: number): string {
    const last = asked.at(-1);
    if (!last) return 'that nobody asked for';
    const twice = asked.some((write) => write.sent && at - write.at < ANSWER_LIMIT * 4);
    return `${twice ? 'twice or late' : 'late'}, ${Math.round(at - last.at)} ms after it was asked for`;
  }
}
