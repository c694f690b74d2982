import type { Signal } from './emitter.ts';

export interface ValuesOptions<Value> {
  /** Ends the iteration. */
  readonly until: AbortSignal;
  readonly wanted?: (value: Value) => boolean;
  /** Somebody who does not read is not waited for: beyond so many the oldest are lost to them. */
  readonly mostWaiting?: number;
}

/** What a signal emits from the call on, not only from the first read, as an iterable. */
export function valuesOf<Value>(signal: Signal<Value>, options: ValuesOptions<Value>): AsyncGenerator<Value> {
  const { until, wanted = () => true, mostWaiting = 1000 } = options;
  const waiting: Value[] = [];
  let wake: (() => void) | undefined;
  const off = signal.on((value) => {
    if (!wanted(value)) return;
    waiting.push(value);
    if (waiting.length > mostWaiting) waiting.shift();
    wake?.();
  });
  const stop = (): void => {
    off();
    wake?.();
  };
  if (until.aborted) stop();
  else until.addEventListener('abort', stop, { once: true });

  async function* read(): AsyncGenerator<Value> {
    try {
      for (;;) {
        if (waiting.length > 0) yield waiting.shift() as Value;
        else if (until.aborted) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      until.removeEventListener('abort', stop);
      off();
    }
  }
  return read();
}
