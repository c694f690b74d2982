import { parseArgs } from 'node:util';

export interface SoakOptions {
  readonly devices: number;
  readonly minutes: number;
  readonly seed: number;
  /** In memory, on a clock that is moved by hand, with links that are cut as well. */
  readonly fast: boolean;
  /** Writes the figures into docs/reliability.md. */
  readonly write: boolean;
}

export const USAGE = `npm run soak -- [options]
  --devices N   simulated devices (10)
  --minutes M   how long, in minutes of wall time (5)
  --seed S      chance is the same for the same seed (1)
  --fast        in memory, in minutes of a clock that is moved by hand; links are cut as well
  --write       write the figures into docs/reliability.md`;

/** @throws Error that says which option cannot be understood. */
export function parseSoakOptions(args: readonly string[]): SoakOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      devices: { type: 'string', default: '10' },
      minutes: { type: 'string', default: '5' },
      seed: { type: 'string', default: '1' },
      fast: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
  });
  const number = (name: 'devices' | 'minutes' | 'seed', least: number, whole: boolean): number => {
    const value = Number(values[name]);
    if (
      values[name].trim() !== '' &&
      value >= least &&
      value < 2 ** 32 &&
      (!whole || Number.isInteger(value))
    )
      return value;
    const kind = whole ? 'a whole number' : 'a number';
    throw new Error(`--${name} must be ${kind}, ${least} or more, and not "${values[name]}"`);
  };
  return {
    devices: number('devices', 1, true),
    minutes: number('minutes', 0.1, false),
    seed: number('seed', 0, true),
    fast: values.fast,
    write: values.write,
  };
}
