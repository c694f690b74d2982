import { describe, expect, it } from 'vitest';
import { Signal } from '../../src/base/emitter.ts';
import { valuesOf } from '../../src/base/signal-values.ts';

const never = new AbortController().signal;

async function all<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const list: Value[] = [];
  for await (const value of values) list.push(value);
  return list;
}

describe('the values of a signal', () => {
  it('are those from the call on, in order, also undefined ones', async () => {
    const signal = new Signal<number | undefined>();
    signal.emit(0);
    const values = valuesOf(signal, { until: never });
    signal.emit(1);
    signal.emit(undefined);
    const read = [await values.next(), await values.next()];
    const waiting = values.next();
    signal.emit(3);
    read.push(await waiting);
    expect(read.map(({ value }) => value as unknown)).toEqual([1, undefined, 3]);
    await values.return(undefined);
    expect(signal.size).toBe(0);
  });

  it('end when it is aborted, after what had come before', async () => {
    const signal = new Signal<number>();
    const controller = new AbortController();
    const values = valuesOf(signal, { until: controller.signal, wanted: (value) => value % 2 === 0 });
    for (const value of [1, 2, 3, 4]) signal.emit(value);
    controller.abort();
    signal.emit(6);
    expect(await all(values)).toEqual([2, 4]);
    expect(signal.size).toBe(0);
    expect(await all(valuesOf(signal, { until: controller.signal }))).toEqual([]);
  });

  it('wake who waits for one when it is aborted', async () => {
    const controller = new AbortController();
    const next = valuesOf(new Signal<number>(), { until: controller.signal }).next();
    controller.abort();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  it('do not pile up for somebody who does not read', async () => {
    const signal = new Signal<number>();
    const controller = new AbortController();
    const values = valuesOf(signal, { until: controller.signal, mostWaiting: 2 });
    for (const value of [1, 2, 3, 4]) signal.emit(value);
    controller.abort();
    expect(await all(values)).toEqual([3, 4]);
  });
});
