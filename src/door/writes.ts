import type { Clock, Timer } from '../base/clock.ts';
import { CommandError } from '../device/errors.ts';
import type { CommandOptions } from '../device/types.ts';
import { ANSWER_LIMIT } from './answer-in-time.ts';
import { DoorWriteError, writeErrorOf } from './errors.ts';
import type { Decision } from './strategy.ts';
import type { TargetDoorState } from './types.ts';

type Action = Extract<Decision, { kind: 'send' }>['action'];

export interface WritesOptions {
  readonly clock: Clock;
  /** What a write comes to as things stand at this moment. */
  readonly decide: (target: TargetDoorState) => Decision;
  /** Has the device say how it is. */
  readonly ask: (options: CommandOptions) => Promise<void>;
  /** Sends a command and takes its outcome into the model; goes on after the writes have been answered. */
  readonly send: (target: TargetDoorState, action: Action, options: CommandOptions) => Promise<void>;
  /** A write was just answered. */
  readonly answered: (target: TargetDoorState, failed: boolean) => void;
}

interface Write {
  readonly target: TargetDoorState;
  /** Monotonic. */
  readonly deadline: number;
  readonly timer: Timer;
  readonly settle: (error?: DoorWriteError) => void;
}

/** A command or question that the device has not answered yet, with the writes that wait for its outcome. */
interface Command {
  readonly target: TargetDoorState;
  readonly writes: Write[];
  readonly abort: AbortController;
}

/**
 * The writes of one door, of which one command at most is outstanding. Of the writes that come meanwhile, one
 * for the same target joins it; of the others the latest waits for its turn and is then carried out or refused
 * as things stand by then, and those before it fail.
 */
export class Writes {
  readonly #options: WritesOptions;
  #command: Command | undefined;
  /** All for one target. */
  #waiting: Write[] = [];
  #stopped = false;

  constructor(options: WritesOptions) {
    this.#options = options;
  }

  /** Resolves when the device has accepted it, or there was nothing to do; else a {@link DoorWriteError}. */
  submit(target: TargetDoorState): Promise<void> {
    if (this.#stopped) return Promise.reject(stopping());
    return new Promise((resolve, reject) => {
      const { clock, answered } = this.#options;
      let open = true;
      const write: Write = {
        target,
        deadline: clock.monotonic() + ANSWER_LIMIT,
        timer: clock.after(ANSWER_LIMIT, () => this.#expire(write)),
        settle: (error) => {
          if (!open) return;
          open = false;
          write.timer.cancel();
          if (error) reject(error);
          else resolve();
          answered(target, error !== undefined);
        },
      };
      this.#place(write);
    });
  }

  /** Answers everything that still waits; a command that was sent runs out on its own. */
  stop(): void {
    this.#stopped = true;
    this.#command?.abort.abort();
    for (const write of [...(this.#command?.writes ?? []), ...this.#waiting]) write.settle(stopping());
    this.#waiting = [];
  }

  #place(write: Write): void {
    const command = this.#command;
    if (!command) {
      this.#carryOut([write]);
      return;
    }
    if (this.#waiting[0]?.target !== write.target) {
      for (const earlier of this.#waiting.splice(0)) earlier.settle(superseded());
    }
    if (command.target === write.target && !command.abort.signal.aborted) {
      command.writes.push(write);
      return;
    }
    // Drops the command if it has not been sent yet, for example while the device reconnects.
    command.abort.abort();
    this.#waiting.push(write);
  }

  #carryOut(writes: readonly Write[]): void {
    const [first] = writes;
    if (!first) return;
    const decision = this.#options.decide(first.target);
    if (decision.kind === 'send' || decision.kind === 'ask') {
      const command = { target: first.target, writes: [...writes], abort: new AbortController() };
      this.#command = command;
      void (decision.kind === 'ask' ? this.#ask(command) : this.#run(command, decision.action));
    } else {
      const error = decision.kind === 'refuse' ? new DoorWriteError('not now', decision.message) : undefined;
      for (const write of writes) write.settle(error);
    }
  }

  /** Decides again with what the device said, unless another target has been written meanwhile. */
  async #ask(command: Command): Promise<void> {
    const { target, writes, abort } = command;
    const failure = await failureIn(this.#options.ask(limitsOf(command)), abort.signal);
    this.#command = undefined;
    const waiting = this.#waiting.splice(0);
    const isDone = !failure && this.#options.decide(target).kind === 'nothing';
    if (failure || isDone || waiting.length > 0) {
      for (const write of writes) write.settle(isDone ? undefined : (failure ?? superseded()));
      this.#carryOut(waiting);
    } else {
      this.#carryOut(writes);
    }
  }

  async #run(command: Command, action: Action): Promise<void> {
    const { target, writes, abort } = command;
    const failure = await failureIn(this.#options.send(target, action, limitsOf(command)), abort.signal);
    this.#command = undefined;
    for (const write of writes) write.settle(failure);
    const waiting = this.#waiting.splice(0);
    // What may have been carried out is not sent a second time.
    if (waiting[0]?.target === target && failure && mayBeDone(failure)) {
      for (const write of waiting) write.settle(failure);
    } else {
      this.#carryOut(waiting);
    }
  }

  #expire(write: Write): void {
    const waits = this.#waiting.includes(write);
    this.#waiting = this.#waiting.filter((other) => other !== write);
    write.settle(
      waits
        ? new DoorWriteError('busy', 'another command is still unanswered')
        : new DoorWriteError('no answer', 'the device did not answer in time'),
    );
  }
}

function limitsOf({ writes, abort }: Command): CommandOptions {
  return { deadline: Math.max(...writes.map((write) => write.deadline)), signal: abort.signal };
}

async function failureIn(answer: Promise<void>, signal: AbortSignal): Promise<DoorWriteError | undefined> {
  try {
    await answer;
    return undefined;
  } catch (error) {
    return failureOf(error, signal.aborted);
  }
}

function failureOf(error: unknown, aborted: boolean): DoorWriteError {
  const dropped = aborted && error instanceof CommandError && error.outcome === 'not sent';
  if (dropped) return superseded();
  return error instanceof DoorWriteError ? error : writeErrorOf(error);
}

function mayBeDone({ cause }: DoorWriteError): boolean {
  return cause instanceof CommandError && cause.outcome === 'unknown';
}

function superseded(): DoorWriteError {
  return new DoorWriteError('busy', 'a later write took its place');
}

function stopping(): DoorWriteError {
  return new DoorWriteError('offline', 'the plugin is stopping');
}
