import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deviceJson } from '../config/helpers.ts';
import { HOMEBRIDGES } from './bridges.ts';
import { PlatformBench } from './platform-bench.ts';

describe.each(HOMEBRIDGES)('the platform in $name', (version) => {
  let bench: PlatformBench;

  beforeEach(() => (bench = new PlatformBench(version)));
  afterEach(() => bench.dispose());

  it.each([
    [undefined, true],
    [true, true],
    [false, false],
  ])('with discovery %j', async (discovery, expected) => {
    await bench.launchWith({ platform: 'Gatehouse', discovery, devices: [deviceJson()] });
    expect(bench.maker.discovering).toBe(expected);
    expect(bench.maker.running).toEqual(['Garage']);
    await bench.shutdown();
    expect(bench.maker.discovering).toBe(false);
  });
});
