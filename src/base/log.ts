/** What everything below `homekit/` logs to. Homebridge's `Logging` fits it as it is. */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** Every line begins with `[name]`, as Homebridge users know it from other plugins. */
export function named(log: Log, name: string): Log {
  return new NamedLog(log, name);
}

/** Every device has some: methods that all of them share are less than closures of each. */
class NamedLog implements Log {
  readonly #log: Log;
  readonly #prefix: string;

  constructor(log: Log, name: string) {
    this.#log = log;
    this.#prefix = `[${name}] `;
  }

  debug(message: string): void {
    this.#log.debug(this.#prefix + message);
  }

  info(message: string): void {
    this.#log.info(this.#prefix + message);
  }

  warn(message: string): void {
    this.#log.warn(this.#prefix + message);
  }

  error(message: string): void {
    this.#log.error(this.#prefix + message);
  }
}
