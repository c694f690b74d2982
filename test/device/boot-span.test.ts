import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bootSpan, isFuture, isLaterBoot, refined, timeOf } from '../../src/device/boot-span.ts';

/** What a device that booted at `boot` answers, and when. */
const answers = fc
  .record({
    boot: fc.integer({ min: -1e9, max: 1e9 }),
    uptime: fc.integer({ min: 0, max: 1e9 }),
    out: fc.integer({ min: 0, max: 3_000 }),
    back: fc.integer({ min: 0, max: 3_000 }),
  })
  .map(({ boot, uptime, out, back }) => {
    const read = boot + uptime;
    return { boot, t100ms: Math.floor(uptime / 100), sentAt: read - out, at: read + back };
  });

describe('the time of the boot', () => {
  it('is inside what a response says of it', () => {
    fc.assert(
      fc.property(answers, ({ boot, t100ms, sentAt, at }) => {
        const span = bootSpan(t100ms, sentAt, at);
        expect(span.earliest).toBeLessThanOrEqual(boot);
        expect(span.latest).toBeGreaterThanOrEqual(boot);
      }),
    );
  });

  it('is told ever better by the responses of one boot', () => {
    fc.assert(
      fc.property(
        answers,
        fc.array(fc.tuple(fc.nat(60_000), fc.nat(2_000), fc.nat(2_000)), { minLength: 1 }),
        ({ boot, t100ms, sentAt, at }, later) => {
          let span = bootSpan(t100ms, sentAt, at);
          let now = at;
          for (const [gap, out, back] of later) {
            const read = now + gap + out;
            now = read + back;
            const seen = bootSpan(Math.floor((read - boot) / 100), read - out, now);
            expect(isLaterBoot(span, seen)).toBe(false);
            span = refined(span, seen);
            expect(span.latest - span.earliest).toBeLessThanOrEqual(seen.latest - seen.earliest);
            expect(span.earliest).toBeLessThanOrEqual(boot);
            expect(span.latest).toBeGreaterThanOrEqual(boot);
          }
        },
      ),
    );
  });

  const known = bootSpan(10_000, 1_000_000, 1_000_020);
  it.each([
    ['as predicted', 10_600, false],
    ['a second behind', 10_590, false],
    ['more than a second behind', 10_588, true],
    ['far behind: it restarted', 100, true],
    ['ahead: our machine slept', 90_000, false],
  ])('a response a minute later that is %s', (_, t100ms, expected) => {
    expect(isLaterBoot(known, bootSpan(t100ms, 1_060_000, 1_060_020))).toBe(expected);
  });

  it('a day without contact forgives clocks that drift', () => {
    const day = 86_400_000;
    const seen = (behind: number) =>
      bootSpan(10_000 + (day - behind) / 100, 1_000_000 + day, 1_000_020 + day);
    expect(isLaterBoot(known, seen(60_000))).toBe(false);
    expect(isLaterBoot(known, seen(120_000))).toBe(true);
  });

  it('after a sleep of our machine the newer response is believed', () => {
    const seen = bootSpan(90_000, 1_060_000, 1_060_020);
    expect(refined(known, seen)).toEqual(seen);
  });

  it('dates an event in the middle of its 100 ms', () => {
    expect(timeOf(known, 10_000)).toBe(1_000_010);
    expect(timeOf(known, 9_000)).toBe(900_010);
  });

  it.each([
    ['just now', 10_000, false],
    ['a second ahead, which clocks may be', 10_009, false],
    ['further ahead', 10_013, true],
  ])('an event dated %s', (_, t100ms, expected) => {
    expect(isFuture(known, t100ms, 1_000_020)).toBe(expected);
  });
});
