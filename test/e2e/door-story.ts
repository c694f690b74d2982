import type { Change, Controller, Door, Frame } from './hap.ts';
import type { Mark } from '../helpers/tape.ts';

const KEYS = ['T', 'C', 'O'] as const;

/** Every pair of T and C that Home labels truly: at rest they agree, and a travel goes where T says. */
const TRUE_LABELS = new Set(['0,0', '1,1', '0,2', '1,3']);

/**
 * What one member of the home sees of a door, event frame by event frame, from the state in which it was
 * when the story began.
 */
export class DoorStory {
  readonly #controller: Controller;
  readonly #accessory: string;
  readonly #first: Door;
  readonly #mark: Mark;
  /** Where {@link until} has come to: how many frames it has looked at, and how the door was after them. */
  #position: Mark;
  #reached: Door;

  private constructor(controller: Controller, accessory: string, first: Door, mark: Mark) {
    this.#controller = controller;
    this.#accessory = accessory;
    this.#first = first;
    this.#mark = mark;
    this.#position = mark;
    this.#reached = first;
  }

  static async begin(controller: Controller, accessory: string): Promise<DoorStory> {
    const mark = controller.frames.mark();
    return new DoorStory(controller, accessory, await controller.door(accessory), mark);
  }

  /** One text a frame that changed something, e.g. "T0 C2". */
  get told(): readonly string[] {
    let door = this.#first;
    return this.#frames().flatMap((frame) => {
      const before = door;
      door = after(door, changesOf(frame, this.#accessory));
      const text = KEYS.filter((key) => before[key] !== door[key]);
      return text.length === 0 ? [] : [text.map((key) => `${key}${door[key]}`).join(' ')];
    });
  }

  /** Monotonic milliseconds at which each of the frames came that {@link told} tells of. */
  get at(): readonly number[] {
    let door = this.#first;
    return this.#frames()
      .filter((frame) => {
        const before = door;
        door = after(door, changesOf(frame, this.#accessory));
        return KEYS.some((key) => before[key] !== door[key]);
      })
      .map((frame) => frame.at);
  }

  /**
   * Waits for the next frame after which T, C and O are so; "next" counts from the frame that the last call
   * has found. Answers all that was told up to now.
   */
  async until(wanted: Partial<Door>, within?: number): Promise<readonly string[]> {
    const { frames } = this.#controller;
    const met = (frame: Frame): boolean => {
      const changes = changesOf(frame, this.#accessory);
      this.#reached = after(this.#reached, changes);
      this.#position++;
      const now = this.#reached;
      return changes.length > 0 && KEYS.every((key) => (wanted[key] ?? now[key]) === now[key]);
    };
    const what = `${this.#accessory} to be ${JSON.stringify(wanted)}`;
    await frames.waitFor(what, met, {
      since: this.#position,
      ...(within === undefined ? {} : { within }),
    });
    return this.told;
  }

  /** The moments at which Home would have shown "Opening…" or "Closing…" of a door at rest; none is right. */
  get untrueLabels(): readonly Door[] {
    let door = this.#first;
    const states = this.#frames().map((frame) => (door = after(door, changesOf(frame, this.#accessory))));
    return states.filter((state) => !TRUE_LABELS.has(`${state.T},${state.C}`));
  }

  #frames(): readonly Frame[] {
    return this.#controller.frames
      .since(this.#mark)
      .filter((frame) => changesOf(frame, this.#accessory).length > 0);
  }
}

function changesOf(frame: Frame, accessory: string): readonly Change[] {
  return frame.changes.filter((change) => change.accessory === accessory);
}

function after(door: Door, changes: readonly Change[]): Door {
  return changes.reduce<Door>((state, { characteristic, value }) => {
    // A boolean arrives as true, false, 0 or 1.
    const number = Number(value);
    if (characteristic === 'TargetDoorState') return { ...state, T: number };
    if (characteristic === 'CurrentDoorState') return { ...state, C: number };
    if (characteristic === 'ObstructionDetected') return { ...state, O: number };
    return state;
  }, door);
}
