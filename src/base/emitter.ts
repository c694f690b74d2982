/** Takes a listener off again. Calling it twice is harmless. */
export type Unsubscribe = () => void;

type Listener<Value> = (value: Value) => void;
type Listeners<Value> = Listener<Value> | readonly Listener<Value>[];

/**
 * A typed list of listeners for one kind of thing. Smaller than `EventEmitter` where it matters: a listener
 * that throws does not keep the others from hearing, and there is no special name `error` that crashes.
 * Most have one listener for years, and hear much more often than listeners come and go: a single one is kept
 * as it is, and a list is never changed, only replaced.
 */
export class Signal<Value> {
  #listeners: Listeners<Value> = NONE;
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void = reportLater) {
    this.#onError = onError;
  }

  on(listener: (value: Value) => void): Unsubscribe {
    this.#listeners = withOne(this.#listeners, listener);
    let listens = true;
    return () => {
      if (listens) this.#listeners = without(this.#listeners, listener);
      listens = false;
    };
  }

  emit(value: Value): void {
    const listeners = this.#listeners;
    if (typeof listeners === 'function') tell(listeners, value, this.#onError);
    else for (const listener of listeners) tell(listener, value, this.#onError);
  }

  get size(): number {
    return typeof this.#listeners === 'function' ? 1 : this.#listeners.length;
  }

  clear(): void {
    this.#listeners = NONE;
  }
}

// Not methods: a class with private methods has a mark of it in each object.

function tell<Value>(listener: Listener<Value>, value: Value, onError: (error: unknown) => void): void {
  try {
    listener(value);
  } catch (error) {
    onError(error);
  }
}

function withOne<Value>(listeners: Listeners<Value>, listener: Listener<Value>): Listeners<Value> {
  if (typeof listeners === 'function') return [listeners, listener];
  // A spread would leave room for more.
  return listeners.length === 0 ? listener : listeners.concat(listener);
}

/** Once only: the same function may have been registered twice. */
function without<Value>(listeners: Listeners<Value>, listener: Listener<Value>): Listeners<Value> {
  if (typeof listeners === 'function') return listeners === listener ? NONE : listeners;
  const index = listeners.indexOf(listener);
  if (index < 0) return listeners;
  const rest = listeners.toSpliced(index, 1);
  return rest.length === 1 ? (rest[0] ?? NONE) : rest;
}

const NONE: readonly never[] = [];

/** A bug in a listener must be seen, but not in the middle of somebody else's work. */
function reportLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
