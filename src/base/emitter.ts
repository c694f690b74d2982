/** Takes a listener off again. Calling it twice is harmless. */
export type Unsubscribe = () => void;

/**
 * A typed list of listeners for one kind of thing. Smaller than `EventEmitter` where it matters: a listener
 * that throws does not keep the others from hearing, and there is no special name `error` that crashes.
 */
export class Signal<Value> {
  readonly #listeners = new Set<(value: Value) => void>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void = reportLater) {
    this.#onError = onError;
  }

  on(listener: (value: Value) => void): Unsubscribe {
    // A wrapper of its own, so that the same function may be registered twice.
    const entry = (value: Value): void => listener(value);
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  }

  emit(value: Value): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(value);
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  get size(): number {
    return this.#listeners.size;
  }

  clear(): void {
    this.#listeners.clear();
  }
}

/** A bug in a listener must be seen, but not in the middle of somebody else's work. */
function reportLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
