import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isNewMemory, parseDeviceMemory, type DeviceMemory } from '../../src/device/device-memory.ts';

const ticks = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const boot = fc.record(
  { bootAt: fc.integer(), last: fc.record({ cnt: ticks, t100ms: ticks }), restart: ticks },
  { requiredKeys: [] },
);
const memories = fc
  .tuple(boot, fc.option(boot, { nil: undefined }))
  .map(([present, previous]): DeviceMemory => {
    return previous ? { ...present, previous } : present;
  });

const memory: DeviceMemory = { bootAt: 1e12, last: { cnt: 4, t100ms: 40 }, restart: 16 };

describe('the memory of a device', () => {
  it('comes back from JSON as it was', () => {
    fc.assert(
      fc.property(memories, (value) => {
        expect(parseDeviceMemory(JSON.parse(JSON.stringify(value)))).toEqual(value);
      }),
    );
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a list', []],
    ['a text as boot time', { bootAt: 'yesterday' }],
    ['an endless boot time', { bootAt: Infinity }],
    ['half a mark', { bootAt: 1, last: { cnt: 1 } }],
    ['no mark at all', { bootAt: 1, last: 7 }],
    ['a negative counter', { bootAt: 1, last: { cnt: -1, t100ms: 0 } }],
    ['a broken Restart', { bootAt: 1, restart: 1.5 }],
    ['a broken boot before', { bootAt: 1, previous: { restart: 'x' } }],
    ['no boot before', { bootAt: 1, previous: 5 }],
  ])('is not read from %s', (_, value) => {
    expect(parseDeviceMemory(value)).toBeUndefined();
  });

  it('leaves out what it does not know', () => {
    expect(parseDeviceMemory({ bootAt: 5, colour: 'red' })).toEqual({ bootAt: 5 });
  });

  it.each<[string, DeviceMemory | undefined, DeviceMemory, boolean]>([
    ['the first one', undefined, memory, true],
    ['the same', memory, { ...memory }, false],
    ['the next event', memory, { ...memory, last: { cnt: 5, t100ms: 40 } }, true],
    ['another Restart', memory, { ...memory, restart: 17 }, true],
    ['a wall clock that was set by a second', memory, { ...memory, bootAt: 1e12 + 1_000 }, false],
    ['a wall clock that was set by a minute', memory, { ...memory, bootAt: 1e12 - 60_000 }, true],
    ['a boot time at last', { restart: 16 }, { restart: 16, bootAt: 1 }, true],
    ['still no boot time', { restart: 16 }, { restart: 16 }, false],
    ['a boot before', memory, { ...memory, previous: { restart: 15 } }, true],
    [
      'the boot before moved',
      { ...memory, previous: { restart: 15 } },
      { ...memory, previous: { restart: 15, bootAt: 3 } },
      false,
    ],
  ])('is written for %s: %#', (_, known, next, expected) => {
    expect(isNewMemory(known, next)).toBe(expected);
  });
});
