/** Takes a listener off again. Calling it twice is harmless. */
export type Unsubscribe = () => void;

interface Entry<Value> {
  readonly listener: (value: Value) => void;
}

/**
 * A typed list of listeners for one kind of thing. Smaller than `EventEmitter` where it matters: a listener
 * that throws does not keep the others from hearing, and there is no special name `error` that crashes.
 * The list is never changed, only replaced: most have one listener for years, and hear much more often than
 * listeners come and go.
 */
export class Signal<Value> {
  #listeners: readonly Entry<Value>[] = NONE;
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void = reportLater) {
    this.#onError = onError;
  }

  on(listener: (value: Value) => void): Unsubscribe {
    // An entry of its own, so that the same function may be registered twice.
    const entry = { listener };
    // A spread would leave room for more.
    this.#listeners = this.#listeners.concat(entry);
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== entry);
    };
  }

  emit(value: Value): void {
    for (const { listener } of this.#listeners) {
      try {
        listener(value);
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  get size(): number {
    return this.#listeners.length;
  }

  clear(): void {
    this.#listeners = NONE;
  }
}

const NONE: readonly never[] = [];

/** A bug in a listener must be seen, but not in the middle of somebody else's work. */
function reportLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
