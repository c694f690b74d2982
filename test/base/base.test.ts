import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sleep, systemClock } from '../../src/base/clock.ts';
import { Signal } from '../../src/base/emitter.ts';
import { messageOf, systemCode } from '../../src/base/errors.ts';
import { isObject, own, parseJson } from '../../src/base/json.ts';
import { named } from '../../src/base/log.ts';
import { redact } from '../../src/base/redact.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { RecordingLog } from '../helpers/recording-log.ts';

describe('Signal', () => {
  it('reaches every listener, also past one that throws', () => {
    const errors: unknown[] = [];
    const signal = new Signal<number>((error) => errors.push(error));
    const heard: number[] = [];
    signal.on(() => {
      throw new Error('bug');
    });
    const off = signal.on((value) => heard.push(value));
    signal.emit(1);
    off();
    off();
    signal.emit(2);
    expect(heard).toEqual([1]);
    expect(errors).toHaveLength(2);
    expect(signal.size).toBe(1);
    signal.clear();
    expect(signal.size).toBe(0);
  });

  it('lets a listener leave while it is being called', () => {
    const signal = new Signal<string>();
    const heard: string[] = [];
    const off = signal.on((value) => {
      heard.push(value);
      off();
    });
    signal.on((value) => heard.push(value.toUpperCase()));
    signal.emit('a');
    signal.emit('b');
    expect(heard).toEqual(['a', 'A', 'B']);
  });

  it('calls whoever listens, each as often as it was registered', () => {
    const heard: number[] = [];
    const functions = [0, 1, 2].map((name) => () => void heard.push(name));
    const step = fc.oneof(fc.record({ on: fc.nat(2) }), fc.record({ off: fc.nat(5) }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const signal = new Signal<void>();
        const registered: { readonly name: number; readonly off: () => void }[] = [];
        for (const what of steps) {
          if ('on' in what) {
            registered.push({ name: what.on, off: signal.on(functions[what.on]!) });
          } else if ('off' in what) {
            const [one] = registered.splice(what.off, 1);
            one?.off();
            one?.off();
          }
        }
        heard.length = 0;
        signal.emit();
        expect(heard.toSorted()).toEqual(registered.map(({ name }) => name).toSorted());
        expect(signal.size).toBe(registered.length);
      }),
    );
  });
});

describe('sleep', () => {
  it('lasts as long as it was told to', async () => {
    const clock = new FakeClock();
    let awake = false;
    const sleeping = sleep(clock, 1000).then(() => (awake = true));
    await clock.advance(999);
    expect(awake).toBe(false);
    await clock.advance(1);
    await sleeping;
    expect(awake).toBe(true);
  });

  it('ends when it is aborted, before and after it began, and leaves no timer', async () => {
    const clock = new FakeClock();
    await expect(sleep(clock, 1000, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
    const controller = new AbortController();
    const sleeping = sleep(clock, 1000, controller.signal);
    controller.abort('no error');
    await expect(sleeping).rejects.toThrow('aborted');
    expect(clock.pending).toBe(0);
  });
});

describe('systemClock', () => {
  it('fires a timer after its time and not when cancelled', async () => {
    const before = systemClock.monotonic();
    systemClock.after(0, () => expect.fail('cancelled')).cancel();
    await new Promise<void>((resolve) => systemClock.after(5, resolve));
    expect(systemClock.monotonic() - before).toBeGreaterThanOrEqual(4);
    expect(systemClock.random()).toBeLessThan(1);
    expect(systemClock.now()).toBeGreaterThan(Date.UTC(2025, 0, 1));
  });

  it('does not fire at once for a time beyond what a timer holds', async () => {
    const timer = systemClock.after(2 ** 40, () => expect.fail('overflowed'));
    await new Promise((resolve) => setTimeout(resolve, 5));
    timer.cancel();
  });
});

describe('json', () => {
  it.each([
    [{}, true],
    [[], false],
    [null, false],
    ['x', false],
  ])('isObject(%j) is %s', (value, expected) => expect(isObject(value)).toBe(expected));

  it('reads nothing through the prototype', () => {
    const object = parseJson('{"__proto__":{"a":1},"b":2}');
    if (!isObject(object)) throw new Error('not an object');
    expect(own(object, 'a')).toBeUndefined();
    expect(own(object, 'toString')).toBeUndefined();
    expect(own(object, 'b')).toBe(2);
    expect(parseJson('{')).toBeUndefined();
  });
});

describe('errors', () => {
  it('are put on one line', () => {
    expect(messageOf(new Error('a\n  b'))).toBe('a b');
    expect(messageOf('c')).toBe('c');
  });

  it('tell their system code', () => {
    expect(systemCode(Object.assign(new Error('x'), { code: 'ENOENT' }))).toBe('ENOENT');
    expect(systemCode(Object.assign(new Error('x'), { code: 7 }))).toBeUndefined();
    expect(systemCode(new Error('x'))).toBeUndefined();
    expect(systemCode('ENOENT')).toBeUndefined();
  });
});

describe('log', () => {
  it('puts the name in front', () => {
    const log = new RecordingLog();
    const gate = named(log, 'Gate');
    gate.debug('a');
    gate.info('b');
    gate.warn('c');
    gate.error('d');
    expect(log.lines).toEqual(['debug [Gate] a', 'info [Gate] b', 'warn [Gate] c', 'error [Gate] d']);
    expect(log.at('warn')).toEqual(['[Gate] c']);
  });
});

describe('redact', () => {
  const key = '12b3f03211c384736b8a1906635f4abc90074e680138a689caf03485a971efb3';
  it.each([
    [`key ${key} here`, 'key [key] here'],
    [key.toUpperCase(), '[key]'],
    [key.replace(/../g, '$& ').trim(), '[key]'],
    ['Authorization: Bearer abc.DEF-123', 'Authorization: Bearer [redacted]'],
    ['a -----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- b', 'a [private key] b'],
    ['-----BEGIN PRIVATE KEY-----\nMIIE', '[private key]'],
    ['open teamviewerapi://remotecontrol?x=1 now', 'open [link] now'],
    ['serial 1234567890ab0001', 'serial 1234567890ab0001'],
  ])('%s', (text, expected) => expect(redact(text)).toBe(expected));

  it('takes out the given secrets, and leaves too short ones alone', () => {
    expect(redact('the word hunter2 and a', ['hunter2', 'a'])).toBe('the word [redacted] and a');
  });
});
